"""Boards: read-only pages over the figures and queues of a scope."""

from __future__ import annotations

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from aftersales.dashboards import boards, escalations, people
from aftersales.web.admin_filters import key_of
from stations.access.guards import PermissionMixin, may_throughout
from stations.access.scope import authority
from stations.models import Region, Station
from stations.queries import stations_inside


class StationBoardView(PermissionMixin, TemplateView):
    """The board of one station: the person's own, or one in their reach with ?station=."""

    template_name = "dashboards/station.html"
    permission = "stations.view_station_board"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**boards.station_board(self._station(), now=timezone.now()), **kwargs)

    def _station(self) -> Station:
        asked = self.request.GET.get("station", "")
        if asked:
            return get_object_or_404(Station, pk=key_of(asked))
        agent = getattr(self.request.user, "agent", None)
        own = Station.objects.filter(pk=agent.station_id).first() if agent else None
        station = own or Station.objects.order_by("region_id").first()
        if station is None:
            raise Http404
        return station


class CountiesView(PermissionMixin, TemplateView):
    """The counties in reach; straight to the board when there is one."""

    template_name = "dashboards/counties.html"
    permission = "stations.view_county_board"

    def get(self, request, *args, **kwargs):
        codes = Station.objects.order_by().values_list("county_code", flat=True).distinct()
        counties = list(Region.objects.filter(code__in=list(codes)).select_related("parent__parent"))
        if len(counties) == 1:
            return HttpResponseRedirect(reverse("dashboards:county", args=[counties[0].code]))
        return self.render_to_response(self.get_context_data(counties=counties))


class CountyBoardView(PermissionMixin, TemplateView):
    """The board of one county, as far as the person's scope reaches into it."""

    template_name = "dashboards/county.html"
    permission = "stations.view_county_board"

    def get_context_data(self, *, county_code: str, **kwargs):
        if not stations_inside(county_code[:6]).exists():
            raise Http404
        return super().get_context_data(
            county=get_object_or_404(Region, code=county_code),
            may_see_claims="claims.view_claim_page" in authority(self.request.user).permissions,
            **boards.county_board(
                county_code,
                now=timezone.now(),
                shows_fund=may_throughout(self.request.user, "claims.view_fund", county_code),
                shows_costs=may_throughout(self.request.user, "claims.view_costbaseline", county_code),
                shows_training=may_throughout(self.request.user, "training.view_training", county_code),
            ),
            **kwargs,
        )


class PeopleBoardView(PermissionMixin, TemplateView):
    """Who has how much in hand: a township's people for its head, all townships for the county."""

    template_name = "dashboards/people.html"
    permission = "claims.assign_claim"

    def get_context_data(self, *, county_code: str, **kwargs):
        county = get_object_or_404(Region, code=county_code)
        board = people.load_board(county, now=timezone.now())
        if not board["groups"] and not stations_inside(county_code[:6]).exists():
            raise Http404
        return super().get_context_data(**board, **kwargs)


class EscalationBoardView(PermissionMixin, TemplateView):
    """What climbs in one county and what stays silent, as far as the person's scope reaches into it."""

    template_name = "dashboards/escalations.html"
    permission = "stations.view_county_board"

    def get_context_data(self, *, county_code: str, **kwargs):
        if not stations_inside(county_code[:6]).exists():
            raise Http404
        may_see_claims = "claims.view_claim_page" in authority(self.request.user).permissions
        queue_url = reverse("claims:queue") if may_see_claims else ""
        return super().get_context_data(
            county=get_object_or_404(Region, code=county_code),
            may_see_claims=may_see_claims,
            queue_url=queue_url,
            **escalations.escalation_board(county_code, now=timezone.now(), queue_url=queue_url),
            **kwargs,
        )
