"""The escalation board of a county: the ladder now, what climbed and why, and who stays silent."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.dashboards.boards import Stat
from aftersales.web.formats import percent
from aftersales.web.ladder import LadderRung, ladder
from claims.models.choices import ClockChoices, LevelChoices
from claims.queries import figures_clocks
from claims.queries.figures_clocks import Climb, Kept, Rung
from claims.rules.clocks import Level
from stations.models import Station

CLIMBS_SHOWN = 12
SILENT_SHOWN = 10
STATIONS_SHOWN = 30
DAYS_BACK = 30


def escalation_board(county_code: str, *, now: datetime, queue_url: str) -> dict:
    """Everything on the board. `queue_url` leads to the queue of a level, "" for who may see no claims."""
    today = datetime.combine(timezone.localdate(now), time.min, timezone.get_current_timezone())
    week = today - timedelta(days=today.weekday())
    rungs = figures_clocks.rungs(county_code, now)
    climbs = figures_clocks.climbs_since(county_code, week, today)
    latest = list(figures_clocks.climbed(county_code).filter(at__gte=week)[:CLIMBS_SHOWN])
    for each in latest:
        each.went_to = each.to_station or LevelChoices(each.climbed_to).label
        each.came_from = each.from_station or each.get_level_display()
    silent = list(figures_clocks.longest_silent(county_code)[:SILENT_SHOWN])
    return {
        "rung_stats": [_stat(rung, queue_url) for rung in rungs],
        "ladder": _ladder(rungs, climbs),
        "climbs": [
            {"level": LevelChoices(each.level).label, "clock": ClockChoices(each.clock).label, "of": each}
            for each in climbs
        ],
        "climbed_today": sum(each.today for each in climbs),
        "climbed_this_week": sum(each.week for each in climbs),
        "latest": latest,
        "silent": silent,
        "stations": _stations(county_code, now),
        "days": DAYS_BACK,
        "now": now,
    }


def _stat(rung: Rung, queue_url: str) -> Stat:
    tone = "bad" if rung.over else "warn" if rung.warned else ""
    icon = {"bad": "alert", "warn": "clock"}.get(tone, "")
    hint = _("warned: %(warned)s, over: %(over)s") % {"warned": rung.warned, "over": rung.over}
    url = f"{queue_url}?level={int(rung.level)}" if queue_url else ""
    return Stat(str(LevelChoices(rung.level).label), str(rung.held), hint, tone, icon, url)


def _ladder(rungs: list[Rung], climbs: list[Climb]) -> SafeString:
    left: dict[Level, int] = {}
    for climb in climbs:
        left[climb.level] = left.get(climb.level, 0) + climb.week
    drawn = [
        LadderRung(
            str(LevelChoices(rung.level).label),
            [(_("holds"), rung.held), (_("warned"), rung.warned), (_("over"), rung.over)],
            _("climbed this week: %(count)s") % {"count": left[rung.level]} if left.get(rung.level) else "",
            is_alarmed=bool(rung.over),
        )
        for rung in rungs
    ]
    return ladder(_("The ladder now"), drawn)


def _stations(county_code: str, now: datetime) -> list[dict]:
    """Stations with decided promises or climbs, the least kept share first."""
    kept = figures_clocks.kept_by_station(county_code, now - timedelta(days=DAYS_BACK), now)
    stations = Station.objects.filter(pk__in=kept).in_bulk()
    rows = [
        {"station": stations[pk], "kept": each, "share": percent(each.rate)}
        for pk, each in kept.items()
        if pk in stations
    ]
    return sorted(rows, key=_worst_first)[:STATIONS_SHOWN]


def _worst_first(row: dict):
    kept: Kept = row["kept"]
    return (kept.rate if kept.rate is not None else 1, -kept.climbs, -kept.decided, row["station"].pk)
