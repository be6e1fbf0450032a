"""Boards: read-only pages over the figures and queues of a scope."""

from __future__ import annotations

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from aftersales.dashboards import county, escalations, people, station
from aftersales.dashboards.county_now import Shown, county_now
from aftersales.web.admin_filters import key_of
from stations.access.guards import PermissionMixin, may_throughout
from stations.access.scope import authority
from stations.models import Region, Station
from stations.queries import stations_inside

SEES_CLAIMS = "claims.view_claim_page"


class StationPage(PermissionMixin, TemplateView):
    """A page about one station: the person's own, or one in their reach with ?station=."""

    permission = "stations.view_station_board"

    def station(self) -> Station:
        asked = self.request.GET.get("station", "")
        if asked:
            return get_object_or_404(Station, pk=key_of(asked))
        agent = getattr(self.request.user, "agent", None)
        own = Station.objects.filter(pk=agent.station_id).first() if agent else None
        found = own or Station.objects.order_by("region_id").first()
        if found is None:
            raise Http404
        return found


class StationBoardView(StationPage):
    """The board of one station."""

    template_name = "dashboards/station.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**station.station_board(self.station(), now=timezone.now()), **kwargs)


class StationNowView(StationPage):
    """The part of the board that changes by the minute, for the page to fetch."""

    template_name = "dashboards/parts/station_now.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**station.station_now(self.station(), now=timezone.now()), **kwargs)


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


class CountyPage(PermissionMixin, TemplateView):
    """A page about one county, as far as the person's scope reaches into it."""

    permission = "stations.view_county_board"

    def county(self, county_code: str) -> Region:
        if not stations_inside(county_code[:6]).exists():
            raise Http404
        return get_object_or_404(Region, code=county_code)

    def may_see_claims(self) -> bool:
        return SEES_CLAIMS in authority(self.request.user).permissions

    def shown(self, county_code: str) -> Shown:
        """Which parts of the county this person may see in all of it."""

        def may(permission: str) -> bool:
            return may_throughout(self.request.user, permission, county_code)

        return Shown(
            fund=may("claims.view_fund"),
            costs=may("claims.view_costbaseline"),
            training=may("training.view_training"),
            people=may("claims.assign_claim") and may(SEES_CLAIMS),
            providers=may("claims.order_from_provider"),
            flags=may("claims.judge_flag"),
        )


class CountyBoardView(CountyPage):
    """The whole board of one county."""

    template_name = "dashboards/county.html"

    def get_context_data(self, *, county_code: str, **kwargs):
        return super().get_context_data(
            county=self.county(county_code),
            may_see_claims=self.may_see_claims(),
            **county.county_board(county_code, now=timezone.now(), shown=self.shown(county_code)),
            **kwargs,
        )


class CountyNowView(CountyPage):
    """The part of the board that changes by the minute, for the page to fetch."""

    template_name = "dashboards/parts/county_now.html"

    def get_context_data(self, *, county_code: str, **kwargs):
        return super().get_context_data(
            county=self.county(county_code),
            may_see_claims=self.may_see_claims(),
            **county_now(county_code, now=timezone.now(), shown=self.shown(county_code)),
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


class EscalationBoardView(CountyPage):
    """What climbs in one county and what stays silent, as far as the person's scope reaches into it."""

    template_name = "dashboards/escalations.html"

    def get_context_data(self, *, county_code: str, **kwargs):
        may_see_claims = self.may_see_claims()
        queue_url = reverse("claims:queue") if may_see_claims else ""
        return super().get_context_data(
            county=self.county(county_code),
            may_see_claims=may_see_claims,
            queue_url=queue_url,
            **escalations.escalation_board(county_code, now=timezone.now(), queue_url=queue_url),
            **kwargs,
        )
