"""Names, goods and sentences of the demonstration, drawn from demo/words.toml."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aftersales.web.formats import SHANGHAI

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "demo"
OUT_OF_SEASON = 0.12


@dataclass(frozen=True)
class Goods:
    """What somebody bought."""

    product: str
    group: str
    goods_type: str
    photo: str
    unit: str
    quantity: int
    paid_fen: int


@dataclass(frozen=True)
class Trouble:
    """What is wrong with it. `bad` of `quantity` units; None when no quantity is the point."""

    nature: str
    severity: str
    bad: int | None
    text: str


class Words:
    """Draws believable people, goods and sentences; the same seed draws the same."""

    def __init__(self, seed: int | str):
        self.random = random.Random(seed)
        self.table = tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))

    def person(self) -> str:
        given = self.table["given_women"] + self.table["given_men"]
        return self.random.choice(self.table["surnames"]) + self.random.choice(given)

    def phone(self) -> str:
        """A number of the form of a mobile one, with zeros in the middle."""
        return f"19{self.random.choice('19')}00{self.random.randrange(10**6):06d}"

    def goods(self, at: datetime) -> Goods:
        """What is claimed about at a time of year; fruit mostly in its season."""
        month = at.astimezone(SHANGHAI).month
        rows = self.table["goods"]
        weights = [
            row["weight"] * (1 if not row["months"] or month in row["months"] else OUT_OF_SEASON)
            for row in rows
        ]
        row = self.random.choices(rows, weights)[0]
        low, high = row["yuan"]
        fen = self.random.randrange(low * 10, high * 10) * 10 + self.random.choice((0, 0, 8, 9, 5))
        return Goods(
            product=row["product"],
            group=row["group"],
            goods_type=row["goods_type"],
            photo=row["photo"],
            unit=row["unit"],
            quantity=self.random.choice(row["quantity"]),
            paid_fen=fen,
        )

    def trouble(self, goods: Goods) -> Trouble:
        fitting = [row for row in self.table["troubles"] if goods.group in row["groups"]]
        row = self.random.choices(fitting, [each["weight"] for each in fitting])[0]
        low, high = row["share"]
        bad = max(1, round(goods.quantity * self.random.randint(low, high) / 100)) if high else None
        text = self.random.choice(row["texts"]).format(bad=bad, total=goods.quantity)
        return Trouble(nature=row["nature"], severity=row["severity"], bad=bad, text=text)

    def merchant(self, goods: Goods) -> str:
        return self.random.choice(
            [row["name"] for row in self.table["merchants"] if goods.group in row["sells"]]
        )

    def platform(self) -> str:
        return self.random.choice(self.table["platforms"])

    def logistics(self) -> str:
        return self.random.choice(self.table["logistics"])

    def refusal(self, goods: Goods) -> tuple[str, str]:
        codes = ["misuse"] if goods.group == "appliance" else ["no_evidence", "not_the_goods"]
        code = self.random.choice(codes)
        return code, self.random.choice(self.table["refusals"][code])

    def refusal_of_fruit(self) -> tuple[str, str]:
        code = self.random.choice(["not_the_goods", "no_evidence"])
        return code, self.random.choice(self.table["refusals"][code])

    def withdrawal(self) -> str:
        return self.random.choice(self.table["withdrawals"]["texts"])

    def explanation(self) -> str:
        return self.random.choice(self.table["explanations"]["texts"])

    def order_number(self, at: datetime) -> str:
        return f"{at.astimezone(SHANGHAI):%y%m%d}{self.random.randrange(10**10):010d}"
