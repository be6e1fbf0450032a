"""How fast the people of a demonstration are: minutes to the first answer, hours until it is settled.

Drawn apart from everything else, so that another pace changes nothing of what the demonstration tells.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import exp, log

from aftersales.ops.demo.words import Words
from aftersales.web.formats import SHANGHAI
from claims.rules.classification import PARENT, GoodsType

# What fruit harvest and shopping festivals do to a county, by month.
SEASON = {1: 1.2, 2: 0.6, 3: 0.7, 4: 0.7, 5: 0.8, 6: 1.0, 7: 1.3, 8: 1.2, 9: 1.3, 10: 1.2, 11: 1.5, 12: 1.2}
OPEN = ((time(8, 30), time(12)), (time(14), time(18)))
HOURS_OF_FILING = (8, 9, 9, 10, 10, 11, 14, 15, 15, 16, 17)
ANSWER_MINUTES, ANSWER_SPREAD = 24, 0.75
ON_THE_PHONE_MINUTES, ON_THE_PHONE_SPREAD = 35, 0.8
LOOKED_AT_HOURS = {GoodsType.PRODUCE: 13, GoodsType.AGRICULTURAL_INPUTS: 32, GoodsType.INDUSTRIAL: 42}
"""The median until somebody has seen the goods and knows what is due, by kind of goods."""
LOOKED_AT_SPREAD = 0.7
MOST_LOOKED_AT = timedelta(hours=80)
MOST = timedelta(days=4, hours=22)
"""What ended in the demonstration was settled within this time, whatever it was."""


@dataclass(frozen=True)
class Speed:
    """A county's minutes to the answer and hours to the end, as parts of the usual ones."""

    answer: float = 1.0
    work: float = 1.0


class Pace:
    """Draws instants in opening hours; the same seed draws the same."""

    def __init__(self, seed: int | str, speed: Speed | None = None):
        self.random, self.speed = random.Random(f"pace {seed}"), speed or Speed()

    def answered(self, filed_at: datetime, on_the_phone: float | None = None) -> datetime:
        """When a claim is taken up; one from a telephone waits for `on_the_phone`, a normal deviate."""
        if on_the_phone is None:
            drawn = ANSWER_MINUTES * exp(self.random.gauss(0, ANSWER_SPREAD))
        else:
            drawn = ON_THE_PHONE_MINUTES * exp(on_the_phone * ON_THE_PHONE_SPREAD)
        minutes = max(3, round(drawn * self.speed.answer))
        return in_opening_hours(filed_at + timedelta(minutes=minutes))

    def looked_at(self, claim, deviate: float | None = None) -> datetime:
        """When the goods were seen and it is known what is due, after the claim was taken up."""
        spread = self.random.gauss(0, 1) if deviate is None else deviate
        goods = GoodsType(claim.goods_type)
        hours = LOOKED_AT_HOURS[PARENT[goods] or goods] * self.speed.work
        after = timedelta(minutes=max(15, round(60 * exp(log(hours) + LOOKED_AT_SPREAD * spread))))
        return in_opening_hours(claim.accepted_at + min(after, MOST_LOOKED_AT))


def settled(claim, at: datetime) -> datetime:
    """When something that was decided is carried out: in opening hours, and within MOST of the filing."""
    return min(in_opening_hours(at), claim.filed_at + MOST)


def in_opening_hours(at: datetime) -> datetime:
    """This instant, or within an hour after the station opens again."""
    local = at.astimezone(SHANGHAI)
    for opens, closes in OPEN:
        if local.time() < closes:
            if local.time() >= opens:
                return local
            return local.replace(hour=opens.hour, minute=opens.minute) + _into_the_hour(local)
    opens = OPEN[0][0]
    return (local + timedelta(days=1)).replace(hour=opens.hour, minute=opens.minute) + _into_the_hour(local)


def _into_the_hour(local: datetime) -> timedelta:
    return timedelta(minutes=local.minute)


def moments(words: Words, count: int, start: datetime, end: datetime) -> list[datetime]:
    """When claims are filed between two instants: by season, in opening hours, oldest first."""
    days = [start + timedelta(days=number) for number in range((end - start).days)]
    weights = [SEASON[day.astimezone(SHANGHAI).month] for day in days]
    chosen = words.random.choices(days, weights, k=count)
    return sorted(_filed(words, day.astimezone(SHANGHAI)) for day in chosen)


def _filed(words: Words, day: datetime) -> datetime:
    hour = words.random.choice(HOURS_OF_FILING)
    minute, second = words.random.randrange(60), words.random.randrange(60)
    if hour == OPEN[0][0].hour:
        minute = 30 + minute // 2
    return day.replace(hour=hour, minute=minute, second=second, microsecond=0)
