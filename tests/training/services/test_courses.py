"""Courses, and lessons that are written, published and followed by newer versions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.lessons import lessons_of, make_course, publish_lesson
from tests.web.hostile_pictures import encoded, scene
from training.models import Attachment, Course, Enrolment, LessonVersion
from training.queries.courses import current_of, draft_of, outline, required_unfinished
from training.queries.drafts import mark_of
from training.services import attachments, courses, enrolments

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(cast):
    return make_course(cast.trainer)


def opened(cast, **changes):
    values = {"code": "calm", "title": "安抚沟通", "topic": "communication", **changes}
    with acting_as(cast.trainer):
        return courses.open_course(**values, by=cast.trainer, now=NOW)


def test_a_course_begins_without_anything_to_read(cast):
    course = opened(cast, summary="先听完再说", is_required=True, position=7)

    assert (course.title, course.topic, course.is_required, course.position, course.retired_at) == (
        "安抚沟通",
        "communication",
        True,
        7,
        None,
    )
    assert outline(course) == []
    assert course not in required_unfinished(cast.agent)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "X"}, "code_unfit"),
        ({"code": "a"}, "code_unfit"),
        ({"code": "a" * 21}, "code_unfit"),
        ({"code": "安抚"}, "code_unfit"),
        ({"title": "  "}, "title_missing"),
        ({"title": "课" * 81}, "too_long"),
        ({"summary": "课" * 301}, "too_long"),
        ({"topic": "cooking"}, "topic_unfit"),
        ({"goods_type": "gold"}, "goods_unfit"),
    ],
)
def test_what_cannot_be_a_course_is_refused(cast, changes, code):
    with pytest.raises(Refused) as refused:
        opened(cast, **changes)

    assert refused.value.code == code
    assert not Course.objects.filter(title="安抚沟通").exists()
    assert opened(cast).code == "calm"


def test_a_code_is_taken_once(cast, course):
    with pytest.raises(Refused) as refused:
        opened(cast, title="另一门")

    assert (refused.value.code, refused.value.field) == ("code_taken", "code")
    assert opened(cast, code="calm2", title="另一门").code == "calm2"


def test_changing_a_course_writes_what_differs_and_nothing_else(cast, course):
    courses.change_course(course, title="安抚与沟通", by=cast.trainer, now=NOW)
    courses.change_course(course, title="安抚与沟通", by=cast.trainer, now=NOW)

    assert Course.objects.get(pk=course.pk).title == "安抚与沟通"
    with seeing_everything():
        events = AuditEvent.objects.filter(verb="course.changed")
        assert [(each.before, each.after) for each in events] == [
            ({"title": "安抚沟通"}, {"title": "安抚与沟通"})
        ]


def test_a_course_leaves_and_comes_back_once_each(cast, course):
    courses.retire_course(course, by=cast.trainer, now=NOW)
    with pytest.raises(Refused) as refused:
        courses.retire_course(course, by=cast.trainer, now=NOW)
    assert refused.value.code == "retired_already"
    courses.bring_back_course(course, by=cast.trainer, now=NOW)
    with pytest.raises(Refused) as refused:
        courses.bring_back_course(course, by=cast.trainer, now=NOW)
    assert refused.value.code == "in_use_already"

    assert Course.objects.get(pk=course.pk).retired_at is None


def test_lessons_change_places_with_their_neighbours(cast):
    course = make_course(cast.trainer, lessons=3)
    first, second, third = lessons_of(course)

    courses.move_lesson(third, up=True, by=cast.trainer, now=NOW)
    courses.move_lesson(third, up=True, by=cast.trainer, now=NOW)
    courses.move_lesson(third, up=True, by=cast.trainer, now=NOW)
    courses.move_lesson(second, up=False, by=cast.trainer, now=NOW)

    assert lessons_of(course) == [third, first, second]
    assert [lesson.code for lesson in (first, second, third)] == ["calm-01", "calm-02", "calm-03"]


def test_a_draft_is_read_by_nobody_until_it_is_published(cast, course):
    lesson = lessons_of(course)[0]
    before = current_of(lesson)

    draft = courses.save_draft(lesson, title="新题目", body="新内容", minutes=30, by=cast.trainer, now=NOW)

    assert (draft.version, draft.published_at) == (2, None)
    assert current_of(lesson) == before
    courses.publish(draft, by=cast.trainer, now=NOW)
    assert current_of(lesson) == draft
    assert [each.title for each in outline(course)] == ["新题目", "安抚沟通第2课"]


def test_saving_again_keeps_one_draft(cast, course):
    lesson = lessons_of(course)[0]
    first = courses.save_draft(lesson, title="一", body="一", minutes=30, by=cast.trainer, now=NOW)

    second = courses.save_draft(lesson, title="二", body="二", minutes=31, by=cast.trainer, now=NOW)

    assert (second.pk, second.title, second.minutes) == (first.pk, "二", 31)
    assert lesson.versions.count() == 2


def test_two_who_write_at_once_are_told_of_each_other(cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="一", body="一", minutes=30, by=cast.trainer, now=NOW)
    seen = mark_of(draft)
    mine = {"body": "一", "minutes": 30, "by": cast.trainer, "now": NOW, "seen": seen}
    courses.save_draft(lesson, title="二", **mine)

    with pytest.raises(Refused) as refused:
        courses.save_draft(lesson, title="三", **mine)

    assert refused.value.code == "changed_meanwhile"
    assert draft_of(lesson).title == "二"
    courses.save_draft(lesson, title="三", **{**mine, "seen": mark_of(draft_of(lesson))})
    assert draft_of(lesson).title == "三"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"body": "\n"}, "body_missing"),
        ({"minutes": 0}, "minutes_unfit"),
        ({"minutes": 481}, "minutes_unfit"),
        ({"video_url": "http://example.org/film"}, "video_unfit"),
        ({"video_url": "javascript:alert(1)"}, "video_unfit"),
        ({"sources": "法" * 501}, "too_long"),
        ({"body": "字" * 20_001}, "too_long"),
    ],
)
def test_what_cannot_be_a_lesson_is_refused(cast, course, changes, code):
    lesson = lessons_of(course)[0]
    values = {"title": "题", "body": "文", "minutes": 480, "video_url": "https://example.org/film"}

    with pytest.raises(Refused) as refused:
        courses.save_draft(lesson, **{**values, **changes}, by=cast.trainer, now=NOW)

    assert refused.value.code == code
    assert draft_of(lesson) is None
    assert courses.save_draft(lesson, **values, by=cast.trainer, now=NOW).video_url == values["video_url"]


def test_a_version_is_published_once_and_never_changes(cast, course):
    version = current_of(lessons_of(course)[0])

    with pytest.raises(Refused) as refused:
        courses.publish(version, by=cast.trainer, now=NOW + timedelta(days=1))
    assert refused.value.code == "published_already"

    for change in ({"title": "x"}, {"body": "x"}, {"minutes": 1}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            LessonVersion.objects.filter(pk=version.pk).update(**change)
    version.refresh_from_db()
    assert (version.title, version.published_at, version.published_by) == (
        "安抚沟通第1课",
        NOW,
        cast.trainer,
    )


def test_a_picture_the_text_names_has_to_be_there(cast, course):
    lesson = lessons_of(course)[0]
    body = "看这里：\n\n![1]\n\n再看：\n\n![2]"
    draft = courses.save_draft(lesson, title="题", body=body, minutes=5, by=cast.trainer, now=NOW)
    add = {"caption": "称重", "by": cast.trainer, "now": NOW}
    attachments.add(draft, upload=encoded(scene((60, 40)), "PNG"), **add)

    with pytest.raises(Refused) as refused:
        courses.publish(draft, by=cast.trainer, now=NOW)

    assert (refused.value.code, "2" in str(refused.value)) == ("picture_missing", True)
    attachments.add(draft, upload=encoded(scene((60, 40)), "JPEG"), **add)
    assert courses.publish(draft, by=cast.trainer, now=NOW).published_at == NOW


def test_what_looks_like_a_picture_inside_a_line_is_text(cast, course):
    body = "面单上写着 ![9] 的，照抄。"
    draft = courses.save_draft(
        lessons_of(course)[0], title="题", body=body, minutes=5, by=cast.trainer, now=NOW
    )

    assert courses.publish(draft, by=cast.trainer, now=NOW).published_at == NOW


def test_a_picture_added_after_the_preview_is_not_published_unseen(cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="题", body="看。", minutes=5, by=cast.trainer, now=NOW)
    text, seen = mark_of(draft), mark_of(draft, with_pictures=True)
    attachments.add(draft, upload=encoded(scene((60, 40)), "PNG"), caption="称重", by=cast.trainer, now=NOW)

    with pytest.raises(Refused) as refused:
        courses.publish(draft, seen=seen, by=cast.trainer, now=NOW)

    assert (refused.value.code, draft_of(lesson).published_at) == ("changed_meanwhile", None)
    assert mark_of(draft_of(lesson)) == text


@pytest.mark.django_db(transaction=True)
def test_who_looked_before_it_was_published_changes_no_picture_of_it(cast):
    lesson = lessons_of(make_course(cast.trainer))[0]
    draft = courses.save_draft(lesson, title="题", body="看。", minutes=5, by=cast.trainer, now=NOW)
    add = {"upload": encoded(scene((60, 40)), "PNG"), "caption": "称重", "by": cast.trainer, "now": NOW}
    picture = attachments.add(draft, **add)
    courses.publish(draft, by=cast.trainer, now=NOW)

    for change in (
        lambda: attachments.add(draft, **add),
        lambda: attachments.remove(picture, by=cast.trainer, now=NOW),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "published"
    assert list(attachments.of(draft)) == [picture]


def test_a_new_draft_has_pictures_of_its_own(cast, course):
    lesson = lessons_of(course)[0]
    draft = courses.save_draft(lesson, title="题", body="![1]", minutes=5, by=cast.trainer, now=NOW)
    attachments.add(draft, upload=encoded(scene((60, 40)), "PNG"), caption="称重", by=cast.trainer, now=NOW)
    published = courses.publish(draft, by=cast.trainer, now=NOW)

    following = courses.save_draft(lesson, title="题二", body="![1]", minutes=5, by=cast.trainer, now=NOW)

    (old,) = Attachment.objects.filter(lesson_version=published)
    (new,) = Attachment.objects.filter(lesson_version=following)
    assert new.caption == old.caption
    assert new.file_name != old.file_name
    assert (
        picture_store.path_of(new.file_name).read_bytes() == picture_store.path_of(old.file_name).read_bytes()
    )


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_thrown_away_with_its_pictures(transactional_db, cast):
    lesson = lessons_of(make_course(cast.trainer))[0]
    draft = courses.save_draft(lesson, title="题", body="文", minutes=5, by=cast.trainer, now=NOW)
    attachment = attachments.add(
        draft, upload=encoded(scene((60, 40)), "PNG"), caption="称重", by=cast.trainer, now=NOW
    )

    courses.drop_draft(draft, by=cast.trainer, now=NOW)

    assert draft_of(lesson) is None
    assert current_of(lesson).version == 1
    assert not Attachment.objects.filter(pk=attachment.pk).exists()
    with pytest.raises(picture_store.NoSuchPicture):
        picture_store.path_of(attachment.file_name)


@pytest.mark.django_db(transaction=True)
def test_what_is_published_is_not_thrown_away(transactional_db, cast):
    version = current_of(lessons_of(make_course(cast.trainer))[0])

    with pytest.raises(Refused) as refused:
        courses.drop_draft(version, by=cast.trainer, now=NOW)
    assert refused.value.code == "published_already"

    assert LessonVersion.objects.filter(pk=version.pk).exists()


def test_taking_out_the_last_unread_lesson_finishes_the_course(cast, course):
    first, second = lessons_of(course)
    with acting_as(cast.trainer):
        (mine, begun_by_nobody) = enrolments.enrol(
            course, people=[cast.agent, cast.neighbour], due_on=None, by=cast.trainer, now=NOW
        )
    with acting_as(cast.agent):
        enrolments.open_lesson(mine, first, by=cast.agent, now=NOW)
        enrolments.finish_lesson(mine, first, by=cast.agent, now=NOW)

    with acting_as(cast.trainer):
        courses.retire_lesson(second, by=cast.trainer, now=NOW)

    with seeing_everything():
        finished = dict(Enrolment.objects.values_list("user__username", "finished_at"))
    assert finished == {"agent": NOW, "neighbour": None}
    assert begun_by_nobody.user == cast.neighbour


def test_required_courses_are_asked_for_until_they_are_finished(cast):
    Course.objects.update(is_required=False)
    course = make_course(cast.trainer, lessons=1, is_required=True)
    make_course(cast.trainer, code="other", is_required=False)
    empty = opened(cast, code="empty", is_required=True)
    with acting_as(cast.trainer):
        (mine,) = enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)
    assert [each.code for each in required_unfinished(cast.agent)] == ["calm"]

    with acting_as(cast.agent):
        enrolments.open_lesson(mine, lessons_of(course)[0], by=cast.agent, now=NOW)
        enrolments.finish_lesson(mine, lessons_of(course)[0], by=cast.agent, now=NOW)

    assert required_unfinished(cast.agent) == []
    assert [each.code for each in required_unfinished(cast.neighbour)] == ["calm"]
    publish_lesson(empty, cast.trainer, title="第一课")
    assert [each.code for each in required_unfinished(cast.agent)] == ["empty"]
