"""The visits of one person on one day: list and map, put in order by hand, printed."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.web.formats import named_day
from aftersales.web.maps import MapPoint, PointStyle, draw_map
from claims.forms.visits import YEARS
from claims.queries import day_plans as reading
from claims.queries.day_plans import Day
from claims.services import day_plans as service
from claims.views.places import CasePage
from claims.views.tones import VISIT_TONES
from stations.access.guards import PermissionMixin, require
from stations.access.places import permissions

OWN, OTHERS = "claims.carry_out_visit", "claims.send_others"
START, OPEN, OVER = "start", "open", "over"
AGAIN = "again"


class DayPage(CasePage):
    """A page about one day of one person: one's own, or with the right to send others, theirs."""

    permission = (OWN, OTHERS)

    def day(self, person: int, day: str) -> Day:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise Http404 from None
        if wanted.year not in YEARS:
            raise Http404
        technician = get_object_or_404(User, pk=person)
        if technician != self.request.user:
            require(self.request.user, OTHERS)
            if not reading.is_in_reach(technician):
                raise Http404
        return reading.day_of(technician, wanted, by=self.request.user)


class DayToday(PermissionMixin, View):
    """The way to one's own visits of today."""

    permission = (OWN, OTHERS)

    def get(self, request):
        return redirect("claims:day_plan", request.user.pk, timezone.localdate().isoformat())


class DayPlanPage(DayPage):
    """List and map of a day; POST puts a visit a place earlier or later, or has the order computed again."""

    template_name = "claims/day_plan.html"

    def get(self, request, person, day):
        return self._page(self.day(person, day))

    def post(self, request, person, day):
        current = self.day(person, day)
        try:
            self._change(current, request.POST)
        except Refused as refused:
            messages.warning(request, refused.message)
            return self._page(self.day(person, day), status=409)
        return redirect(f"{request.path}#stops")

    def _change(self, current: Day, data) -> None:
        now, by = timezone.now(), self.request.user
        step, version = data.get("step", ""), _number(data.get("version"))
        if step == AGAIN:
            service.compute_again(
                technician=current.technician, day=current.day, version=version, by=by, now=now
            )
            messages.success(self.request, _("The order is computed again."))
            return
        service.move(
            technician=current.technician,
            day=current.day,
            visit_id=_number(data.get("visit")),
            step=step,
            version=version,
            by=by,
            now=now,
        )

    def _page(self, day: Day, status: int = 200):
        may_others = OTHERS in permissions(self.request.user)
        return self.page(
            status=status,
            **facts(day, self.request.user),
            people=reading.people_on(day.day) if may_others else [],
            today=timezone.localdate(),
            earlier=day.day - timedelta(days=1),
            later=day.day + timedelta(days=1),
        )


class DayPrint(DayPage):
    """The day on one sheet for the road: windows, villages, what is to be done, and room for notes."""

    template_name = "claims/day_plan_print.html"

    def get(self, request, person, day):
        return self.page(**facts(self.day(person, day), request.user), printed_at=timezone.now())


def facts(day: Day, user: User) -> dict:
    """What every picture of a day shows."""
    for each in day.visits:
        each.visit.tone = VISIT_TONES[each.visit.state]
    return {
        "plan": day,
        "is_own": day.technician == user,
        "name": named_day(day.day, year=True),
        "map": drawn(day),
        "place": day.station,
    }


def drawn(day: Day) -> SafeString:
    """The way of a day: the station, every village with the numbers of its visits, lines in their order."""
    points = []
    if day.start and day.station and day.visits:
        lat, lon = day.start
        points.append(MapPoint(START, lon, lat, day.station.name, START))
    spots: dict[tuple[float, float], list] = {}
    for each in day.visits:
        if each.point:
            spots.setdefault(each.point, []).append(each)
    for (lat, lon), here in spots.items():
        place = here[0].visit.place
        is_open = any(each.visit.is_booked for each in here)
        points.append(
            MapPoint(
                key=f"{lat} {lon}",
                lon=lon,
                lat=lat,
                label=place.name,
                kind=OPEN if is_open else OVER,
                url=reverse("claims:visit_detail", args=[here[0].visit.pk]),
                mark="·".join(str(each.number) for each in here),
            )
        )
    stops = [f"{each.point[0]} {each.point[1]}" for each in day.visits if each.point]
    return draw_map(
        _("Way of the day"),
        points,
        styles(),
        route=[START, *stops, START] if points else (),
        width=400,
        highest=460,
    )


def styles() -> dict[str, PointStyle]:
    """How the places of a day are drawn, the most important first."""
    return {
        OPEN: PointStyle(_("Visit"), 11, "#1b5e43", label_size=12),
        OVER: PointStyle(_("Visit that is over"), 11, "#4d6057", label_size=12),
        START: PointStyle(_("Station"), 8, "#a3241b", label_size=13),
    }


def _number(text: str | None) -> int:
    """A number that a form carries; -1, which nothing has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else -1
