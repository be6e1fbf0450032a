"""What changes by the minute on the board of a county: queue, breaches, load, people, providers, alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.dashboards.boards import Stat, first_of
from aftersales.web.formats import money
from claims.models import Claim
from claims.models.choices import LevelChoices
from claims.queries import claims as claim_queries
from claims.queries import figures_clocks, flags, provider_orders
from claims.queries import fund as fund_queries
from claims.queries.figures import Workload, open_loads
from claims.queries.figures_clocks import Rung
from claims.queries.fund import Summary
from claims.queries.loads import Load, loads_in
from claims.rules.clocks import LEVEL_OF_TIER
from claims.rules.dispatch import MOST_OPEN
from stations.models import Agent, Station
from stations.models.network import StationState, TierChoices
from stations.rules.tiers import Tier

PROVIDER_DAYS = 30


@dataclass(frozen=True)
class Shown:
    """Which parts of a county somebody may see beside its claims and stations."""

    fund: bool = False
    costs: bool = False
    training: bool = False
    people: bool = False
    providers: bool = False
    flags: bool = False


@dataclass(frozen=True)
class Alert:
    """Something that wants somebody: how bad, in words, and where to go about it."""

    tone: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class People:
    """Who is posted in a county: how many, without a certificate they need, with as much as they may have."""

    posted: int
    uncertified: int
    full: int
    nobodys: int
    uncertified_points: int


def open_stations(county_code: str) -> list[Station]:
    """The stations in the caller's scope that are not closed down, in the order of the map."""
    rows = Station.objects.filter(county_code=county_code).exclude(state=StationState.CLOSED)
    return list(rows.order_by("region_id", "pk"))


def county_now(county_code: str, *, now: datetime, shown: Shown) -> dict[str, Any]:
    """The part of the board that is fetched again and again; a fixed number of statements."""
    loads = open_loads(Claim.objects.filter(county_code=county_code), now=now)
    rungs = figures_clocks.rungs(county_code, now)
    fund = fund_queries.summary_for(county_code, now) if shown.fund else None
    people = _people(county_code, now) if shown.people else None
    orders = _providers(county_code, now) if shown.providers else None
    return {
        "loads": loads,
        "open_count": sum(load.open for load in loads.values()),
        "overdue_count": sum(load.overdue for load in loads.values()),
        "tiles": _tiles(county_code, loads, rungs, fund, people, orders),
        "rungs": [(LevelChoices(rung.level).label, rung) for rung in rungs],
        "queue": first_of(claim_queries.open_queue(county_code=county_code), now),
        "alerts": list(_alerts(county_code, rungs, fund, people, orders, shown)),
        "now": now,
    }


def _people(county_code: str, now: datetime) -> People:
    today = timezone.localdate(now)
    loads, nobodys = loads_in(county_code, now=now)
    rows = Agent.objects.filter(county_code=county_code, left_on__isnull=True, user__is_active=True)
    posted = list(rows.select_related("station").order_by("pk"))
    certified = {agent.station_id for agent in posted if _is_certified(agent, today)}
    points = {
        agent.station_id
        for agent in posted
        if agent.station.tier == TierChoices.VILLAGE and agent.station.state == StationState.OPERATING
    }
    return People(
        posted=len(posted),
        uncertified=sum(agent.lacks_certificate_on(today) for agent in posted),
        full=sum(loads.get(agent.user_id, Load()).whole >= _most(agent) for agent in posted),
        nobodys=nobodys,
        uncertified_points=len(points - certified),
    )


def _is_certified(agent: Agent, today: date) -> bool:
    return agent.certified_until is not None and agent.certified_until >= today


def _most(agent: Agent) -> int:
    return MOST_OPEN[LEVEL_OF_TIER[Tier(agent.station.tier)]]


def _providers(county_code: str, now: datetime) -> provider_orders.Standing:
    return provider_orders.standing_in(county_code, since=now - timedelta(days=PROVIDER_DAYS))


def _tiles(
    county_code: str,
    loads: dict[int, Workload],
    rungs: list[Rung],
    fund: Summary | None,
    people: People | None,
    orders: provider_orders.Standing | None,
) -> list[Stat]:
    overdue = sum(load.overdue for load in loads.values())
    warned, over = sum(rung.warned for rung in rungs), sum(rung.over for rung in rungs)
    tiles = [
        Stat(_("Open now"), str(sum(load.open for load in loads.values()))),
        Stat(
            _("Overdue"),
            str(overdue),
            _("a clock has run out: %(over)s, warned: %(warned)s") % {"over": over, "warned": warned},
            "bad" if overdue else "good",
            "alert" if overdue else "",
            reverse("dashboards:escalations", args=[county_code]),
        ),
    ]
    if fund:
        hint = _("frozen") if fund.fund.is_frozen else _("low balance") if fund.is_low else ""
        url = reverse("claims:fund_detail", args=[county_code])
        tone = "warn" if hint else ""
        tiles.append(Stat(_("Emergency fund"), money(fund.balance_fen), hint, tone, url=url))
    if people:
        said = {"full": people.full, "uncertified": people.uncertified}
        tiles.append(
            Stat(
                _("People posted"),
                str(people.posted),
                _("have enough to do: %(full)s, without a certificate: %(uncertified)s") % said,
                "warn" if people.uncertified else "",
                url=reverse("dashboards:people", args=[county_code]),
            )
        )
    if orders:
        said = {"declined": orders.declined, "lapsed": orders.lapsed}
        tiles.append(
            Stat(
                _("Orders at providers"),
                str(orders.offered + orders.accepted),
                _("last 30 days: declined %(declined)s, no answer %(lapsed)s") % said,
                url=reverse("claims:provider_order_list"),
            )
        )
    return tiles


def _alerts(
    county_code: str,
    rungs: list[Rung],
    fund: Summary | None,
    people: People | None,
    orders: provider_orders.Standing | None,
    shown: Shown,
):
    """What wants somebody, the worst first."""
    escalations = reverse("dashboards:escalations", args=[county_code])
    for rung in rungs:
        if rung.over:
            said = {"level": LevelChoices(rung.level).label, "n": rung.over}
            yield Alert("bad", _("%(level)s: claims of which a clock has run out: %(n)s") % said, escalations)
    if people and people.nobodys:
        url = f"{reverse('claims:claim_list')}?nobody=on"
        yield Alert("bad", _("Claims without anybody: %(n)s") % {"n": people.nobodys}, url)
    if fund and fund.fund.is_frozen:
        yield Alert(
            "bad", _("The emergency fund is frozen."), reverse("claims:fund_detail", args=[county_code])
        )
    elif fund and fund.is_low:
        url = reverse("claims:fund_detail", args=[county_code])
        yield Alert("warn", _("The emergency fund is low: %(sum)s") % {"sum": money(fund.balance_fen)}, url)
    if shown.flags and (asking := flags.unjudged(county_code)):
        yield Alert("warn", _("Claims with a flag that nobody has judged: %(n)s") % {"n": asking})
    if orders and orders.offered:
        yield Alert(
            "info",
            _("Orders that wait for a provider's answer: %(n)s") % {"n": orders.offered},
            reverse("claims:provider_order_list"),
        )
    if people and people.uncertified_points:
        yield Alert(
            "warn",
            _("Village points at which nobody holds a certificate: %(n)s") % {"n": people.uncertified_points},
            reverse("dashboards:people", args=[county_code]),
        )
