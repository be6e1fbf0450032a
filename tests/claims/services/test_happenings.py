"""What happened outside starts and stops clocks, once, where a claim has room for it."""

from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock
from claims.queries.clocks import clocks_of
from claims.rules.clocks import Clock
from claims.rules.happenings import EFFECTS, Happening, possible
from claims.rules.status import Status
from claims.services import casework, clocks, happenings
from tests.factories import NOW, acting_as, make_claim, seeing_everything

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def filed(cast, **fields):
    return make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True, **fields)


def record(cast, claim, event, *, at, now=None, **fields):
    with acting_as(cast.agent):
        return happenings.record_event(
            claim=claim, event=event, at=at, by=cast.agent, now=now or at, **fields
        )


def states(claim):
    with seeing_everything():
        return {each.clock: (each.outcome, each.started_at, each.stopped_at) for each in clocks_of(claim)}


def refusal(cast, claim, event, **fields):
    with pytest.raises(Refused) as refused:
        record(cast, claim, event, **fields)
    return refused.value.code, refused.value.field


def test_an_inspection_stops_its_clock_at_the_moment_it_took_place(cast):
    claim = filed(cast)

    moved = record(cast, claim, "inspection_recorded", at=NOW + HOUR, now=NOW + 3 * HOUR, note="坏了一半")

    assert states(claim)["fresh_inspection"] == ("met", NOW, NOW + HOUR)
    assert moved.version == claim.version + 1
    with seeing_everything():
        event = AuditEvent.objects.get(verb="claim.inspection_recorded")
    assert (event.after, event.reason, event.at) == (
        {"at": (NOW + HOUR).isoformat()},
        "坏了一半",
        NOW + 3 * HOUR,
    )


def test_goods_that_arrive_start_what_the_law_allows(cast):
    claim = filed(cast)

    record(cast, claim, "goods_arrived", at=NOW + HOUR)

    with seeing_everything():
        limits = {each.clock: each.due_at for each in ClaimClock.objects.filter(claim=claim, family="law")}
    assert limits == {
        "refund_after_return": NOW + HOUR + 7 * DAY,
        "deliberate_delay": NOW + HOUR + 15 * DAY,
    }


def test_the_authority_answers_and_mediates(cast):
    claim = filed(cast)

    claim = record(cast, claim, "authority_complaint_filed", at=NOW)
    claim = record(cast, claim, "authority_accepted", at=NOW + DAY)
    record(cast, claim, "mediation_ended", at=NOW + 3 * DAY)

    assert {
        name: state for name, state in states(claim).items() if name in ("authority_answer", "mediation")
    } == {
        "authority_answer": ("met", NOW, NOW + DAY),
        "mediation": ("met", NOW + DAY, NOW + 3 * DAY),
    }


def test_an_exchange_and_the_result_notice(cast):
    claim = filed(cast)
    claim = record(cast, claim, "exchange_approved", at=NOW)
    with acting_as(cast.agent):
        claim = casework.resolve(claim=claim, reason="换货", by=cast.agent, now=NOW + HOUR)

    claim = record(cast, claim, "exchange_shipped", at=NOW + 2 * HOUR)
    record(cast, claim, "result_notice_sent", at=NOW + 3 * HOUR)

    shown = states(claim)
    assert (shown["exchange_shipped"][0], shown["result_notice"][0]) == ("met", "met")


def test_danger_starts_the_short_promises_once(cast):
    claim = filed(cast)

    claim = record(cast, claim, "marked_urgent", at=NOW + HOUR)

    assert claim.is_urgent
    assert states(claim)["urgent_solved"] == ("running", NOW + HOUR, None)
    assert "urgent_first" not in states(claim)
    assert refusal(cast, claim, "marked_urgent", at=NOW + 2 * HOUR) == ("event_not_expected", "event")


def test_an_urgent_claim_that_is_not_in_work_yet_also_promises_the_first_handling(cast):
    with acting_as(cast.agent):
        claim = make_claim(
            cast.guangcheng, filed_by=cast.agent, status="accepted", is_urgent=True, with_clocks=True
        )
        assert states(claim)["urgent_first"] == ("running", NOW, None)

        casework.start(claim=claim, by=cast.agent, now=NOW + HOUR)

    assert states(claim)["urgent_first"] == ("met", NOW, NOW + HOUR)
    assert states(claim)["urgent_solved"] == ("running", NOW, None)


@pytest.mark.parametrize(
    ("event", "at", "expected"),
    [
        ("full_moon", NOW, ("unknown_event", "event")),
        ("goods_arrived", NOW + 2 * DAY, ("at_in_future", "at")),
        ("goods_arrived", NOW - HOUR, ("before_filing", "at")),
        ("goods_arrived", NOW - 8 * DAY, ("too_long_ago", "at")),
        ("mediation_ended", NOW, ("event_not_expected", "event")),
        ("result_notice_sent", NOW, ("event_not_expected", "event")),
    ],
)
def test_what_cannot_have_happened_is_refused(cast, event, at, expected):
    claim = filed(cast)

    assert refusal(cast, claim, event, at=at, now=NOW + HOUR) == expected
    assert Claim._base_manager.get(pk=claim.pk).version == claim.version


def test_the_slower_of_two_is_told(cast):
    claim = filed(cast)
    record(cast, claim, "goods_arrived", at=NOW)

    assert refusal(cast, claim, "inspection_recorded", at=NOW, expected_version=7) == ("stale", None)
    assert refusal(cast, claim, "inspection_recorded", at=NOW) == ("stale", None)


def test_a_clock_that_waits_for_something_is_what_makes_it_possible():
    everything = frozenset(Clock)

    assert possible(Status.WITHDRAWN, everything, is_urgent=False) == ()
    assert possible(Status.CLOSED, frozenset({Clock.RESULT_NOTICE}), is_urgent=True) == (
        Happening.RESULT_NOTICE_SENT,
        Happening.AUTHORITY_COMPLAINT_FILED,
        Happening.AUTHORITY_ACCEPTED,
    )
    assert set(EFFECTS) == set(Happening)


def test_lock_reads_the_claim_as_it_stands(cast):
    claim = filed(cast)
    Claim._base_manager.filter(pk=claim.pk).update(level=2)

    assert clocks.lock(claim).level == 2
