"""Courses with lessons for tests, made by the services that trainers use."""

from tests.factories import NOW, acting_as
from training.models import Course, LessonVersion
from training.services import courses


def make_course(by, *, lessons: int = 2, code: str = "calm", title: str = "安抚沟通", **fields) -> Course:
    """A course with published lessons of 20 minutes; `calm-01` and so on."""
    with acting_as(by):
        course = courses.open_course(
            code=code, title=title, topic=fields.pop("topic", "communication"), **fields, by=by, now=NOW
        )
        for number in range(1, lessons + 1):
            publish_lesson(course, by, title=f"{title}第{number}课")
    return course


def publish_lesson(course: Course, by, *, title: str, body: str = "先听完，再说话。", minutes: int = 20):
    """A published lesson at the end of a course; gives its version."""
    with acting_as(by):
        draft = courses.begin_lesson(course, title=title, body=body, minutes=minutes, by=by, now=NOW)
        return courses.publish(draft, by=by, now=NOW)


def lessons_of(course: Course) -> list:
    return list(course.lessons.order_by("position"))


def current(lesson) -> LessonVersion:
    return lesson.versions.filter(published_at__isnull=False).order_by("-version").first()
