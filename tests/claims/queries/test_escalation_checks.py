"""Each check is silent on what the sweep does, and speaks when a row is bent."""

from datetime import timedelta

import pytest
from django.db import connection

from aftersales.accounts.models import system_user
from aftersales.audit import append_only
from claims.models import Claim, ClaimClock, Escalation, Holding
from claims.queries.escalation_checks import SILENCE, violations
from claims.services import casework, escalation
from claims.services.sweep import sweep
from tests.claims.clock_cases import FILED_AT, clocked, steps_of
from tests.factories import acting_as, seeing_everything

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = FILED_AT + 4 * HOUR
NOW = DUE + timedelta(days=1, hours=1)


@pytest.fixture
def claim(cast):
    """A claim that has climbed to the county."""
    with seeing_everything():
        claim = clocked(cast.guangcheng, cast.agent)
        sweep(now=NOW, by=system_user())
        append_only.remove(connection)
        yield Claim.objects.get(pk=claim.pk)


def test_what_the_sweep_leaves_behind_is_in_order(claim):
    assert list(violations(NOW)) == []
    ended = casework.withdraw(claim=claim, reason="村民不要了", by=system_user(), now=NOW)
    assert list(violations(NOW + timedelta(days=9))) == []
    assert ended.closed_at == NOW


def steps(**which):
    return Escalation.objects.filter(**which)


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (
            lambda: steps(step="warned", clock="first_response").delete(),
            ["warned, but no step says so"],
        ),
        (
            lambda: steps(step="ran_out", clock="township_response").delete(),
            ["ran_out, but no step says so", "climbed, but no step says so"],
        ),
        (
            lambda: Escalation.objects.bulk_create([_again(steps(step="warned", level=0).get())]),
            ["first_response warned 2 times"],
        ),
        (
            lambda: Holding.objects.filter(level=1).update(from_at=NOW),
            [
                "climbed, but nobody began to hold the claim then",
                "climbed, but no step says so",
            ],
        ),
        (
            lambda: Claim.objects.update(status="closed", closed_at=DUE),
            ["climbed after the claim had ended"] * 2,
        ),
        (
            lambda: ClaimClock.objects.filter(clock="county_response").update(
                next_alarm_at=NOW - SILENCE - timedelta(seconds=1)
            ),
            ["its alarm of 2026-11-21 07:26 UTC was missed"],
        ),
        (
            lambda: ClaimClock.objects.filter(clock="county_response").update(
                next_alarm_at=None, due_at=NOW - timedelta(hours=1)
            ),
            ["ran out, but nothing will say so"],
        ),
    ],
    ids=["no warning", "no end", "twice", "no holding", "after the end", "missed", "silent"],
)
def test_what_is_bent_is_said(claim, bend, said):
    bend()

    assert [line.split(": ", 1)[1] for line in violations(NOW)] == said


def _again(step):
    """The same step at another level, which no constraint forbids."""
    step.pk, step.level = None, 2
    return step


def test_taken_over_on_two_levels_and_settled_on_neither(cast):
    claim, now = clocked(cast.guangcheng, cast.agent), FILED_AT
    reply = {"progress": "已联系商家", "method": "按规则处理"}
    with acting_as(cast.agent):
        casework.accept(claim=claim, **reply, finish_at=now + 9 * DAY, by=cast.agent, now=now)
    for days, who in ((11, cast.technician), (1, cast.officer), (1, None)):
        now += days * DAY + HOUR
        with seeing_everything():
            sweep(now=now, by=system_user())
            claim = Claim.objects.get(pk=claim.pk)
        if who is not None:
            with acting_as(who):
                escalation.take_over(claim=claim, by=who, now=now)

    with seeing_everything():
        assert [row[:2] for row in steps_of(claim) if row[3] == "ran_out"] == [
            ("handling", 0),
            ("taken_over", 1),
            ("taken_over", 2),
        ]
        assert list(violations(now)) == []
