"""Eight people at work on the same order lines and the same fund, each drawing at random what to do next.

Whatever they do at the same moment: nobody is told anything but an answer or a refusal in words, no line has
given more than was paid, every account equals its movements, and check_invariants stays silent.
A history is the life of one order line with its claims: HISTORIES=10000 makes it long (400 by default).
"""

import os
import random
from collections import Counter

import pytest

from aftersales.lib.errors import Refused
from claims.models import Account, Advance, Compensation, Movement, OrderLine
from claims.queries import invariants
from claims.services import compensation, recovery, reversals
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, claim_with_photo, fill
from tests.factories import NOW, make_line, make_policy, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.campaign, pytest.mark.django_db(transaction=True)]

HISTORIES = int(os.environ.get("HISTORIES", "400"))
PEOPLE, LINES, STEPS = 8, 50, 100
REMEDIES = ("refund", "refund", "refund", "coupon", "reship")


class Person:
    """One process: draws what to do next on whatever rows there are, and keeps count of the answers."""

    def __init__(self, cast, *, seed: int):
        self.cast = cast
        self.dice = random.Random(seed)
        self.answers: Counter[str] = Counter()

    def work(self) -> Counter:
        moves = (
            self.choose,
            self.choose,
            self.approve,
            self.execute,
            self.revoke,
            self.recover,
            self.reverse,
        )
        with seeing_everything():
            for _step in range(STEPS):
                move = self.dice.choice(moves)
                try:
                    move()
                    self.answers[move.__name__] += 1
                except Refused as refused:
                    self.answers[refused.code] += 1
        return self.answers

    def one_of(self, rows):
        found = list(rows.values_list("pk", flat=True))
        return rows.model.objects.get(pk=self.dice.choice(found)) if found else None

    def choose(self):
        if row := self.one_of(Compensation.objects.filter(state__in=("proposed", "chosen"))):
            compensation.choose(
                compensation=row,
                remedy=self.dice.choice(REMEDIES),
                payout_method="cash",
                asked_how="phone",
                by=self.cast.agent,
                now=NOW,
            )

    def approve(self):
        if row := self.one_of(Compensation.objects.filter(state="chosen")):
            compensation.approve(compensation=row, by=self.cast.manager, now=NOW)

    def execute(self):
        if row := self.one_of(Compensation.objects.filter(state="approved")):
            compensation.execute(compensation=row, by=self.cast.officer, now=NOW)

    def revoke(self):
        if row := self.one_of(Compensation.objects.filter(state="approved")):
            compensation.revoke(compensation=row, reason="typed wrongly", by=self.cast.officer, now=NOW)

    def recover(self):
        if row := self.one_of(Advance.objects.filter(reversed_at__isnull=True)):
            recovery.recover(
                advance=row,
                amount_fen=self.dice.randint(1, row.amount_fen),
                reference=f"R-{self.dice.randrange(10**9)}",
                by=self.cast.officer,
                now=NOW,
            )

    def reverse(self):
        if row := self.one_of(Movement.objects.filter(kind__in=("advance", "recovery"))):
            reversals.reverse(movement=row, note="bounced", by=self.cast.manager, now=NOW)


def claims_on(line, cast) -> None:
    for bad_milli in (1_000, 2_000, 3_000):
        claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=bad_milli)
        compensation.work_out(claim=claim, by=cast.agent, now=NOW)


def test_people_at_once_leave_the_books_in_order(transactional_db):
    cast = make_cast()
    make_policy(automatic_limit_fen=2_000, officer_limit_fen=6_000, station_day_limit_fen=10_000_000)
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.second_officer)
    answers: Counter[str] = Counter()

    for first in range(0, HISTORIES, LINES):
        with seeing_everything():
            for number in range(LINES):
                paid_fen = 1_500 + number * 151
                claims_on(make_line(cast.guangcheng, paid_fen=paid_fen, quantity_milli=5_000), cast)
        people = [(Person(cast, seed=first + number),) for number in range(PEOPLE)]
        outcomes = at_once(Person.work, people)

        assert [(outcome.error, outcome.message) for outcome in outcomes] == [("", "")] * PEOPLE
        for outcome in outcomes:
            answers += outcome.value
        with seeing_everything():
            assert list(invariants.violations()) == []

    with seeing_everything():
        assert not [line for line in OrderLine.objects.all() if not 0 <= line.granted_fen <= line.paid_fen]
        assert not Account.objects.filter(balance_fen__lt=0).exists()
    assert answers["execute"] and answers["reverse"] and answers["recover"], answers
