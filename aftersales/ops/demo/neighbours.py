"""Other counties of the demonstration: few people, few claims, and each at a pace of its own.

So that there is something to compare: the league of counties, the boards of regions, the national report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aftersales.accounts.models import User
from aftersales.ops.demo.afterwards import Afterwards
from aftersales.ops.demo.cases import Cases
from aftersales.ops.demo.history import History
from aftersales.ops.demo.orders import OtherOrders
from aftersales.ops.demo.pace import Pace, Speed
from aftersales.ops.demo.people import NEIGHBOUR_SINCE, desk_of_neighbour
from aftersales.ops.demo.words import Words
from stations.models import Region, Station

MOST_CLAIMS, STATIONS = 150, 4


@dataclass(frozen=True)
class Neighbour:
    """A county, how many claims it has for a hundred of the demonstration's own, and how fast it is."""

    code: str
    per_cent: int
    speed: Speed


NEIGHBOURS = (
    Neighbour("522328000000", 5, Speed(answer=1.5, work=1.15)),
    Neighbour("532328000000", 4, Speed(answer=0.7, work=0.8)),
    Neighbour("532924000000", 4, Speed(answer=2.2, work=1.35)),
    Neighbour("610629000000", 3, Speed(answer=1.1, work=0.95)),
)


class Neighbours:
    """Claims that have ended, with what consumers said of them, written as those of the own county are."""

    def __init__(self, own: str, *, system: User, seed: int, now: datetime):
        self.own, self.system, self.seed, self.now = own, system, seed, now

    def write(self, claims: int, *, end: datetime) -> Iterator[str]:
        """Write them for `claims` of the own county, filed until `end`; yields a line for each county."""
        for each in NEIGHBOURS:
            count = min(MOST_CLAIMS, claims * each.per_cent // 100)
            region = Region.objects.filter(code=each.code).first()
            centre = Station.objects.filter(county_code=each.code, tier="county").exists()
            if each.code != self.own and count and region and centre:
                yield f"{region.name}: {self._claims(region, each, count, end)} claims"

    def _claims(self, region: Region, each: Neighbour, count: int, end: datetime) -> int:
        seed = f"{self.seed} {each.code}"
        words = Words(seed)
        desk = desk_of_neighbour(region, words=words, stations=STATIONS, claims=count, now=self.now)
        cases = Cases(desk, words=words, system=self.system, pace=Pace(seed, each.speed))
        History(cases).write(count, start=self.now - NEIGHBOUR_SINCE, end=end)
        Afterwards(desk, words=words, system=self.system, now=self.now).ask_about_the_past()
        list(OtherOrders(each.code, words=words, now=self.now).write())
        return count
