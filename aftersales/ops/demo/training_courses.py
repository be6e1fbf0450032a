"""Courses of the demonstration: who is enrolled, what was read when, hours recorded by hand, mentors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from aftersales.accounts.models import User
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from training.models import Course, Enrolment, Lesson
from training.queries.courses import courses_in_use, readable
from training.rules.hours import HourKind
from training.services import attachments, courses, enrolments, hours, mentorships

DUE_AFTER = timedelta(days=45)
A_COURSE_DAY = 180
"""Minutes of a day of training in the county."""


class Learning:
    """Lets people read, with the dates on which they did."""

    def __init__(self, words: TrainingWords):
        self.words = words
        self.required = list(courses_in_use().filter(is_required=True).order_by("position"))
        self.lessons: dict[int, list[Lesson]] = {}
        for version in readable():
            self.lessons.setdefault(version.lesson.course_id, []).append(version.lesson)

    def enrol(self, users: Sequence[User], day: date, *, by: User) -> None:
        """Enrol people in every required course on a day."""
        for course in self.required:
            enrolments.enrol(course, people=users, due_on=day + DUE_AFTER, by=by, now=at(day, 9, 30))

    def read_required(self, user: User, since: date, *, within: int, count: int = 100) -> int:
        """Read the required lessons in order within so many days; `count` of them. Returns how many."""
        taken = {
            row.course_id: row
            for row in Enrolment.objects.filter(user=user, withdrawn_at__isnull=True).select_related("course")
        }
        todo = [(taken[course.pk], lesson) for course in self.required for lesson in self.lessons[course.pk]][
            :count
        ]
        for number, (enrolment, lesson) in enumerate(todo):
            day = since + timedelta(days=number * within // max(1, len(todo)))
            self.read(enrolment, lesson, self.words.evening(day))
        return len(todo)

    def read(self, enrolment: Enrolment, lesson: Lesson, moment: datetime) -> None:
        """Open a lesson and have it read as long as it takes."""
        progress = enrolments.open_lesson(enrolment, lesson, by=enrolment.user, now=moment)
        done = moment + timedelta(minutes=progress.lesson_version.minutes)
        enrolments.finish_lesson(enrolment, lesson, by=enrolment.user, now=done)

    def write_course(self, trainer: User, *, now: datetime) -> Course:
        """A course that the trainer of the county has written three weeks ago, with a picture."""
        told = self.words.table["course"]
        began = at(days_ago(now, 24), 10)
        course = courses.open_course(
            code=told["code"],
            title=told["title"],
            topic="inspection",
            summary=told["summary"],
            position=len(self.required) + 10,
            by=trainer,
            now=began,
        )
        for number, text in enumerate(told["lessons"]):
            moment = began + timedelta(days=number, hours=1)
            lesson = courses.add_lesson(course, by=trainer, now=moment)
            draft = courses.save_draft(
                lesson,
                title=text["title"],
                body=text["body"],
                minutes=text["minutes"],
                by=trainer,
                now=moment,
            )
            if "![1]" in text["body"]:
                picture = evidence("peach", self.words.random)
                attachments.add(draft, upload=picture, caption=told["picture"], by=trainer, now=moment)
            courses.publish(draft, by=trainer, now=moment + timedelta(hours=1))
            self.lessons.setdefault(course.pk, []).append(lesson)
        return course

    def half_read(self, course: Course, users: Sequence[User], *, by: User, now: datetime) -> None:
        """Enrol people in a course due soon: the first has read one lesson and opened the next, the second
        all, the others nothing yet."""
        made = enrolments.enrol(
            course,
            people=users,
            due_on=days_ago(now, -6),
            by=by,
            now=at(days_ago(now, 18), 9, 40),
        )
        of_user = {enrolment.user_id: enrolment for enrolment in made}
        first, second, third = self.lessons[course.pk]
        half, whole = of_user[users[0].pk], of_user[users[1].pk]
        self.read(half, first, self.words.evening(days_ago(now, 8)))
        enrolments.open_lesson(half, second, by=users[0], now=self.words.evening(days_ago(now, 3)))
        for number, lesson in enumerate((first, second, third)):
            self.read(whole, lesson, self.words.evening(days_ago(now, 12 - 3 * number)))
        enrolments.remind_due(now=now)

    def fall_behind(self, users: Sequence[User], *, by: User, now: datetime) -> None:
        """A course that is not required and was due three weeks ago: every third person has not read it."""
        course = courses_in_use().filter(is_required=False).order_by("position").first()
        began = days_ago(now, 62)
        made = enrolments.enrol(course, people=users, due_on=days_ago(now, 21), by=by, now=at(began, 10, 5))
        for number, enrolment in enumerate(made):
            for lesson in self.lessons[course.pk] if number % 3 else ():
                self.read(enrolment, lesson, self.words.evening(began + timedelta(days=4 + number)))

    def record_hours(self, user: User, since: date, *, by: User, share: int, now: datetime) -> int:
        """Days of training every month since a day, a share (in thousandths) of them kept; returns how many.

        One of them was entered twice and is put right.
        """
        written = 0
        for back in range(13):
            day = days_ago(now, 6 + 28 * back)
            if day <= since or self.words.random.randrange(1000) >= share:
                continue
            is_practice = back % 3 == 1
            hours.record(
                user,
                day=day,
                minutes=A_COURSE_DAY + 30 * self.words.random.randrange(4),
                kind=HourKind.PRACTICE if is_practice else HourKind.OUTSIDE,
                note=self.words.one_of("notes"),
                business_key=f"demo:{user.pk}:{day}",
                by=by,
                now=at(day, 17, 40),
            )
            written += 1
        return written

    def record_twice(self, user: User, *, by: User, now: datetime) -> None:
        """A day of training that was entered twice; the second entry is put right."""
        day = days_ago(now, 20)
        note, moment = self.words.table["notes"][0], at(day, 17, 45)
        entries = [
            hours.record(
                user,
                day=day,
                minutes=120,
                kind=HourKind.OUTSIDE,
                note=note,
                business_key=f"demo:{user.pk}:{day}:{number}",
                by=by,
                now=moment + timedelta(minutes=number),
            )
            for number in (1, 2)
        ]
        corrected = moment + timedelta(days=1)
        hours.correct(entries[1], minutes=0, note=self.words.table["correction"], by=by, now=corrected)

    def mentor(self, mentor: User, trainee: User, since: date, *, by: User) -> None:
        """Somebody with experience looks after somebody new from a day on."""
        mentorships.begin(
            mentor,
            trainee,
            from_on=since,
            note=self.words.table["mentoring"],
            by=by,
            now=at(since, 9, 50),
        )
