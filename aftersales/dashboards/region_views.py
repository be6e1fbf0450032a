"""Boards of regions and their league tables: read-only, on the connection that cannot write."""

from __future__ import annotations

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from aftersales.audit import trail
from aftersales.dashboards import league, places, regions, townships
from aftersales.dashboards.regions import CONNECTION, Place
from aftersales.web import exports
from aftersales.web.period_choices import PeriodChoice, period_asked
from claims.queries.figures import cells
from claims.queries.leagues import TALLIES
from stations.access.guards import PermissionMixin, may_throughout
from stations.access.scope import authority
from stations.models import RegionReading
from stations.queries.network import reaches
from stations.queries.readings import names, network_by, places_of
from stations.rules.regions import DIGITS, Level, RegionCodeError, level_of

INSIDE = ("claims.view_claim", "claims.view_claim_page")
"""Who reads single claims throughout a region is shown small counts too."""


class RegionPage(PermissionMixin, TemplateView):
    """A page about one region and period; 404 outside the reader's scope and below a township."""

    permission = ("stations.view_county_board", "reports.view_reports")
    http_method_names = ["get", "head", "options"]

    def choice(self) -> PeriodChoice:
        return period_asked(self.request.GET.get("period", ""), timezone.localdate())

    def place(self, code: str, level: Level | None = None) -> tuple[Place, dict[str, RegionReading]]:
        """The region, and with it the living places of a level inside: of the next one unless said."""
        try:
            is_board = level_of(code) <= Level.TOWNSHIP and reaches(code)
        except RegionCodeError:
            is_board = False
        if not is_board:
            raise Http404
        found = places_of(level or cells.child_level(code), code, using=CONNECTION)
        place = regions.place_of(code, found)
        if place is None:
            raise Http404
        return place, found

    def hides_small(self, code: str) -> bool:
        return not any(may_throughout(self.request.user, each, code) for each in INSIDE)

    def download(self, export: exports.Export, place: Place, **facts):
        """The table as a file, written down in the trail."""
        written = exports.write(export, "xlsx")
        trail.record(
            "board.exported",
            by=self.request.user,
            county_code=place.code if len(place.code.rstrip("0")) >= DIGITS[Level.COUNTY] else "",
            after={"region": place.code, **facts, "rows": written.rows, "sha256": written.sha256},
        )
        return written.response()

    def wants_file(self) -> bool:
        form = self.request.GET.get("format", "")
        if form not in ("", "xlsx"):
            raise Http404
        return bool(form)


class RegionsView(RegionPage):
    """Straight to the widest region in reach, or a choice of them."""

    template_name = "dashboards/regions.html"

    def get(self, request, *args, **kwargs):
        codes = regions.codes_in_reach()
        if len(codes) == 1:
            return HttpResponseRedirect(reverse("dashboards:region", args=codes))
        known = names(codes, using=CONNECTION)
        return self.render_to_response(
            self.get_context_data(places=[(code, known[code]) for code in codes if code in known])
        )


class RegionBoardView(RegionPage):
    """A region of any level from the nation to a township: figures, network, trend and its places."""

    template_name = "dashboards/region.html"

    def get(self, request, *, code: str):
        place, found = self.place(code)
        context = self._context(place, found)
        if self.wants_file():
            if context["table"] is None:
                raise Http404
            export = places.export_of(
                context["table"],
                place,
                context["choice"].period,
                made_at=timezone.now(),
                made_by=str(request.user),
            )
            return self.download(export, place, board="region", period=context["choice"].period.name)
        return self.render_to_response(self.get_context_data(**context))

    def _context(self, place: Place, found: dict[str, RegionReading]) -> dict:
        choice, hides_small = self.choice(), self.hides_small(place.code)
        networks = network_by(
            cells.child_level(place.code), place.code, today=timezone.localdate(), using=CONNECTION
        )
        board = regions.figures_of_region(place.code, choice, hides_small=hides_small)
        context = {
            "place": place,
            "choice": choice,
            "hides_small": hides_small,
            "network": regions.network_stats(regions.whole_of(networks)),
            "charts": regions.trend_charts(place.code, choice, hides_small=hides_small),
            "counted_at": cells.counted_at(using=CONNECTION),
            "compares": league.level_compared(place.code) is not None,
            "table": None,
            "is_county": league.level_compared(place.code) == Level.TOWNSHIP,
            **board,
        }
        if place.level < Level.TOWNSHIP:
            context["table"] = places.table_of(
                place,
                choice.period,
                whole=board["whole"],
                networks=networks,
                regions=found,
                hides_small=hides_small,
                sort=self.request.GET.get("sort", ""),
            )
        elif not hides_small and "stations.view_county_board" in authority(self.request.user).permissions:
            context |= townships.township_board(place.code, choice.period, now=timezone.now())
            context["may_see_claims"] = "claims.view_claim_page" in authority(self.request.user).permissions
        return context


class LeagueView(RegionPage):
    """Counties of a region or townships of a county by one rate."""

    template_name = "dashboards/league.html"

    def get(self, request, *, code: str):
        compared = self._level(code)
        place, found = self.place(code, compared)
        figure = request.GET.get("figure", "") or next(iter(TALLIES))
        if figure not in TALLIES:
            raise Http404
        choice = self.choice()
        board = league.league_board(
            place,
            compared,
            choice.period,
            figure,
            regions=found,
            hides_small=self.hides_small(code),
        )
        if self.wants_file():
            export = league.export_of(
                board, place, choice.period, made_at=timezone.now(), made_by=str(request.user)
            )
            return self.download(export, place, board="league", figure=figure, period=choice.period.name)
        return self.render_to_response(
            self.get_context_data(
                place=place,
                choice=choice,
                of_townships=compared == Level.TOWNSHIP,
                counted_at=cells.counted_at(using=CONNECTION),
                **board,
            )
        )

    @staticmethod
    def _level(code: str) -> Level:
        try:
            level = league.level_compared(code)
        except RegionCodeError:
            level = None
        if level is None:
            raise Http404
        return level
