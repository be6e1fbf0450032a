"""Moving a station through its life and changing its details."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.forms.stations import ChangeForm, StepForm
from stations.models import Station
from stations.models.network import StationState
from stations.rules.tiers import LIFE, LifeAction, Tier, parent_tier
from stations.services import network
from stations.views.pages import NetworkPage, mark


@dataclass(frozen=True)
class Step:
    """How a step in a station's life is offered and confirmed."""

    action: LifeAction
    label: Any
    text: Any
    done: Any

    @property
    def is_danger(self) -> bool:
        return self.action in network.NEEDS_REASON


STEPS = {
    step.action: step
    for step in (
        Step(
            LifeAction.APPROVE,
            _("Approve the application"),
            _("The application is granted; the place can be built and equipped."),
            _("Application approved."),
        ),
        Step(
            LifeAction.ACCEPT,
            _("Accept after inspection"),
            _("Somebody has looked at the finished place on site and found it in order."),
            _("Inspection passed."),
        ),
        Step(
            LifeAction.OPEN,
            _("Open the station"),
            _("From now on villagers can bring their problems here."),
            _("The station is open."),
        ),
        Step(
            LifeAction.SUSPEND,
            _("Suspend"),
            _("The place takes nothing new until it is resumed. What is open goes on."),
            _("The station is suspended."),
        ),
        Step(LifeAction.RESUME, _("Resume work"), _("The place works again."), _("The station works again.")),
        Step(
            LifeAction.CLOSE,
            _("Close for good"),
            _("A closed station never opens again; a new one has to be applied for."),
            _("The station is closed."),
        ),
    )
}


def steps_from(station: Station) -> list[Step]:
    """The steps that the station's present stage allows."""
    return [STEPS[action] for state, action in LIFE if state == station.state]


class StationMove(NetworkPage):
    """Asks for the reason of one step, then takes it."""

    permission = "stations.run_stations"
    template_name = "stations/station_move.html"

    def get(self, request, pk, action):
        station, step = self._find(pk, action)
        form = StepForm(initial={"version": station.version}, needs_reason=step.is_danger)
        return self._page(station, step, form)

    def post(self, request, pk, action):
        station, step = self._find(pk, action)
        form = StepForm(request.POST, needs_reason=step.is_danger)
        if form.is_valid() and form.call(
            network.move,
            station=station,
            action=step.action,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, step.done)
            return redirect("stations:station_detail", pk)
        return self._page(station, step, form)

    @staticmethod
    def _find(pk, action) -> tuple[Station, Step]:
        if action not in STEPS:
            raise Http404
        return get_object_or_404(Station.objects.select_related("region"), pk=pk), STEPS[LifeAction(action)]

    def _page(self, station, step, form):
        mark([station])
        return self.page(
            status=409 if form.refused else 200,
            station=station,
            step=step,
            form=form,
            is_possible=step in steps_from(station),
        )


class StationEdit(NetworkPage):
    """Changes the details of a station."""

    permission = "stations.run_stations"
    template_name = "stations/station_edit.html"

    def get(self, request, pk):
        station = get_object_or_404(Station, pk=pk)
        shown = (*sorted(network.DETAILS), "version")
        form = ChangeForm(
            initial={name: getattr(station, name) for name in shown}, parents=self._parents(station)
        )
        return self.page(station=station, form=form)

    def post(self, request, pk):
        station = get_object_or_404(Station, pk=pk)
        form = ChangeForm(request.POST, parents=self._parents(station))
        if form.is_valid():
            details = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                network.change_details,
                station=station,
                expected_version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
                **details,
            ):
                messages.success(request, _("Saved."))
                return redirect("stations:station_detail", pk)
        return self.page(status=409 if form.refused else 200, station=station, form=form)

    @staticmethod
    def _parents(station: Station):
        above = parent_tier(Tier(station.tier))
        if above is None:
            return Station.objects.none()
        same_county = Station.objects.filter(tier=above, county_code=station.county_code)
        return same_county.exclude(state=StationState.CLOSED).order_by("region_id")
