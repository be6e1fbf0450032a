"""What a learner sees and does: courses, lessons, hours, and the page that learning begins with."""

from datetime import date, timedelta

import pytest
import time_machine

from aftersales.audit.models import AuditEvent
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.lessons import lessons_of, make_course, publish_lesson
from tests.web.hostile_pictures import encoded, scene
from training.models import Course, Enrolment, HourEntry, LessonProgress
from training.services import attachments, courses, enrolments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def course(cast):
    Course.objects.update(retired_at=NOW)
    return make_course(cast.trainer)


@pytest.fixture
def mine(cast, course):
    with acting_as(cast.trainer):
        return enrolments.enrol(
            course, people=[cast.agent], due_on=date(2026, 11, 25), by=cast.trainer, now=NOW
        )[0]


def lesson_url(enrolment, number: int) -> str:
    return f"/training/my-courses/{enrolment.pk}/calm-0{number}/"


def progress() -> list[tuple]:
    with seeing_everything():
        rows = LessonProgress.objects.order_by("lesson__position")
        return [(row.lesson.position, row.finished_at is not None) for row in rows]


def test_a_course_is_read_lesson_after_lesson(as_user, mine):
    browser = as_user("agent")
    opened = browser.post(lesson_url(mine, 1), {"act": "open"})
    after_opening = progress()

    first = browser.post(lesson_url(mine, 1))
    last = browser.post(lesson_url(mine, 2), follow=True)

    assert (opened.url, after_opening) == (lesson_url(mine, 1), [(1, False)])
    assert first.url == lesson_url(mine, 2)
    assert last.redirect_chain == [(f"/training/my-courses/{mine.pk}/", 302)]
    assert "Course finished" in last.content.decode()
    with seeing_everything():
        assert Enrolment.objects.get().finished_at == NOW
        assert list(HourEntry.objects.values_list("minutes", flat=True)) == [20, 20]


def test_looking_at_a_lesson_writes_nothing(as_user, mine):
    page = as_user("agent").get(lesson_url(mine, 1))

    assert "先听完，再说话。" in page.content.decode()
    assert progress() == []


def test_a_lesson_read_from_a_link_is_opened_and_read_at_once(as_user, mine):
    response = as_user("agent").post(lesson_url(mine, 2))

    assert response.url == lesson_url(mine, 1)
    assert progress() == [(1, False), (2, True)]


def test_reading_twice_counts_once(as_user, mine):
    browser = as_user("agent")
    for _time in range(2):
        browser.post(lesson_url(mine, 1))

    with seeing_everything():
        assert HourEntry.objects.count() == 1


@pytest.mark.parametrize("who", ["neighbour", "technician", "officer", "manager", "suining_agent"])
def test_other_peoples_courses_do_not_exist(as_user, mine, who):
    browser = as_user(who)

    answers = [
        browser.get(f"/training/my-courses/{mine.pk}/").status_code,
        browser.get(lesson_url(mine, 1)).status_code,
        browser.post(lesson_url(mine, 1)).status_code,
    ]

    assert answers == [404, 404, 404]
    assert progress() == []


def test_lessons_of_another_course_drafts_and_retired_ones_are_not_there(as_user, cast, course, mine):
    make_course(cast.trainer, code="other")
    with acting_as(cast.trainer):
        courses.begin_lesson(course, title="稿", body="稿", minutes=5, by=cast.trainer, now=NOW)
        courses.retire_lesson(lessons_of(course)[1], by=cast.trainer, now=NOW)
    browser = as_user("agent")

    asked = ["other-01", "calm-03", "calm-02", "no-such"]
    answers = [browser.get(f"/training/my-courses/{mine.pk}/{code}/").status_code for code in asked]

    assert answers == [404] * 4
    assert browser.get(lesson_url(mine, 1)).status_code == 200


def test_who_was_taken_out_finds_no_course(as_user, cast, mine):
    with acting_as(cast.trainer):
        enrolments.withdraw(mine, by=cast.trainer, now=NOW)

    assert as_user("agent").get(f"/training/my-courses/{mine.pk}/").status_code == 404


def test_one_takes_a_course_by_oneself_once(as_user, cast, course):
    browser = as_user("agent")
    offer = browser.get("/training/take/calm/").content.decode()

    taken = browser.post("/training/take/calm/")
    again = browser.post("/training/take/calm/")

    with seeing_everything():
        (made,) = Enrolment.objects.all()
    assert (made.user, made.enrolled_by, made.due_on) == (cast.agent, cast.agent, None)
    assert taken.url == again.url == f"/training/my-courses/{made.pk}/"
    assert "安抚沟通第1课" in offer


def test_a_course_out_of_use_is_not_offered(as_user, cast, course):
    courses.retire_course(course, by=cast.trainer, now=NOW)
    browser = as_user("agent")

    assert browser.get("/training/take/calm/").status_code == 404
    assert "安抚沟通" not in browser.get("/training/my-courses/").content.decode()


def test_who_is_posted_nowhere_is_told_why_a_course_cannot_be_taken(as_user, course):
    response = as_user("officer").post("/training/take/calm/")

    assert response.status_code == 409
    assert "posted at no station" in response.content.decode()


def test_my_courses_show_what_is_left_and_what_there_is(as_user, cast, mine):
    make_course(cast.trainer, code="law", title="法规")
    as_user("agent").post(lesson_url(mine, 1))

    page = as_user("agent").get("/training/my-courses/")

    (shown,) = page.context["mine"]
    assert (shown.read_count, shown.lesson_count, shown.percent, str(shown.words)) == (
        1,
        2,
        50,
        "Due within a week",
    )
    assert [each.code for each in page.context["others"]] == ["law"]


def test_pages_of_learners_take_few_queries_whatever_their_length(
    as_user, cast, mine, django_assert_max_num_queries
):
    for number in range(6):
        publish_lesson(mine.course, cast.trainer, title=f"补充{number}")
        other = make_course(cast.trainer, code=f"more{number}")
        with acting_as(cast.trainer):
            enrolments.enrol(other, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)
    browser = as_user("agent")

    for address, most in (
        ("/training/", 13),
        ("/training/my-courses/", 8),
        (f"/training/my-courses/{mine.pk}/", 8),
        (lesson_url(mine, 1), 10),
        ("/training/my-hours/", 8),
    ):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200


def test_a_lesson_is_light_and_its_pictures_are_small(as_user, cast, course, mine):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="题", body="看\n\n![1]", minutes=5, by=cast.trainer, now=NOW)
    picture = attachments.add(
        draft, upload=encoded(scene((1600, 1200)), "JPEG"), caption="称重", by=cast.trainer, now=NOW
    )
    courses.publish(draft, by=cast.trainer, now=NOW)
    browser = as_user("agent")

    html = browser.get(lesson_url(mine, 1)).content.decode()
    small = b"".join(browser.get(f"/training/lesson-pictures/{picture.pk}/?small").streaming_content)
    whole = b"".join(browser.get(f"/training/lesson-pictures/{picture.pk}/").streaming_content)

    assert (
        f'<img src="/training/lesson-pictures/{picture.pk}/?small" alt="称重" width="320" height="240"'
        in html
    )
    assert len(small) < len(whole) / 2


def test_pictures_of_drafts_are_for_those_who_write(as_user, cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="题", body="文", minutes=5, by=cast.trainer, now=NOW)
    picture = attachments.add(
        draft, upload=encoded(scene((60, 40)), "PNG"), caption="称重", by=cast.trainer, now=NOW
    )
    address = f"/training/lesson-pictures/{picture.pk}/"

    before = {who: as_user(who).get(address).status_code for who in ("agent", "manager", "trainer")}
    courses.publish(draft, by=cast.trainer, now=NOW)
    after = {who: as_user(who).get(address).status_code for who in ("agent", "manager", "trainer")}

    assert before == {"agent": 404, "manager": 404, "trainer": 200}
    assert after == {"agent": 200, "manager": 200, "trainer": 200}


def test_home_tells_a_learner_how_they_stand(as_user, cast, mine):
    as_user("agent").post(lesson_url(mine, 1))

    page = as_user("agent").get("/training/")

    assert (page.context["standing"].learned, page.context["standing"].period.minutes) == (20, 6000)
    assert (page.context["is_certified"], page.context["certified_until"]) == (True, date(2028, 1, 1))
    assert "counts" not in page.context
    lacking = as_user("uncertified").get("/training/")
    assert (lacking.context["is_certified"], lacking.context["mine"]) == (False, [])
    assert "None valid" in lacking.content.decode()


def test_home_tells_the_desk_how_the_county_stands(as_user, cast, mine):
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        page = as_user("trainer").get("/training/")

    counts = {name: count.number for name, count in page.context["counts"].items()}
    assert counts == {"people": 4, "asked": 4, "certified": 3, "running": 1, "overdue": 1, "mentored": 0}
    lines = {line.course.code: (line.enrolled, line.finished, line.overdue) for line in page.context["lines"]}
    assert lines == {"calm": (1, 0, 1)}
    theirs = as_user("suining_manager").get("/training/")
    assert {name: count.number for name, count in theirs.context["counts"].items()} == {
        "people": 1,
        "asked": 1,
        "certified": 1,
        "running": 0,
        "overdue": 0,
        "mentored": 0,
    }


def test_reading_is_in_the_trail(as_user, cast, mine):
    as_user("agent").post(lesson_url(mine, 1))

    with seeing_everything():
        verbs = (
            AuditEvent.objects.filter(actor_id=cast.agent.pk).order_by("id").values_list("verb", flat=True)
        )
        assert [verb for verb in verbs if not verb.startswith("account.")] == [
            "lesson.finished",
            "hours.recorded",
        ]
