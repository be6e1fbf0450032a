"""When people make visits: who does, one person's week, days away, windows of one day."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.availability import WINDOW_HOURS, AwayForm, ExtraForm, WeekForm
from claims.forms.search import PersonSearchForm
from claims.models import Availability, AvailabilityException
from claims.queries import availability as reading
from claims.queries import visits
from claims.rules.visits import WINDOW_STARTS
from claims.rules.windows import WeekWindow
from claims.services import availability as service
from claims.views.places import CasePage
from stations.access.guards import require
from stations.access.places import own_station, permissions
from stations.models import Agent

OWN, OTHERS = "claims.carry_out_visit", "claims.send_others"
PAGE_SIZE = 30
USUAL = [WeekWindow(day, at, 1) for day in range(5) for at in WINDOW_STARTS[:4]]
"""What most people choose: Monday to Friday, one visit in each window of the day."""


class AvailabilityPage(CasePage):
    """A page about when somebody makes visits: one's own, or with the right to send others theirs too."""

    permission = (OWN, OTHERS)

    def agent(self, pk) -> Agent:
        """The person, by the key of the account. Another one's page is not there for who sends nobody."""
        if pk != self.request.user.pk:
            require(self.request.user, OTHERS)
        return get_object_or_404(reading.people(), user_id=pk)


class AvailabilityList(AvailabilityPage):
    """Who makes visits and how many; who sends nobody, or asks with `?mine`, is led to their own page."""

    template_name = "claims/availability_list.html"

    def get(self, request):
        sends_others = OTHERS in permissions(request.user)
        is_posted = "mine" in request.GET and reading.people().filter(user=request.user).exists()
        if not sends_others or is_posted:
            return redirect("claims:availability", request.user.pk)
        require(request.user, OTHERS)
        form = PersonSearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        is_everybody = "everybody" in request.GET
        rows = reading.people()
        if text:
            rows = reading.named(rows, text)
        elif not is_everybody:
            rows = rows.filter(Exists(Availability._base_manager.filter(user=OuterRef("user"))))
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("station_id", "id"), size=PAGE_SIZE
        )
        users = [agent.user_id for agent in page.rows]
        stated = reading.stated(users)
        away = reading.away_on(users, timezone.localdate())
        for agent in page.rows:
            agent.stated, agent.is_away = stated.get(agent.user_id), agent.user_id in away
        return self.page(
            form=form, text=text, is_everybody=is_everybody, list_page=page, place=own_station(request.user)
        )


class AvailabilityDetail(AvailabilityPage):
    """One person's week as a grid, and the days that differ from it; `?usual` proposes a week."""

    template_name = "claims/availability.html"

    def get(self, request, pk):
        agent = self.agent(pk)
        week = reading.week_of(agent.user_id)
        proposed = USUAL if "usual" in request.GET else ()
        return self.show(agent, week_form=WeekForm(week=week, proposed=proposed), is_proposed=bool(proposed))

    def post(self, request, pk):
        agent = self.agent(pk)
        week = reading.week_of(agent.user_id)
        form = WeekForm(request.POST, week=week)
        if form.is_valid() and form.call(
            service.set_week,
            person=agent.user,
            windows=form.windows,
            expected=form.cleaned_data["known"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("The week is kept."))
            return redirect("claims:availability", agent.user_id)
        if form.refused is not None and form.refused.code == "stale":
            form.renew(reading.week_of(agent.user_id))
        return self.show(agent, week_form=form)

    def show(self, agent: Agent, **given):
        """The page with the form that was sent, and the other ones empty."""
        today = timezone.localdate()
        week = reading.week_of(agent.user_id)
        made = {
            "week_form": given.get("week_form") or WeekForm(week=week),
            "away_form": given.get("away_form") or AwayForm(),
            "extra_form": given.get("extra_form") or ExtraForm(),
        }
        changes = list(reading.changes_of(agent.user_id, since=today))
        away = [change.day for change in changes if change.starts is None]
        return self.page(
            agent=agent,
            is_own=agent.user_id == self.request.user.pk,
            may_send_others=OTHERS in permissions(self.request.user),
            has_week=bool(week),
            is_proposed=given.get("is_proposed", False),
            window_names=[f"{at.hour}–{at.hour + WINDOW_HOURS}" for at in WINDOW_STARTS],
            changes=changes,
            unfit=list(visits.booked_of(agent.user, days=away)) if away else [],
            place=agent.station,
            status=409 if any(form.refused for form in made.values()) else 200,
            **made,
        )


class AwayNew(AvailabilityDetail):
    """Noting days away."""

    def get(self, request, pk):
        return redirect(f"{reverse('claims:availability', args=[pk])}#away")

    def post(self, request, pk):
        agent = self.agent(pk)
        form = AwayForm(request.POST)
        if form.is_valid() and form.call(
            service.be_away, person=agent.user, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Days away noted: %(count)s.") % {"count": len(form.result)})
            return redirect("claims:availability", agent.user_id)
        return self.show(agent, away_form=form)


class ExtraNew(AvailabilityDetail):
    """Opening a window on one day."""

    def get(self, request, pk):
        return redirect(f"{reverse('claims:availability', args=[pk])}#extra")

    def post(self, request, pk):
        agent = self.agent(pk)
        form = ExtraForm(request.POST)
        if form.is_valid() and form.call(
            service.add_window, person=agent.user, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The window of this day is kept."))
            return redirect("claims:availability", agent.user_id)
        return self.show(agent, extra_form=form)


class ChangeClear(AvailabilityPage):
    """Taking back that a day differs from the week: asks once more."""

    template_name = "claims/availability_clear.html"

    def get(self, request, pk, change):
        return self._page(*self._find(pk, change))

    def post(self, request, pk, change):
        agent, row = self._find(pk, change)
        service.clear(exception=row, by=request.user, now=timezone.now())
        messages.success(request, _("The day is as the week says again."))
        return redirect("claims:availability", agent.user_id)

    def _find(self, pk, change) -> tuple[Agent, AvailabilityException]:
        agent = self.agent(pk)
        rows = reading.changes_of(agent.user_id, since=timezone.localdate())
        return agent, get_object_or_404(rows.select_related("user"), pk=change)

    def _page(self, agent, row):
        return self.page(agent=agent, change=row, place=agent.station)
