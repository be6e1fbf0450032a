"""Mentors: who looks after whom, naming one, ending it."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from stations.access.places import PlacePage
from training.forms.hours import MentorEndForm, MentorForm
from training.forms.people import PeopleFilterForm
from training.models import Mentorship
from training.queries.learners import people_posted
from training.services import mentorships as service

KEEP = "training.record_hours"
READ = ("training.view_training", KEEP)
PAGE_SIZE = 50


class MentorList(PlacePage):
    """Those who are looked after now; with `?ended`, those who were."""

    permission = READ
    template_name = "training/mentor_list.html"

    def get(self, request):
        is_ended, form = "ended" in request.GET, PeopleFilterForm(request.GET)
        rows = Mentorship.objects.filter(until_on__isnull=not is_ended).select_related(
            "mentor", "trainee", "station"
        )
        wanted = form.wanted
        if wanted.get("place") or wanted.get("q"):
            people = people_posted(wanted.get("place"), wanted.get("q", "")).order_by().values("user_id")
            rows = rows.filter(trainee__in=people)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("-from_on", "-id"), size=PAGE_SIZE
        )
        return self.page(form=form, is_ended=is_ended, is_narrowed=any(wanted.values()), list_page=page)


class MentorNew(PlacePage):
    """Names a mentor for somebody."""

    permission = KEEP
    template_name = "training/mentor_new.html"

    def get(self, request):
        return self._page(self._form())

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            if form.call(
                service.begin,
                mentor=values["mentor"].user,
                trainee=values["trainee"].user,
                from_on=values["from_on"],
                note=values["note"],
                by=request.user,
                now=timezone.now(),
            ):
                messages.success(request, _("The mentor is named."))
                return redirect("training:mentor_list")
        return self._page(form)

    def _form(self, data=None) -> MentorForm:
        people = people_posted()
        mentored = Mentorship.objects.filter(until_on__isnull=True).values("trainee_id")
        return MentorForm(
            data,
            mentors=people.filter(certified_until__gte=timezone.localdate()),
            trainees=people.exclude(user__in=mentored),
        )

    def _page(self, form: MentorForm):
        return self.page(status=409 if form.refused else 200, form=form)


class MentorEnd(PlacePage):
    """Ends a mentorship on a day."""

    permission = KEEP
    template_name = "training/mentor_end.html"
    about = "mentorship"

    def get(self, request, pk):
        return self._page(self._mentorship(pk), MentorEndForm())

    def post(self, request, pk):
        mentorship, form = self._mentorship(pk), MentorEndForm(request.POST)
        if form.is_valid() and form.call(
            service.end, mentorship=mentorship, **form.cleaned_data, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Ended."))
            return redirect("training:mentor_list")
        return self._page(mentorship, form)

    def _mentorship(self, pk: int) -> Mentorship:
        rows = Mentorship.objects.select_related("mentor", "trainee", "station")
        return get_object_or_404(rows, pk=pk)

    def _page(self, mentorship: Mentorship, form: MentorEndForm):
        return self.page(status=409 if form.refused else 200, mentorship=mentorship, form=form)
