"""Words, days and chance of the demonstration around learning, drawn from demo/training.toml."""

from __future__ import annotations

import random
import tomllib
from datetime import date, datetime, time, timedelta

from aftersales.ops.demo.words import DATA
from aftersales.web.formats import SHANGHAI


class TrainingWords:
    """A chance of its own, so that what is learned changes nothing about the claims of the same seed."""

    def __init__(self, seed: str):
        self.random = random.Random(f"training {seed}")
        self.table = tomllib.loads((DATA / "training.toml").read_text(encoding="utf-8"))

    def one_of(self, name: str):
        """One of the words of a list."""
        return self.random.choice(self.table[name])

    def evening(self, day: date) -> datetime:
        """A moment on a day at which people learn: after supper, or in the slack of the afternoon."""
        hour, minute = self.random.choice([(15, 0), (15, 30), (19, 0), (19, 30), (20, 0)])
        return at(day, hour, minute) + timedelta(minutes=self.random.randrange(10))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def days_ago(now: datetime, days: int) -> date:
    """The day in Shanghai so many days before today."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=days)
