"""Enrolling many at once, and how far everybody is."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import capped_count, keyset_page
from stations.access.places import PlacePage
from training.forms.courses import EnrolForm, ProgressFilterForm
from training.forms.people import PeopleFilterForm
from training.forms.steps import PlainForm
from training.models import Course, Enrolment
from training.queries import enrolments as reading
from training.queries.courses import courses_in_use, with_sizes
from training.queries.learners import people_posted
from training.services import enrolments as service
from training.views.learning import told

ENROL, OVERSEE = "training.enrol", "training.view_training"
MOST_SHOWN = 300
PAGE_SIZE = 50


class Enrol(PlacePage):
    """Whom to enrol: everybody in reach, in a township, or at a station; a list to tick, then once more."""

    permission = ENROL
    template_name = "training/course_enrol.html"

    def get(self, request, code):
        course = get_object_or_404(courses_in_use(), code=code, retired_at__isnull=True)
        people = list(self._offered(course)[: MOST_SHOWN + 1])
        shown = people[:MOST_SHOWN]
        form = EnrolForm(people=people_posted(), initial={"people": [each.pk for each in shown]})
        form.fields["people"].choices = self._choices(form, shown)
        return self._page(course, form, shown, is_more=len(people) > MOST_SHOWN)

    def post(self, request, code):
        course = get_object_or_404(courses_in_use(), code=code, retired_at__isnull=True)
        form = EnrolForm(request.POST, people=people_posted())
        is_chosen = form.is_valid()
        if is_chosen:
            chosen = list(form.cleaned_data["people"].select_related("user", "station"))
            if not form.cleaned_data["confirmed"]:
                return self.page(
                    template="training/course_enrol_confirm.html",
                    course=course,
                    chosen=chosen,
                    due_on=form.cleaned_data["due_on"],
                )
            if form.call(
                service.enrol,
                course=course,
                people=[each.user for each in chosen],
                due_on=form.cleaned_data["due_on"],
                by=request.user,
                now=timezone.now(),
            ):
                messages.success(request, _("Enrolled: %(count)s") % {"count": len(form.result)})
                return redirect("training:course_progress", code)
        shown = list(self._offered(course)[:MOST_SHOWN])
        form.fields["people"].choices = self._choices(form, shown)
        return self._page(course, form, shown)

    def _offered(self, course: Course):
        """People in reach, as narrowed, who do not take the course yet."""
        there = reading.running_in(course).values("user_id")
        wanted = PeopleFilterForm(self.request.GET).wanted
        return people_posted(wanted.get("place"), wanted.get("q", "")).exclude(user__in=there)

    def _choices(self, form: EnrolForm, shown) -> list:
        return [(each.pk, form.fields["people"].label_from_instance(each)) for each in shown]

    def _page(self, course, form, shown, is_more=False):
        narrowing = PeopleFilterForm(self.request.GET)
        return self.page(
            status=409 if form.refused else 200,
            course=course,
            form=form,
            filters=narrowing,
            is_narrowed=any(narrowing.wanted.values()),
            people=shown,
            is_more=is_more,
            most=MOST_SHOWN,
        )


class Progress(PlacePage):
    """Everybody who takes a course, with how far they are; XLSX with `?format=xlsx`."""

    permission = (OVERSEE, ENROL)
    template_name = "training/course_progress.html"

    def get(self, request, code):
        course, today = get_object_or_404(with_sizes(Course.objects.all()), code=code), timezone.localdate()
        form = ProgressFilterForm(request.GET)
        wanted = form.wanted
        rows = self._rows(course, wanted, today)
        if request.GET.get("format") == "xlsx":
            return self._export(course, rows, today)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("station__region_id", "pk"), size=PAGE_SIZE
        )
        told(page.rows, today)
        return self.page(
            course=course,
            form=form,
            is_narrowed=any(wanted.values()),
            list_page=page,
            count=capped_count(rows),
        )

    def _rows(self, course: Course, wanted: dict, today):
        rows = reading.with_progress(reading.running_in(course))
        if wanted.get("place") or wanted.get("q"):
            people = people_posted(wanted.get("place"), wanted.get("q", ""))
            rows = rows.filter(user__in=people.order_by().values("user_id"))
        if wanted.get("standing"):
            rows = reading.in_standing(rows, wanted["standing"], today)
        return rows.order_by("station__region_id", "pk")

    def _export(self, course: Course, rows, today):
        now = timezone.now()
        written = exports.write(
            exports.Export(
                title=_("Progress: %(course)s") % {"course": course.title},
                columns=[
                    exports.Column(_("Station"), width=24),
                    exports.Column(_("Person"), width=14),
                    exports.Column(_("Lessons read"), "integer", 14),
                    exports.Column(_("Lessons"), "integer", 10),
                    exports.Column(_("State"), width=14),
                    exports.Column(_("Enrolled"), "day", 14),
                    exports.Column(_("To be finished by"), "day", 16),
                    exports.Column(_("Finished"), "day", 14),
                ],
                rows=[
                    (
                        each.station.name,
                        each.user.full_name,
                        each.read_count,
                        each.lesson_count,
                        str(each.words),
                        timezone.localdate(each.enrolled_at),
                        each.due_on,
                        timezone.localdate(each.finished_at) if each.finished_at else None,
                    )
                    for each in told(rows[: exports.ROW_LIMIT], today)
                ],
                made_at=now,
                made_by=str(self.request.user),
                filters=[(_("Course"), course.title)],
            ),
            "xlsx",
        )
        trail.record(
            "enrolment.exported",
            by=self.request.user,
            county_code=self.request.user.county_code,
            after={"course": course.code, "rows": written.rows, "sha256": written.sha256},
            at=now,
        )
        return written.response()


class Withdraw(PlacePage):
    """Takes somebody out of a course, after asking once more."""

    permission = ENROL
    template_name = "training/enrolment_withdraw.html"
    about = "enrolment"

    def get(self, request, pk):
        return self._page(self._enrolment(pk), PlainForm())

    def post(self, request, pk):
        enrolment, form = self._enrolment(pk), PlainForm(request.POST)
        if form.is_valid() and form.call(
            service.withdraw, enrolment=enrolment, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Taken out of the course."))
            return redirect("training:course_progress", enrolment.course.code)
        return self._page(enrolment, form)

    def _enrolment(self, pk: int) -> Enrolment:
        rows = Enrolment.objects.select_related("course", "user", "station")
        return get_object_or_404(rows, pk=pk)

    def _page(self, enrolment: Enrolment, form: PlainForm):
        return self.page(status=409 if form.refused else 200, enrolment=enrolment, form=form)
