"""What a learner sees: the courses they take, what else there is, and one lesson after the other."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.errors import Refused
from stations.access.places import PlacePage, own_station
from training.models import Course, Enrolment, LessonVersion
from training.queries import enrolments as reading
from training.queries.courses import courses_in_use, outline, readable
from training.rules.courses import Standing
from training.services import enrolments as service
from training.views.lesson_texts import written

LEARN = "training.learn"
STANDING_WORDS = {
    Standing.FINISHED: (gettext_lazy("Course finished"), "good"),
    Standing.OVERDUE: (gettext_lazy("The day is over"), "bad"),
    Standing.DUE_SOON: (gettext_lazy("Due within a week"), "warn"),
    Standing.UNDER_WAY: (gettext_lazy("Being read"), "info"),
    Standing.NOT_BEGUN: (gettext_lazy("Not begun"), "wait"),
}


def told(enrolments, today) -> list[Enrolment]:
    """Enrolments with progress and the words for how they stand."""
    rows = list(enrolments)
    for each in rows:
        each.words, each.tone = STANDING_WORDS[reading.standing_of(each, today)]
        each.percent = 100 * min(each.read_count, each.lesson_count) // (each.lesson_count or 1)
    return rows


class MyCourses(PlacePage):
    """The courses one takes, and those one could take as well."""

    permission = LEARN
    template_name = "training/my_courses.html"

    def get(self, request):
        mine = told(reading.with_progress(reading.of_learner(request.user)), timezone.localdate())
        others = courses_in_use().exclude(pk__in=[each.course_id for each in mine])
        return self.page(
            mine=[each for each in mine if each.finished_at is None],
            finished=[each for each in mine if each.finished_at is not None],
            others=list(others),
            place=own_station(request.user),
        )


class CourseTake(PlacePage):
    """A course one does not take yet: what is in it, and the button to take it by oneself."""

    permission = LEARN
    template_name = "training/course_take.html"

    def get(self, request, code):
        return self._page(code)

    def post(self, request, code):
        course = get_object_or_404(Course, code=code)
        if mine := reading.of_learner(request.user).filter(course=course).first():
            return redirect("training:course_learn", mine.pk)
        try:
            made = service.enrol(
                course, people=[request.user], due_on=None, by=request.user, now=timezone.now()
            )
        except Refused as refused:
            messages.error(request, refused.message)
            return self._page(code, status=409)
        return redirect("training:course_learn", made[0].pk)

    def _page(self, code, status: int = 200):
        course = get_object_or_404(courses_in_use(), code=code)
        mine = reading.of_learner(self.request.user).filter(course=course).first()
        return self.page(
            status=status,
            course=course,
            mine=mine,
            lessons=outline(course),
            place=own_station(self.request.user),
        )


class LearnPage(PlacePage):
    """A page inside a course one takes; other people's courses do not exist here."""

    permission = LEARN

    def enrolment(self, pk: int) -> Enrolment:
        return get_object_or_404(reading.of_learner(self.request.user), pk=pk)


class CourseLearn(LearnPage):
    """One course with its lessons, what was read, and where to go on."""

    template_name = "training/course_learn.html"

    def get(self, request, pk):
        mine = get_object_or_404(reading.with_progress(reading.of_learner(request.user)), pk=pk)
        (mine,) = told([mine], timezone.localdate())
        progress = reading.progress_of(mine)
        lessons = outline(mine.course)
        following = None
        for version in lessons:
            done = progress.get(version.lesson_id)
            version.is_read = bool(done and done.finished_at)
            version.is_opened = bool(done)
            version.read_at = done.finished_at if done else None
            if following is None and not version.is_read:
                following = version
        return self.page(
            enrolment=mine, lessons=lessons, following=following, place=own_station(request.user)
        )


class LessonRead(LearnPage):
    """One lesson: its text, the way to its neighbours, and the button that says it was read."""

    template_name = "training/lesson_read.html"

    def get(self, request, pk, code):
        mine = self.enrolment(pk)
        version, before, after, number, count = self._place(mine, code)
        done = reading.progress_of(mine).get(version.lesson_id)
        return self.page(
            enrolment=mine,
            version=version,
            text=written(version),
            before=before,
            after=after,
            number=number,
            count=count,
            read_at=done.finished_at if done else None,
            place=own_station(request.user),
        )

    def post(self, request, pk, code):
        mine, now = self.enrolment(pk), timezone.now()
        version, _before, after, _number, _count = self._place(mine, code)
        asked = {"lesson": version.lesson, "by": request.user, "now": now}
        try:
            service.open_lesson(mine, **asked)
            if request.POST.get("act") != "open":
                service.finish_lesson(mine, **asked)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("training:my_courses")
        if request.POST.get("act") == "open":
            return redirect("training:lesson_read", mine.pk, code)
        messages.success(request, _("Read: %(lesson)s") % {"lesson": version.title})
        unread = self._unread(mine, after)
        if unread is None:
            return redirect("training:course_learn", mine.pk)
        service.open_lesson(mine, unread.lesson, by=request.user, now=now)
        return redirect("training:lesson_read", mine.pk, unread.lesson.code)

    def _place(self, mine: Enrolment, code: str):
        """The version of a lesson with its neighbours, and which of how many it is."""
        lessons = outline(mine.course)
        here = next((n for n, each in enumerate(lessons) if each.lesson.code == code), None)
        if here is None:
            raise Http404
        version = readable().get(pk=lessons[here].pk)
        before = lessons[here - 1] if here else None
        after = lessons[here + 1] if here + 1 < len(lessons) else None
        return version, before, after, here + 1, len(lessons)

    def _unread(self, mine: Enrolment, after: LessonVersion | None) -> LessonVersion | None:
        """The next lesson that was not read: behind this one, else from the beginning."""
        progress = reading.progress_of(mine)
        unread = [
            each
            for each in outline(mine.course)
            if not ((row := progress.get(each.lesson_id)) and row.finished_at)
        ]
        if after is not None:
            behind = [each for each in unread if each.lesson.position >= after.lesson.position]
            unread = behind or unread
        return unread[0] if unread else None
