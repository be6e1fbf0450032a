"""Histories of claims and money, drawn at random, against a model that fits on a page.

The model knows fractions and nothing of the database; what it says of every amount, state and balance has to
be what the services do. HISTORIES=10000 makes a campaign of it.
"""

import os
from fractions import Fraction
from math import floor

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aftersales.lib.errors import Refused
from claims.models import Account, Advance, Movement, OrderLine, Payout
from claims.queries import invariants
from claims.services import compensation, payouts, recovery, reversals, write_offs
from tests.cast import Cast
from tests.claims.money.cases import XIUWEN, claim_with_photo, fill
from tests.claims.money.history_model import START_FEN, Books, Case, Line
from tests.factories import NOW, make_line, make_policy, seeing_everything
from tests.property import cases

pytestmark = pytest.mark.django_db

AUTOMATIC_FEN, OFFICER_FEN, DAY_FEN = 2_000, 6_000, 20_000
BONUS = Fraction(11, 10)


class Histories(RuleBasedStateMachine):
    """One county, one station, one day; the cast is the test's and stays, all else is undone."""

    cast: Cast

    lines = Bundle("lines")
    cases = Bundle("cases")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        # As Django's own test cases do, so that services may open transactions of their own inside.
        self.undo._from_testcase = True
        self.undo.__enter__()
        self.scope = seeing_everything()
        self.scope.__enter__()
        make_policy(
            automatic_limit_fen=AUTOMATIC_FEN,
            officer_limit_fen=OFFICER_FEN,
            station_day_limit_fen=DAY_FEN,
        )
        self.fund = fill(
            XIUWEN,
            cash_fen=START_FEN,
            entered_by=self.cast.manager,
            confirmed_by=self.cast.second_officer,
        )
        self.books = Books()
        self.known_lines: list[Line] = []
        self.known_cases: list[Case] = []

    def teardown(self):
        try:
            assert list(invariants.violations()) == []
        finally:
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(target=lines, paid=st.integers(1, 12_000), total=st.integers(1, 9))
    def order(self, paid, total):
        row = make_line(self.cast.guangcheng, paid_fen=paid, quantity_milli=total * 1000)
        line = Line(row, paid, total * 1000)
        self.known_lines.append(line)
        return line

    @rule(target=cases, line=lines, bad=st.sampled_from([500, 1000, 1500, 2000, 3000, 9000]))
    def file(self, line, bad):
        claim = claim_with_photo(self.cast.guangcheng, filed_by=self.cast.agent, line=line.row, bad_milli=bad)
        due = line.due(bad)
        if due is None:
            assert self.code_of(compensation.work_out, claim=claim) == "bad_over_total"
            return multiple()
        row = compensation.work_out(claim=claim, by=self.cast.agent, now=NOW)
        assert row.amount_fen == due
        case = Case(row, line, bad, due)
        self.known_cases.append(case)
        return case

    @rule(
        case=cases,
        remedy=st.sampled_from(["refund", "reship", "coupon"]),
        channel=st.sampled_from(["cash", "original"]),
    )
    def choose(self, case, remedy, channel):
        asked = {
            "compensation": case.row,
            "remedy": remedy,
            "payout_method": channel,
            "asked_how": "in_person",
        }
        if case.state not in ("proposed", "chosen"):
            code = {"executed": "already_executed", "approved": "already_decided", "voided": "voided"}
            assert self.code_of(compensation.choose, **asked) == code[case.state]
            return
        due = case.line.due(case.bad)
        if due is None:
            assert self.code_of(compensation.choose, **asked) == "bad_over_total"
        elif due != case.amount:
            assert self.code_of(compensation.choose, **asked) == "amount_changed"
            case.amount, case.state, case.remedy = due, "proposed", ""
        elif due == 0:
            assert self.code_of(compensation.choose, **asked) == "nothing_due"
        else:
            case.state, case.remedy, case.channel = "chosen", remedy, channel
            whole = due + case.line.awarded
            case.needs = (
                "rule" if whole <= AUTOMATIC_FEN else "officer" if whole <= OFFICER_FEN else "manager"
            )
            if case.needs == "rule":
                self.grant(case)
                self.carry_out(case)
            chosen = compensation.choose(**asked, by=self.cast.agent, now=NOW)
            assert (chosen.state, chosen.needs_level) == (case.state, case.needs)

    @rule(case=cases, who=st.sampled_from(["agent", "officer", "manager"]))
    def approve(self, case, who):
        asked = {"compensation": case.row, "by": getattr(self.cast, who)}
        if case.state != "chosen":
            assert self.code_of(compensation.approve, **asked) in (
                {"not_chosen"}
                if case.state == "proposed"
                else {"already_executed", "already_decided", "voided"}
            )
            return
        due = case.line.due(case.bad)
        whole = case.amount + case.line.awarded
        needed = max(case.needs, "manager" if whole > OFFICER_FEN else "officer", key=RANKS.index)
        if who not in RANKS or RANKS.index(who) < RANKS.index(needed):
            assert self.code_of(compensation.approve, **asked) == "level_too_low"
        elif due is None:
            assert self.code_of(compensation.approve, **asked) == "bad_over_total"
        elif due != case.amount:
            assert self.code_of(compensation.approve, **asked) == "amount_changed"
            case.amount, case.state, case.remedy = due, "proposed", ""
        else:
            self.grant(case)
            approved = compensation.approve(**asked, now=NOW)
            assert (approved.state, approved.granted_fen) == (case.state, case.counted)

    @rule(case=cases)
    def execute(self, case):
        if case.state != "approved":
            code = self.code_of(compensation.execute, compensation=case.row)
            assert code in {"not_approved", "already_executed", "voided"}
            return
        waits = self.carry_out(case)
        if waits:
            assert self.code_of(compensation.execute, compensation=case.row) == waits
        else:
            done = compensation.execute(compensation=case.row, by=self.cast.agent, now=NOW)
            assert done.state == "executed"

    @rule(case=cases)
    def revoke(self, case):
        asked = {"compensation": case.row, "reason": "typed wrongly", "by": self.cast.officer}
        if case.state != "approved":
            assert self.code_of(compensation.revoke, **asked) in {
                "not_approved",
                "already_executed",
                "voided",
            }
            return
        compensation.revoke(**asked, now=NOW)
        self.release(case)

    @rule(case=cases, share=st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(4, 3)]))
    @precondition(lambda self: any(self.is_paid(case) for case in self.known_cases))
    def recover(self, case, share):
        if not self.is_paid(case):
            return
        amount = max(1, floor(case.amount * share))
        asked = {"advance": self.advance_of(case), "amount_fen": amount, "by": self.cast.officer}
        asked["reference"] = f"R-{next(self.books.references)}"
        if case.recovered + case.given_up + amount > case.amount:
            assert self.code_of(recovery.recover, **asked) == "over_open"
            return
        recovery.recover(**asked, now=NOW)
        case.recovered += amount
        self.books.cash += amount

    @rule(case=cases)
    @precondition(lambda self: any(self.is_paid(case) for case in self.known_cases))
    def take_payout_back(self, case):
        if not self.is_paid(case):
            return
        asked = {
            "movement": self.advance_of(case).movement,
            "note": "bounced",
            "by": self.cast.manager,
        }
        if case.recovered or case.given_up:
            assert self.code_of(reversals.reverse, **asked) == "recovered_meanwhile"
            return
        reversals.reverse(**asked, now=NOW)
        self.release(case)
        if case.payout == "came back":
            self.books.unpaid -= case.amount
        else:
            self.books.cash += case.amount
        self.books.spent_today -= case.amount
        assert self.code_of(reversals.reverse, **asked) == "already_booked"

    @rule(case=cases)
    @precondition(lambda self: any(case.recovered for case in self.known_cases))
    def take_recovery_back(self, case):
        back = Movement.objects.filter(
            kind="recovery", claim=case.row.claim, reversed_by__isnull=True
        ).first()
        if back is None:
            return
        asked = {"movement": back, "note": "wrong party", "by": self.cast.manager}
        if back.amount_fen > self.books.cash:
            assert self.code_of(reversals.reverse, **asked) == "fund_empty"
            return
        reversals.reverse(**asked, now=NOW)
        case.recovered -= back.amount_fen
        self.books.cash -= back.amount_fen

    @rule(case=cases)
    @precondition(lambda self: any(self.is_paid(case) for case in self.known_cases))
    def fail(self, case):
        if not self.is_paid(case):
            return
        asked = {"payout": self.payout_of(case), "reason": "order_unknown", "by": self.cast.officer}
        if case.payout != "under way":
            assert self.code_of(payouts.fail, **asked) == "payout_moved"
            return
        payouts.fail(**asked, now=NOW)
        case.payout = "came back"
        self.books.cash += case.amount
        self.books.unpaid += case.amount

    @rule(case=cases, channel=st.sampled_from(["cash", "original"]))
    @precondition(lambda self: any(case.payout == "came back" for case in self.known_cases))
    def pay_again(self, case, channel):
        if not self.is_paid(case):
            return
        asked = {"payout": self.payout_of(case), "channel": channel, "by": self.cast.officer}
        if case.payout != "came back":
            assert self.code_of(payouts.pay_again, **asked) == "payout_moved"
        elif case.amount > self.books.cash:
            assert self.code_of(payouts.pay_again, **asked) == "fund_empty"
        else:
            payouts.pay_again(**asked, now=NOW)
            case.payout = UNDER_WAY[channel]
            self.books.cash -= case.amount
            self.books.unpaid -= case.amount

    @rule(case=cases)
    @precondition(lambda self: any(self.is_paid(case) for case in self.known_cases))
    def write_off(self, case):
        if not self.is_paid(case):
            return
        asked = {"fund": self.fund, "advances": [self.advance_of(case)], "reason": "shop closed"}
        still_open = case.amount - case.recovered - case.given_up
        if not still_open:
            assert self.code_of(write_offs.propose, **asked) == "not_open"
            return
        proposal = write_offs.propose(**asked, by=self.cast.officer, now=NOW)
        assert self.code_of(write_offs.confirm, write_off=proposal, by=self.cast.officer) == "same_person"
        write_offs.confirm(write_off=proposal, by=self.cast.manager, now=NOW)
        case.given_up += still_open

    @rule(case=cases)
    @precondition(lambda self: any(case.given_up for case in self.known_cases))
    def take_write_off_back(self, case):
        movement = Movement.objects.filter(
            kind="write_off", claim=case.row.claim, reversed_by__isnull=True
        ).first()
        if movement is None:
            return
        reversals.reverse(movement=movement, note="shop pays after all", by=self.cast.manager, now=NOW)
        case.given_up -= movement.amount_fen

    @invariant()
    def the_database_says_what_the_model_says(self):
        lines = OrderLine.objects.in_bulk([line.row.pk for line in self.known_lines])
        for line in self.known_lines:
            row = lines[line.row.pk]
            assert (row.granted_fen, row.bad_milli) == (line.granted, line.bad)
            assert 0 <= line.granted <= line.paid
        paid = [case for case in self.known_cases if self.is_paid(case)]
        given_up = sum(case.given_up for case in paid)
        owed = sum(case.amount - case.recovered for case in paid) - given_up
        found = dict.fromkeys(("cash", "budget", "advances", "written_off", "unpaid"), 0)
        for account in Account.objects.filter(fund=self.fund):
            found[account.kind] += account.balance_fen
        assert found == {
            "cash": self.books.cash,
            "budget": START_FEN,
            "advances": owed,
            "written_off": given_up,
            "unpaid": self.books.unpaid,
        }
        assert self.books.cash + owed + given_up == START_FEN + self.books.unpaid

    def grant(self, case):
        line = case.line
        left = line.paid - line.granted
        if case.remedy == "coupon":
            case.counted = min(floor(case.amount * BONUS + Fraction(1, 2)), left)
        elif case.remedy == "reship":
            pieces = min(-(-case.bad // 1000) * 1000, line.total)
            case.counted = min(floor(Fraction(pieces * line.paid, line.total) + Fraction(1, 2)), left)
        else:
            case.counted = case.amount
        line.granted += case.counted
        line.awarded += case.amount
        line.bad += case.bad
        case.state = "approved"

    def release(self, case):
        case.line.granted -= case.counted
        case.line.awarded -= case.amount
        case.line.bad -= case.bad
        case.state = "voided"

    def carry_out(self, case) -> str:
        """Pay if the model thinks it can be paid; else the code of what it waits for."""
        if case.remedy == "refund":
            if self.books.spent_today + case.amount > DAY_FEN:
                return "daily_limit"
            if case.amount > self.books.cash:
                return "fund_empty"
            self.books.cash -= case.amount
            self.books.spent_today += case.amount
            case.payout = UNDER_WAY[case.channel]
        case.state = "executed"
        return ""

    def is_paid(self, case) -> bool:
        return case.state == "executed" and case.remedy == "refund"

    def advance_of(self, case) -> Advance:
        return Advance.objects.select_related("movement").get(claim=case.row.claim)

    def payout_of(self, case) -> Payout:
        return Payout.objects.filter(compensation=case.row).order_by("-attempt")[0]

    def code_of(self, call, **arguments) -> str:
        with pytest.raises(Refused) as refused:
            call(**{"by": self.cast.agent, "now": NOW, **arguments})
        return refused.value.code


RANKS = ["rule", "officer", "manager"]
UNDER_WAY = {"cash": "arrived", "original": "under way"}
"""Cash is in the consumer's hand at once; the platform has to be told."""
HISTORIES = int(os.environ.get("HISTORIES", "6"))


def test_services_do_what_the_model_says(cast):
    Histories.cast = cast
    run_state_machine_as_test(
        Histories,
        settings=settings(cases, max_examples=HISTORIES, stateful_step_count=20),
    )
