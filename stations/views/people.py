"""Taking somebody on at a station."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from stations.forms.people import TakeOnForm
from stations.models import Region, Station
from stations.rules.regions import county_code
from stations.services import agents, grants
from stations.views.pages import NetworkPage


class AgentNew(NetworkPage):
    """Asks who it is, then shows the one-time password, once."""

    permission = "stations.run_stations"
    template_name = "stations/agent_new.html"

    def get(self, request, pk):
        station = get_object_or_404(Station.objects.select_related("region"), pk=pk)
        return self.page(station=station, form=self._form(station))

    def post(self, request, pk):
        station = get_object_or_404(Station.objects.select_related("region"), pk=pk)
        form = self._form(station, request.POST)
        if form.is_valid() and form.call(
            agents.take_on, station=station, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            return self.page(
                template="stations/agent_password.html",
                station=station,
                agent=form.result.agent,
                password=form.result.password,
            )
        return self.page(status=409 if form.refused else 200, station=station, form=form)

    def _form(self, station: Station, data=None) -> TakeOnForm:
        now = timezone.now()
        county = Region.objects.get(pk=county_code(station.region_id))

        def may_give(role):
            reach = agents.reach_at(station, role, county)
            return grants.may_give(
                role=role,
                region=reach.get("region"),
                station=reach.get("station"),
                by=self.request.user,
                now=now,
            )

        return TakeOnForm(data, tier=station.tier, may_give=may_give)
