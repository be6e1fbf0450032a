"""Courses at the desk: the list, one course with its lessons, opening, changing, retiring."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.access.places import PlacePage
from training.forms.courses import CourseForm, NewCourseForm
from training.forms.steps import PlainForm
from training.models import Course, Enrolment, LessonVersion
from training.queries.courses import current_versions, with_sizes
from training.services import courses as service

READ = ("training.keep_courses", "training.view_training")
KEEP = "training.keep_courses"


class CourseList(PlacePage):
    """All courses: those in use, or those taken out of use with `?retired`."""

    permission = READ
    template_name = "training/course_list.html"

    def get(self, request):
        is_retired = "retired" in request.GET
        drafts = LessonVersion.objects.filter(lesson__course=OuterRef("pk"), published_at__isnull=True)
        rows = with_sizes(Course.objects.filter(retired_at__isnull=not is_retired)).annotate(
            has_draft=Exists(drafts)
        )
        taking = dict(
            Enrolment.objects.filter(withdrawn_at__isnull=True, finished_at__isnull=True)
            .order_by()
            .values_list("course_id")
            .annotate(n=Count("pk"))
        )
        courses = list(rows)
        for course in courses:
            course.taking = taking.get(course.pk, 0)
        return self.page(courses=courses, is_retired=is_retired)


class CourseNew(PlacePage):
    """Opens a course."""

    permission = KEEP
    template_name = "training/course_edit.html"

    def get(self, request):
        return self.page(form=NewCourseForm(), course=None)

    def post(self, request):
        form = NewCourseForm(request.POST)
        if form.is_valid() and form.call(
            service.open_course, **form.cleaned_data, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The course is open. Add its first lesson."))
            return redirect("training:course_detail", form.result.code)
        return self.page(status=409 if form.refused else 200, form=form, course=None)


class CoursePage(PlacePage):
    """A page about one course."""

    def course(self, code: str) -> Course:
        return get_object_or_404(with_sizes(Course.objects.all()), code=code)


class CourseDetail(CoursePage):
    """One course: its lessons with what they say now and what is being written, and who takes it."""

    permission = READ
    template_name = "training/course_detail.html"

    def get(self, request, code):
        course = self.course(code)
        lessons = list(course.lessons.order_by("position", "pk"))
        current = {
            row.lesson_id: row for row in current_versions().filter(lesson__course=course).defer("body")
        }
        drafts = {
            row.lesson_id: row
            for row in LessonVersion.objects.filter(lesson__course=course, published_at__isnull=True).defer(
                "body"
            )
        }
        for lesson in lessons:
            lesson.current, lesson.draft = current.get(lesson.pk), drafts.get(lesson.pk)
        today = timezone.localdate()
        taken = Enrolment.objects.filter(course=course, withdrawn_at__isnull=True).aggregate(
            all=Count("pk"),
            finished=Count("pk", filter=Q(finished_at__isnull=False)),
            overdue=Count("pk", filter=Q(finished_at__isnull=True, due_on__lt=today)),
        )
        return self.page(course=course, lessons=lessons, taken=taken)


class CourseEdit(CoursePage):
    """Changes what is said about a course."""

    permission = KEEP
    template_name = "training/course_edit.html"

    def get(self, request, code):
        course = self.course(code)
        values = {name: getattr(course, name) for name in service.CHANGEABLE}
        return self.page(form=CourseForm(initial=values), course=course)

    def post(self, request, code):
        course, form = self.course(code), CourseForm(request.POST)
        if form.is_valid() and form.call(
            service.change_course, course=course, **form.cleaned_data, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Saved."))
            return redirect("training:course_detail", code)
        return self.page(status=409 if form.refused else 200, form=form, course=course)


class CourseRetire(CoursePage):
    """Takes a course out of use, or puts it back, after asking once more."""

    permission = KEEP
    template_name = "training/course_confirm.html"

    def get(self, request, code):
        return self._page(self.course(code), PlainForm())

    def post(self, request, code):
        course, form = self.course(code), PlainForm(request.POST)
        act = service.retire_course if course.retired_at is None else service.bring_back_course
        if request.POST.get("step") != self._step(course):
            messages.info(request, _("Somebody else was faster. The course is shown as it is now."))
            return redirect("training:course_detail", code)
        if form.is_valid() and form.call(act, course=course, by=request.user, now=timezone.now()):
            messages.success(request, _("Done."))
            return redirect("training:course_detail", code)
        return self._page(course, form)

    def _step(self, course: Course) -> str:
        return "retire" if course.retired_at is None else "bring_back"

    def _page(self, course: Course, form: PlainForm):
        return self.page(
            status=409 if form.refused else 200, course=course, form=form, step=self._step(course)
        )
