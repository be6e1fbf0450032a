"""Trainers' pages: courses, drafts and versions of lessons, their pictures, retiring."""

import pytest

from tests.factories import NOW, acting_as
from tests.training.lessons import lessons_of, make_course
from tests.web.hostile_pictures import encoded, scene
from training.models import Attachment, Course, Lesson
from training.queries.courses import current_of, draft_of
from training.queries.drafts import mark_of
from training.services import courses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
NEW = {"code": "law", "title": "法规", "topic": "law", "position": "5", "is_required": "on"}
TEXT = {"title": "第一课", "minutes": "25", "body": "## 一\n- 二", "sources": "《消费者权益保护法》"}


@pytest.fixture
def course(cast):
    Course.objects.update(retired_at=NOW)
    return make_course(cast.trainer)


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


def test_from_a_new_course_to_a_published_lesson(trainer, cast):
    opened = trainer.post("/training/courses/new/", NEW)
    begun = trainer.post("/training/courses/law/lessons/new/", TEXT)
    saved = trainer.post(
        "/training/lessons/law-01/draft/",
        {
            **TEXT,
            "minutes": "30",
            "seen": mark_of(draft_of(Lesson.objects.get(code="law-01"))),
            "preview": "1",
        },
    )
    preview = trainer.get("/training/lessons/law-01/draft/preview/")
    published = trainer.post("/training/lessons/law-01/draft/preview/", {"seen": preview.context["seen"]})

    assert [each.url for each in (opened, begun, saved, published)] == [
        "/training/courses/law/",
        "/training/lessons/law-01/draft/",
        "/training/lessons/law-01/draft/preview/",
        "/training/lessons/law-01/",
    ]
    assert "<h2>一</h2>" in preview.content.decode()
    version = current_of(Lesson.objects.get(code="law-01"))
    assert (version.title, version.minutes, version.published_by) == ("第一课", 30, cast.trainer)
    course = Course.objects.get(code="law")
    assert (course.title, course.is_required, course.position) == ("法规", True, 5)


@pytest.mark.parametrize(
    ("address", "data", "kept"),
    [
        ("/training/courses/new/", {}, None),
        ("/training/courses/new/", {**NEW, "code": "LAW!"}, "法规"),
        ("/training/courses/new/", {**NEW, "topic": "gold"}, "法规"),
        ("/training/courses/new/", {**NEW, "position": "99999999999999999999"}, "法规"),
        ("/training/courses/calm/edit/", {"title": ""}, None),
        ("/training/courses/calm/lessons/new/", {**TEXT, "minutes": "900"}, "## 一"),
        ("/training/courses/calm/lessons/new/", {**TEXT, "video_url": "ftp://x"}, "ftp://x"),
        ("/training/lessons/calm-01/draft/", {**TEXT, "body": ""}, "第一课"),
        ("/training/lessons/calm-01/draft/", {**TEXT, "seen": "0" * 16}, "## 一"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(trainer, course, address, data, kept):
    before = (Course.objects.count(), Lesson.objects.count())

    page = trainer.post(address, data)

    assert page.status_code in (200, 409)
    assert page.context["form"].errors
    if kept:
        assert kept in page.content.decode()
    assert (Course.objects.count(), Lesson.objects.count()) == before
    assert draft_of(lessons_of(course)[0]) is None


def test_what_changed_since_it_was_looked_at_is_not_published(trainer, cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="一", body="一", minutes=5, by=cast.trainer, now=NOW)
    looked_at = mark_of(draft, with_pictures=True)
    courses.save_draft(lesson, title="二", body="二", minutes=5, by=cast.trainer, now=NOW)

    response = trainer.post("/training/lessons/calm-01/draft/preview/", {"seen": looked_at})

    assert response.url == "/training/lessons/calm-01/draft/preview/"
    assert draft_of(lesson) is not None
    seen = mark_of(draft_of(lesson), with_pictures=True)
    trainer.post("/training/lessons/calm-01/draft/preview/", {"seen": seen})
    assert current_of(lesson).title == "二"


def test_the_history_shows_every_version_and_names_an_old_one(trainer, cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="新题", body="新文", minutes=5, by=cast.trainer, now=NOW)
    courses.publish(draft, by=cast.trainer, now=NOW)

    now = trainer.get("/training/lessons/calm-01/")
    before = trainer.get("/training/lessons/calm-01/?version=1")
    nonsense = trainer.get("/training/lessons/calm-01/?version=99x")

    assert [each.version for each in now.context["versions"]] == [2, 1]
    assert ("新文" in now.content.decode(), now.context["is_current"]) == (True, True)
    assert ("先听完" in before.content.decode(), before.context["is_current"]) == (True, False)
    assert nonsense.context["version"] == now.context["version"]


def test_pictures_come_and_go_with_their_captions(trainer, cast, course, django_capture_on_commit_callbacks):
    lesson = lessons_of(course)[0]
    courses.save_draft(lesson, title="题", body="文", minutes=5, by=cast.trainer, now=NOW)
    address = "/training/lessons/calm-01/draft/pictures/"
    upload = encoded(scene((60, 40)), "PNG")

    def send(data: bytes, caption="称重"):
        from django.core.files.uploadedfile import SimpleUploadedFile

        return trainer.post(address, {"picture": SimpleUploadedFile("x.png", data), "caption": caption})

    refused = [send(b"no picture"), send(upload, caption=" "), trainer.post(address, {"caption": "x"})]
    assert [each.status_code for each in refused] == [409, 200, 200]
    assert not Attachment.objects.exists()
    assert send(upload).url == "/training/lessons/calm-01/draft/"
    (picture,) = Attachment.objects.all()

    asked = trainer.get(f"{address}{picture.pk}/remove/")
    removed = trainer.post(f"{address}{picture.pk}/remove/")

    assert "称重" in asked.content.decode()
    assert removed.url == "/training/lessons/calm-01/draft/"
    assert not Attachment.objects.exists()


def test_pages_of_a_draft_need_a_draft(trainer, course):
    addresses = ["draft/preview/", "draft/drop/", "draft/pictures/", "draft/pictures/1/remove/"]

    answers = [trainer.get(f"/training/lessons/calm-01/{each}").status_code for each in addresses]

    assert answers == [404] * 4
    assert trainer.get("/training/lessons/calm-01/draft/").status_code == 200


def test_retiring_asks_once_more_and_notices_who_was_faster(trainer, course):
    address = "/training/courses/calm/retire/"
    assert "Take this course out of use?" in trainer.get(address).content.decode()

    trainer.post(address, {"step": "retire"})
    trainer.post(address, {"step": "retire"})
    course.refresh_from_db()

    assert course.retired_at == NOW
    trainer.post(address, {"step": "bring_back"})
    course.refresh_from_db()
    assert course.retired_at is None


def test_a_lesson_is_retired_moved_and_brought_back(trainer, course):
    trainer.post("/training/lessons/calm-02/move/", {"way": "up"})
    assert [each.code for each in lessons_of(course)] == ["calm-02", "calm-01"]

    trainer.post("/training/lessons/calm-01/retire/", {"step": "retire"})
    assert trainer.get("/training/courses/calm/").context["course"].lesson_count == 1
    trainer.post("/training/lessons/calm-01/retire/", {"step": "bring_back"})
    assert trainer.get("/training/courses/calm/").context["course"].lesson_count == 2


def test_managers_read_and_do_not_write(as_user, course):
    manager = as_user("manager")

    assert manager.get("/training/courses/calm/").status_code == 200
    assert "lessons/new" not in manager.get("/training/courses/calm/").content.decode()
    assert manager.post("/training/courses/calm/edit/", {"title": "x"}).status_code == 403


def test_lists_have_an_empty_state_and_few_queries(trainer, cast, course, django_assert_max_num_queries):
    assert "安抚沟通" not in trainer.get("/training/courses/?retired").content.decode()
    for number in range(6):
        make_course(cast.trainer, code=f"more{number}")

    for address, most in (
        ("/training/courses/", 7),
        ("/training/courses/calm/", 9),
        ("/training/lessons/calm-01/", 9),
        ("/training/lessons/calm-01/draft/", 9),
    ):
        with django_assert_max_num_queries(most):
            assert trainer.get(address).status_code == 200
    Course.objects.all().update(retired_at=None)
    assert "No course is out of use" in trainer.get("/training/courses/?retired").content.decode()


def test_what_a_trainer_writes_comes_back_as_text(trainer, cast, course):
    nasty = '<script>alert(1)</script> [x](https://evil.example/) <img src=x onerror="1">'
    with acting_as(cast.trainer):
        draft = courses.save_draft(
            lessons_of(course)[0], title=nasty[:80], body=nasty, minutes=5, by=cast.trainer, now=NOW
        )
    html = trainer.get("/training/lessons/calm-01/draft/preview/").content.decode()

    assert draft.body == nasty
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="https://evil' not in html
