"""Bulk data for measuring: as many claims as asked for, in every state, and no invariant broken."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.utils import timezone

from aftersales.audit.models import AuditEvent
from aftersales.audit.sealing import SETTLED, first_broken_block, seal_due
from aftersales.ops.volume import filling
from claims.models import Claim, Compensation, Consumer, Movement, OrderLine
from claims.queries import clock_invariants, invariants, payout_invariants
from claims.rules.numbering import is_valid_number
from claims.rules.status import Status
from tests.cast import make_cast
from tests.factories import seeing_everything


def seed(**options) -> str:
    out = io.StringIO()
    call_command("seed_volume", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def test_claims_of_every_state_break_no_invariant(cast):
    said = seed(claims=2000, seed=7)

    assert re.search(r"^claims 2000, seconds \d+\.\d, per second \d+$", said.splitlines()[-1])
    with seeing_everything():
        assert list(invariants.violations()) == []
        assert list(payout_invariants.violations()) == []
        assert list(clock_invariants.violations()) == []
        assert Claim.objects.count() == OrderLine.objects.count() == 2000
        assert set(Claim.objects.values_list("status", flat=True)) == set(Status)
        assert set(Claim.objects.values_list("county_code", flat=True)) == {"520123000000", "320324000000"}
        assert all(is_valid_number(number) for number in Claim.objects.values_list("number", flat=True))
        executed = Compensation.objects.filter(state="executed")
        assert {
            row["remedy"]: row["n"] > 50 for row in executed.values("remedy").annotate(n=Count("id"))
        } == {
            "refund": True,
            "coupon": True,
            "reship": True,
        }
        assert Movement.objects.filter(kind="advance").count() == executed.filter(remedy="refund").count()


def test_times_follow_each_other(cast):
    seed(claims=500)

    with seeing_everything():
        wrong = {
            "filed before it was signed for": Claim.objects.filter(
                filed_at__lt=F("order_line__order__signed_at")
            ),
            "accepted before it was filed": Claim.objects.filter(accepted_at__lt=F("filed_at")),
            "resolved before it was accepted": Claim.objects.filter(resolved_at__lt=F("accepted_at")),
            "closed before it was resolved": Claim.objects.filter(closed_at__lt=F("resolved_at")),
            "in the future": Claim.objects.filter(closed_at__gt=timezone.now()),
        }
        assert {what: rows.count() for what, rows in wrong.items()} == dict.fromkeys(wrong, 0)
        claim = Claim.objects.filter(status="closed").first()
        history = AuditEvent.objects.filter(claim_id=claim.pk).order_by("id").values_list("verb", flat=True)
        steps = [verb for verb in history if verb.startswith("claim.")]
        assert steps == ["claim.filed", "claim.accepted", "claim.resolved", "claim.closed"]


def test_consumers_are_sealed(cast):
    seed(claims=100)

    with seeing_everything():
        people = list(Consumer.objects.all())
    assert all(person.clear_name() not in person.name_sealed for person in people)
    assert {person.name_masked[0] for person in people} == {person.clear_name()[0] for person in people}
    assert all("*" in person.phone_masked for person in people)


def test_a_second_run_adds_more_and_the_trail_can_be_sealed(cast):
    seed(claims=60)
    seed(claims=40, counties=1)

    with seeing_everything():
        counts = dict(Claim.objects.order_by().values_list("county_code").annotate(Count("id")))
        assert sum(counts.values()) == 100
        assert list(invariants.violations()) == []
        seal_due(now=timezone.now() + SETTLED + timedelta(seconds=1))
        assert first_broken_block() is None
        movement = Movement.objects.filter(kind="advance").first()
        event = AuditEvent.objects.get(verb="movement.posted", object_id=str(movement.pk))
    assert event.after["digest"] == movement.digest


def test_several_writers_share_the_counties(cast, monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 50)

    seed(claims=300)

    with seeing_everything():
        assert Claim.objects.count() == 300
        assert list(invariants.violations()) == []


def test_nothing_to_spread_over_is_refused(cast):
    with pytest.raises(CommandError, match="claims lie between"):
        seed(claims=0)
    with seeing_everything():
        type(cast.chenlou).objects.update(state="suspended")
    with pytest.raises(CommandError, match="no operating village station"):
        seed(claims=10)
