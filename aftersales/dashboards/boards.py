"""What the boards show: figures, charts and queues of one station or one county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web import charts
from aftersales.web.formats import money, percent, span
from aftersales.web.urgency import urgency
from claims.models import Claim
from claims.queries import claims as claim_queries
from claims.queries import costs, figures
from claims.queries import fund as fund_queries
from claims.queries.costs import CostMonth
from claims.queries.figures import Figures, Workload
from claims.rules.costs import TARGET as COST_TARGET
from claims.rules.status import Status
from stations.models import Station
from training.queries import figures as training_figures
from training.rules import skills
from training.rules.figures import COVERAGE_TARGET, PASS_TARGET, Share

QUEUE_ROWS = 10
DAYS_SHOWN = 14
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Stat:
    """One figure on a board, as components/stat.html takes it."""

    label: str
    value: str
    hint: str = ""
    tone: str = ""
    icon_name: str = ""
    url: str = ""


def month_stats(month: Figures) -> list[Stat]:
    """The figures of a month as they stand on every board."""
    nothing = _("no data")
    behind = _("claims: %(count)s")
    late = month.response_median is not None and month.response_median > figures.RESPONSE_TARGET_MINUTES
    slow = (
        month.resolution_mean is not None and month.resolution_mean > figures.MEAN_RESOLUTION_TARGET_MINUTES
    )
    return [
        Stat(_("Filed this month"), str(month.filed), _("resolved: %(count)s") % {"count": month.resolved}),
        Stat(
            _("First response, median"),
            nothing if month.response_median is None else span(month.response_median),
            f"{_('at most 2 h')} · {behind % {'count': month.response_count}}",
            "warn" if late else "",
        ),
        Stat(
            _("Resolution, mean"),
            nothing if month.resolution_mean is None else span(month.resolution_mean),
            f"{_('at most 48 h')} · {behind % {'count': month.resolution_count}}",
            "warn" if slow else "",
        ),
        Stat(
            _("Resolution rate"),
            nothing if month.resolution_rate is None else percent(month.resolution_rate),
            behind % {"count": month.resolved + month.rejected},
        ),
        Stat(
            _("Compensation carried out"),
            money(month.compensated_fen),
            _("claims: %(count)s, by rule: %(by_rule)s")
            % {"count": month.compensated, "by_rule": month.by_rule},
        ),
        Stat(
            _("Satisfaction"),
            nothing if month.satisfaction.rate is None else percent(month.satisfaction.rate),
            f"{_('at least 92 %')} · {_('answered: %(count)s') % {'count': month.satisfaction.answered}}",
            "warn" if month.satisfaction.is_below_target else "",
        ),
    ]


def cost_stat(cost: CostMonth, county_code: str) -> Stat:
    """What the service of a claim settled this month cost, against what it cost before the network."""
    hint, tone = _("no baseline yet"), ""
    if cost.saving is not None:
        words = _("%(share)s more than before") if cost.saving < 0 else _("%(share)s less than before")
        hint = words % {"share": percent(abs(cost.saving))}
        tone = "warn" if cost.saving < 0 else "good" if cost.saving >= COST_TARGET else ""
    elif cost.baseline is not None:
        hint = _("no claim was settled")
    return Stat(
        _("Cost of a settled claim"),
        _("no data") if cost.per_claim_fen is None else money(cost.per_claim_fen),
        f"{hint} · {_('settled claims: %(n)s') % {'n': cost.claims}}",
        tone,
        url=f"{reverse('claims:service_costs')}?county={county_code}",
    )


def training_stats(county_code: str, today: date) -> list[Stat]:
    """How many people are certified, and how many checks of skills were passed: of this quarter, or of the
    last one as long as this one has none."""
    quarters = skills.quarters_back(today, 2)
    checks = training_figures.passed_by_quarter(quarters, county_code=county_code)
    quarter = next((each for each in reversed(quarters) if checks[each].whole), quarters[-1])
    url = f"{reverse('training:figures')}?county={county_code}"
    return [
        _share_stat(
            _("People certified"),
            training_figures.coverage(county_code, today=today),
            COVERAGE_TARGET,
            _("people: %(n)s · target 92 %%"),
            url,
        ),
        _share_stat(
            _("Skills checks passed, %(quarter)s") % {"quarter": skills.name_of(quarter)},
            checks[quarter],
            PASS_TARGET,
            _("checked: %(n)s · target 95 %%"),
            f"{url}&quarter={skills.name_of(quarter)}",
        ),
    ]


def _share_stat(label: str, share: Share, target: Fraction, hint: str, url: str) -> Stat:
    if share.rate is None:
        return Stat(label, _("no data"), hint % {"n": share.whole}, url=url)
    tone = "warn" if share.is_below(target) else "good"
    return Stat(label, percent(share.rate), hint % {"n": share.whole}, tone, url=url)


def station_board(station: Station, *, now: datetime) -> dict:
    """Today's queue, the clock and the month of one station."""
    today = timezone.localdate(now)
    own = Claim.objects.filter(station=station)
    start, end = figures.month_bounds(today)
    month = figures.figures_of(figures.filed_between(figures.cases().filter(station=station), start, end))
    load = figures.workloads(own, since=start, now=now).get(station.pk, Workload(station.pk, 0, 0, 0))
    days = [today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1)]
    by_day = figures.filed_by_day(own, days)
    points = [charts.Point(f"{day:%m-%d}", count) for day, count in by_day.items()]
    return {
        "station": station,
        "load": load,
        "stats": month_stats(month),
        "queue": _first_of(claim_queries.open_queue(station=station), now),
        "chart": charts.line_chart(
            _("Claims filed in the last 14 days"), [charts.Line(_("filed"), points)], width=charts.NARROW
        ),
        "now": now,
    }


def county_board(
    county_code: str,
    *,
    now: datetime,
    shows_fund: bool,
    shows_costs: bool = False,
    shows_training: bool = False,
) -> dict:
    """Queue by time left, month, year, fund, cost of service, training and stations of one county."""
    own = Claim.objects.filter(county_code=county_code)
    today = timezone.localdate(now)
    start, end = figures.month_bounds(today)
    month = figures.figures_of(
        figures.filed_between(figures.cases().filter(county_code=county_code), start, end)
    )
    loads = figures.workloads(own, since=start, now=now)
    stations = {
        station.pk: station
        for station in Station.objects.filter(county_code=county_code)
        .exclude(state="closed")
        .order_by("region_id")
    }
    rows = [
        {"station": station, "load": loads.get(pk, Workload(pk, 0, 0, 0))} for pk, station in stations.items()
    ]
    rows.sort(key=lambda row: (-row["load"].overdue, -row["load"].open, -row["load"].filed))
    stats = month_stats(month)
    if shows_costs:
        (cost,) = costs.months(county_code, [today.replace(day=1)])
        stats.append(cost_stat(cost, county_code))
    if shows_training:
        stats += training_stats(county_code, today)
    months = figures.months_back(today, MONTHS_SHOWN)
    by_month = figures.filed_by_month(own, months)
    points = [charts.Point(f"{first:%m}", count) for first, count in by_month.items()]
    return {
        "rows": rows,
        "open_count": sum(load.open for load in loads.values()),
        "overdue_count": sum(load.overdue for load in loads.values()),
        "stats": stats,
        "queue": _first_of(claim_queries.open_queue(county_code=county_code), now),
        "fund": fund_queries.summary_for(county_code, now) if shows_fund else None,
        "chart": charts.line_chart(
            _("Claims filed by month"), [charts.Line(_("filed"), points)], width=charts.WIDE
        ),
        "now": now,
    }


def _first_of(queue: QuerySet, now: datetime) -> list[Claim]:
    """The most urgent claims of a queue, each with its urgency."""
    claims = list(queue[:QUEUE_ROWS])
    for claim in claims:
        claim.urgency = urgency(claim.next_due_at, now, is_paused=claim.status == Status.WAITING)
    return claims
