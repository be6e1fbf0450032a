"""The load board: who has how much in hand, by township, drawn as bars with the numbers beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.web.svg import ALARM, INK, element
from claims.queries.dispatch import LEVEL_OF_ROLE
from claims.queries.loads import Load, loads_in
from claims.rules.clocks import LEVEL_OF_TIER, Level
from claims.rules.dispatch import MOST_OPEN
from stations.models import Agent, Grant, Region
from stations.rules.regions import DIGITS
from stations.rules.regions import Level as PlaceLevel
from stations.rules.tiers import Tier

WIDTH, HEIGHT = 120, 16
TRACK, FILLED, OFFERED = "#eef2ed", "#1b5e43", "#f2a36b"


@dataclass(frozen=True)
class Row:
    """One person: where, how much in hand of how much, how late, and until when certified."""

    name: str
    station: str
    load: Load
    most: int
    bar: SafeString
    certified_until: date | None
    needs_certificate: bool
    is_certified: bool

    @property
    def is_full(self) -> bool:
        return self.load.whole >= self.most


@dataclass
class Group:
    """The people of one township, or of the county's own desk."""

    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(row.load.open for row in self.rows)

    @property
    def late(self) -> int:
        return sum(row.load.late for row in self.rows)


def load_board(county: Region, *, now: datetime) -> dict:
    """People of the county in the caller's reach by township, the most loaded first, in three statements."""
    loads, nobodys = loads_in(county.code, now=now)
    today = timezone.localdate(now)
    groups: dict[str, Group] = {}
    for agent in _posted(county.code, now):
        load = loads.pop(agent.user_id, Load())
        level = LEVEL_OF_TIER[Tier(agent.station.tier)]
        group = groups.setdefault(_township(agent), Group(_group_name(agent, county)))
        group.rows.append(_row(agent, load, level, today))
    if loads:
        groups["-"] = Group(
            _("Others"), [_other(load) for _key, load in sorted(loads.items(), key=lambda each: each[0])]
        )
    for group in groups.values():
        group.rows.sort(key=lambda row: (-row.load.whole / row.most, -row.load.late, row.name))
    ordered = sorted(groups.values(), key=lambda group: (-group.open, group.name))
    return {
        "county": county,
        "groups": ordered,
        "people": sum(len(group.rows) for group in ordered),
        "open_count": sum(group.open for group in ordered),
        "late_count": sum(group.late for group in ordered),
        "full_count": sum(row.is_full for group in ordered for row in group.rows),
        "nobodys": nobodys,
        "now": now,
    }


def _posted(county_code: str, now: datetime) -> QuerySet[Agent]:
    """Who is posted in the county and has a role that works on claims; a trainer has not."""
    working = Grant._base_manager.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user=OuterRef("user"),
        role__in=list(LEVEL_OF_ROLE),
        starts_at__lte=now,
        withdrawn_at__isnull=True,
    )
    posted = Agent.objects.filter(
        Exists(working), county_code=county_code, left_on__isnull=True, user__is_active=True
    )
    return posted.select_related("user", "station__region__parent").order_by("station__region_id", "id")


def _township(agent: Agent) -> str:
    return "" if agent.station.tier == Tier.COUNTY else agent.station.region_id[: DIGITS[PlaceLevel.TOWNSHIP]]


def _group_name(agent: Agent, county: Region) -> str:
    if agent.station.tier == Tier.COUNTY:
        return agent.station.name
    place = agent.station.region if agent.station.tier == Tier.TOWNSHIP else agent.station.region.parent
    return str(place or county)


def _row(agent: Agent, load: Load, level: Level, today: date) -> Row:
    return Row(
        name=str(agent.user),
        station=agent.station.name,
        load=load,
        most=MOST_OPEN[level],
        bar=load_bar(load, MOST_OPEN[level]),
        certified_until=agent.certified_until,
        needs_certificate=agent.needs_certificate,
        is_certified=not agent.lacks_certificate_on(today),
    )


def _other(load: Load) -> Row:
    most = MOST_OPEN[Level.COUNTY]
    return Row(load.name, "", load, most, load_bar(load, most), None, False, True)


def load_bar(load: Load, most: int) -> SafeString:
    """A bar as long as the limit: claims in hand filled, offers beside them striped by their edge, a red
    line under what is late, a mark at the limit. The numbers stand beside it."""
    scale = WIDTH / max(most, load.whole)
    said = _("in hand: %(open)s, late: %(late)s, offers: %(offers)s, at most %(most)s") % {
        "open": load.open,
        "late": load.late,
        "offers": load.offers,
        "most": most,
    }
    limit = most * scale
    return element(
        "svg",
        element("title", said),
        element("rect", x=0, y=0, width=float(limit), height=HEIGHT, rx=3, fill=TRACK),
        element("rect", x=0, y=0, width=load.open * scale, height=HEIGHT - 4, rx=2, fill=FILLED),
        element(
            "rect",
            x=load.open * scale,
            y=0,
            width=load.offers * scale,
            height=HEIGHT - 4,
            fill=OFFERED,
            stroke=FILLED,
            stroke_dasharray="2 2",
        )
        if load.offers
        else "",
        element("rect", x=0, y=HEIGHT - 3, width=load.late * scale, height=3, fill=ALARM)
        if load.late
        else "",
        element("line", x1=limit, x2=limit, y1=0, y2=HEIGHT, stroke=INK, stroke_width=1),
        role="img",
        aria_label=said,
        viewBox=f"0 0 {WIDTH + 1} {HEIGHT}",
        width=WIDTH + 1,
        height=HEIGHT,
    )
