"""How complete a month of village classes is in a county: who has held one, who has none; and as a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue
from aftersales.lib.months import months_from, read_month
from aftersales.web import charts, exports
from aftersales.web.formats import percent
from stations.access.places import PlacePage, own_station
from stations.models import Region
from stations.queries import counties_in_reach
from training.queries import village_classes as reading
from training.queries.village_classes import PointMonth
from training.rules.classes import Completeness, Standing, counted
from training.views.class_words import STANDING_TONES, STANDING_WORDS, this_month
from training.views.classes import HOLD, VIEW

MONTHS = 12
SHOW = (Standing.MISSING, Standing.UNRECORDED, Standing.PLANNED, Standing.HELD)
SHOWN = 100
"""So many village points of one kind are written out; the table has all of them."""


class ClassMonth(PlacePage):
    """One month of one county: `?month=2026-11`, `?county=`, `?show=` a standing; XLSX with ?format=xlsx."""

    permission = (HOLD, VIEW)
    template_name = "training/class_month.html"

    def get(self, request):
        now, counties = timezone.now(), list(counties_in_reach())
        county, month = self._county(counties), self._month()
        points = reading.points_of(month, county_code=county.code, now=now)
        if form := request.GET.get("format", ""):
            return self._export(county, month, points, form)
        whole = counted(each.standing for each in points)
        chosen = self._chosen(whole)
        of_kind = [each for each in points if each.standing == chosen]
        months = [months_from(this_month(), -back) for back in range(MONTHS)]
        year = reading.months_held(months, county_code=county.code)
        return self.page(
            county=county,
            place=own_station(request.user) or county.name,
            month=month,
            months=months,
            counties=counties if len(counties) > 1 else [],
            whole=whole,
            kinds=[(each, STANDING_WORDS[each], number_of(whole, each)) for each in SHOW],
            chosen=chosen,
            chosen_word=STANDING_WORDS[chosen],
            row_tone=STANDING_TONES[chosen],
            points=of_kind[:SHOWN],
            more=max(0, len(of_kind) - SHOWN),
            townships=reading.by_township(points),
            chart=chart(year),
            is_present=month == this_month(),
        )

    def _county(self, counties: list[Region]) -> Region:
        """The county asked for, else the first one in reach; always their own for the people of one station.
        Raises Http404 for others."""
        station = own_station(self.request.user)
        asked = station.county_code if station else self.request.GET.get("county", "")
        found = next((each for each in counties if not asked or each.code == asked), None)
        if found is None:
            raise Http404
        return found

    def _month(self):
        asked = self.request.GET.get("month", "")
        if not asked:
            return this_month()
        try:
            month = read_month(asked)
        except InvalidValue:
            raise Http404 from None
        if not months_from(this_month(), -5 * MONTHS) <= month <= months_from(this_month(), 6):
            raise Http404
        return month

    def _chosen(self, whole: Completeness) -> Standing:
        """The kind of village points that is asked for, else the first one of which there are any."""
        asked = self.request.GET.get("show", "")
        if asked in set(Standing):
            return Standing(asked)
        return next((each for each in SHOW if number_of(whole, each)), Standing.MISSING)

    def _export(self, county, month, points, form):
        if form not in ("xlsx", "csv"):
            raise Http404
        now, whole = timezone.now(), counted(each.standing for each in points)
        written = exports.write(
            exports.Export(
                title=_("Village classes %(month)s") % {"month": f"{month:%Y-%m}"},
                columns=columns(),
                rows=rows_of(points),
                made_at=now,
                made_by=str(self.request.user),
                filters=[
                    (_("County"), county.name),
                    (_("Month"), f"{month:%Y-%m}"),
                    (_("Village points"), str(whole.owed)),
                    (_("Held"), str(whole.held)),
                    (_("Share held"), percent(whole.share)),
                ],
            ),
            form,
        )
        trail.record(
            "village_class.exported",
            by=self.request.user,
            county_code=county.code,
            after={"month": f"{month:%Y-%m}", **written.facts},
            at=now,
        )
        return written.response()


def number_of(whole: Completeness, kind: Standing) -> int:
    """How many village points stand like this."""
    return getattr(whole, kind.value)


def columns() -> list[exports.Column]:
    """The columns of the table."""
    Column = exports.Column
    return [
        Column(_("Township"), width=24),
        Column(_("Village point"), width=28),
        Column(_("State")),
        Column(_("Subject"), width=36),
        Column(_("Begins"), "moment", 18),
        Column(_("Who teaches")),
        Column(_("People who came"), "integer", 12),
        Column(_("Minutes"), "integer", 10),
    ]


def rows_of(points: list[PointMonth]) -> Iterator[list]:
    """A row for every village point."""
    for point in points:
        each = point.latest
        yield [
            point.station.parent.name if point.station.parent else "",
            point.station.name,
            str(STANDING_WORDS[point.standing]),
            each.title if each else "",
            each.starts_at if each else None,
            str(each.teacher) if each else "",
            each.attended if each else None,
            each.minutes if each else None,
        ]


def chart(year: list) -> charts.Chart:
    """Share of village points that held a class, month by month."""
    points = [
        charts.Point(
            f"{month:%y-%m}", None if whole.share is None else whole.share * 100, percent(whole.share, 0)
        )
        for month, whole in year
    ]
    return charts.line_chart(
        _("Village points with a class, in percent"), [charts.Line(_("held"), points)], width=charts.WIDE
    )
