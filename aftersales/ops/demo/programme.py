"""The plan of the programme and the phases of its counties in the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.lib.months import month_of, months_from
from aftersales.ops.demo.neighbours import NEIGHBOURS
from stations.models import Station
from stations.models.network import TierChoices
from stations.rules.programme import DEFAULT_GOALS, Phase
from stations.services.programme import set_phase, set_plan

MONTHS = 14
BEGAN = -11
"""The programme began so many months ago and lasts for MONTHS."""

SOURCE = "县域农村电商售后服务体系建设实施方案"
PILOTS = 1 + len(NEIGHBOURS)
"""How many counties went first: the demonstration's own and those that have claims beside it."""

OWN = (
    (BEGAN, Phase.BUILD),
    (BEGAN + 2, Phase.PILOT),
    (BEGAN + 4, Phase.ROLL_OUT),
    (BEGAN + 6, Phase.RUNNING),
)
PILOT = ((BEGAN, Phase.BUILD), (BEGAN + 4, Phase.PILOT), (-1, Phase.ROLL_OUT))
LATER = (((-3, Phase.BUILD), (-1, Phase.PILOT)), ((-1, Phase.BUILD),))
LATE = ((-4, Phase.BUILD),)
"""One county has been building for too long."""


def plan_programme(county_code: str, *, now: datetime) -> str:
    """Plan, and say where every county stands; gives one line of progress."""
    today, system = timezone.localdate(now), system_user()
    this_month = month_of(today)
    starts_on = months_from(this_month, BEGAN)
    ends_on = months_from(starts_on, MONTHS) - timedelta(days=1)
    set_plan(
        valid_from=today,
        starts_on=starts_on,
        ends_on=ends_on,
        goals=DEFAULT_GOALS,
        source=SOURCE,
        by=system,
        now=now,
    )
    centres = Station.objects.filter(tier=TierChoices.COUNTY).exclude(county_code=county_code)
    first = [each.code for each in NEIGHBOURS]
    others = sorted(centres.values_list("county_code", flat=True), key=lambda code: (code not in first, code))
    for number, code in enumerate([county_code, *others]):
        for months, phase in _story(number, len(others)):
            begins = months_from(this_month, months)
            set_phase(county_code=code, phase=phase, starts_on=begins, by=system, now=now)
    return f"plan of the programme, phases of {len(others) + 1} counties"


def _story(number: int, last: int) -> tuple[tuple[int, Phase], ...]:
    if number == 0:
        return OWN
    if number < PILOTS:
        return PILOT
    return LATE if number == last else LATER[number % len(LATER)]
