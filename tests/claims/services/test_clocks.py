"""A claim's clocks from filing to the end, through the functions that everything else calls."""

from datetime import datetime, timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.lib.errors import Refused
from aftersales.lib.worktime import SHANGHAI
from claims.models import Claim, ClaimClock, ClockPolicy, ClockRule, Holding, Pause
from claims.queries.clocks import clocks_of, explanation, pauses_of, segments
from claims.services import clocks
from tests.claims.money.cases import make_photo
from tests.factories import NOW, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _everything():
    with seeing_everything():
        yield


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clocked(cast, *, now=NOW, **fields):
    """A claim that is filed at `now` at the village point of 广城."""
    return make_claim(
        cast.guangcheng, filed_by=cast.agent, status="submitted", filed_at=now, with_clocks=True, **fields
    )


def shown(claim):
    return [(each.clock, each.round, each.outcome, each.started_at, each.due_at) for each in clocks_of(claim)]


def test_a_claim_begins_with_its_promises_and_its_holder(cast):
    line = make_line(cast.guangcheng, goods_type="clothing")
    claim = clocked(cast, line=line)

    assert shown(claim) == [
        ("first_response", 1, "running", NOW, local("2026-11-20 14:30")),
        ("handling", 1, "running", NOW, local("2026-11-30 15:30")),
    ]
    assert (claim.level, claim.holder, claim.clock_policy.version) == (0, cast.guangcheng, 1)
    assert claim.handling_due_at == local("2026-11-30 15:30")
    assert claim.next_due_at == local("2026-11-20 14:30")
    holding = Holding.objects.get()
    assert (holding.station, holding.because, holding.from_at, holding.until_at) == (
        cast.guangcheng,
        "filed",
        NOW,
        None,
    )


def test_fresh_goods_are_inspected_within_two_hours_of_the_signature(cast):
    just_signed = make_line(cast.guangcheng, signed_at=NOW - HOUR)
    signed_yesterday = make_line(cast.guangcheng, signed_at=NOW - 24 * HOUR)

    in_time, too_late = clocked(cast, line=just_signed), clocked(cast, line=signed_yesterday)

    assert [each[3:] for each in shown(in_time) if each[0] == "fresh_inspection"] == [
        (NOW - HOUR, NOW + HOUR)
    ]
    assert [each[3:] for each in shown(too_late) if each[0] == "fresh_inspection"] == [(NOW, NOW + 2 * HOUR)]
    assert in_time.handling_due_at == NOW + 24 * HOUR


def test_the_first_reply_stops_the_first_response_and_photos_the_inspection(cast):
    claim, unseen = clocked(cast), clocked(cast)
    make_photo(claim)

    clocks.accepted(claim, now=NOW + 3 * HOUR)
    clocks.accepted(unseen, now=NOW + 3 * HOUR)

    assert shown(claim) == [
        ("first_response", 1, "met", NOW, local("2026-11-20 14:30")),
        ("handling", 1, "running", NOW, NOW + 24 * HOUR),
        ("fresh_inspection", 1, "late", NOW, NOW + 2 * HOUR),
    ]
    assert claim.next_due_at == Claim.objects.get(pk=claim.pk).next_due_at == NOW + 24 * HOUR
    assert Holding.objects.get(claim=claim).taken_over_at == NOW + 3 * HOUR
    assert [each[2] for each in shown(unseen)] == ["met", "running", "running"]
    assert unseen.next_due_at == NOW + 2 * HOUR


def test_a_pause_lets_promises_stand_still_and_hand_overs_run(cast):
    claim = clocked(cast)
    make_photo(claim)
    clocks.accepted(claim, now=NOW)
    clocks.start(claim, "township_response", at=NOW)

    clocks.pause(claim, reason="consumer", note="等消费者寄回", by=cast.agent, now=NOW + 4 * HOUR)

    handling, response = ClaimClock.objects.filter(outcome="running").order_by("clock")
    assert (handling.is_paused, handling.next_alarm_at) == (True, None)
    assert handling.due_at == NOW + (24 + 72) * HOUR
    assert (response.is_paused, response.due_at, response.next_alarm_at) == (
        False,
        NOW + 24 * HOUR,
        response.warn_at,
    )
    assert claim.handling_due_at == handling.due_at
    assert claim.next_due_at == response.due_at

    clocks.resume(claim, by=cast.agent, now=NOW + 10 * HOUR)

    handling.refresh_from_db()
    assert (handling.is_paused, handling.due_at) == (False, NOW + 30 * HOUR)
    assert handling.next_alarm_at == handling.warn_at == NOW + 24 * HOUR / 5 * 4 + 6 * HOUR
    pause = pauses_of(claim)[0]
    assert (pause.until_at, pause.ended_by, pause.ended_by_itself) == (NOW + 10 * HOUR, cast.agent, False)
    assert [(each.kind, each.start, each.end, each.reason) for each in segments(handling, [pause])] == [
        ("running", NOW, NOW + 4 * HOUR, ""),
        ("paused", NOW + 4 * HOUR, NOW + 10 * HOUR, "consumer"),
        ("running", NOW + 10 * HOUR, None, ""),
    ]


def test_a_pause_never_lasts_beyond_its_longest_end(cast):
    claim = clocked(cast)
    clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW)

    clocks.resume(claim, by=system_user(), now=NOW + 100 * HOUR, by_itself=True)

    pause = Pause.objects.get()
    assert (pause.until_at, pause.ended_by_itself) == (NOW + 48 * HOUR, True)
    assert claim.handling_due_at == NOW + 72 * HOUR
    assert clocks.resume(claim, by=cast.agent, now=NOW + 101 * HOUR) is None


def test_a_pause_ends_when_it_began_at_the_earliest(cast):
    claim = clocked(cast)
    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW)

    closed = clocks.resume(claim, by=cast.agent, now=NOW - timedelta(seconds=2))

    assert (closed.from_at, closed.until_at, closed.ended_by_itself) == (NOW, NOW, False)


def test_what_fell_due_before_a_pause_is_still_told(cast):
    claim = clocked(cast)

    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW + 23 * HOUR)

    handling = ClaimClock.objects.get(clock="handling")
    assert handling.is_paused
    assert handling.next_alarm_at == handling.warn_at < NOW + 23 * HOUR


def test_an_unknown_reason_is_refused(cast):
    claim = clocked(cast)

    with pytest.raises(Refused) as refused:
        clocks.pause(claim, reason="lunch", note="", by=cast.agent, now=NOW)

    assert refused.value.code == "unknown_reason"
    assert Pause.objects.count() == 0


def test_a_resolution_ends_the_promises_and_starts_the_result_notice(cast):
    claim = clocked(cast)
    make_photo(claim)
    clocks.accepted(claim, now=NOW)
    clocks.start(claim, "settlement", at=NOW)
    clocks.start(claim, "reship_shipped", at=NOW)

    clocks.resolved(claim, now=NOW + 25 * HOUR)

    assert [each[:3] for each in shown(claim)] == [
        ("first_response", 1, "met"),
        ("handling", 1, "late"),
        ("fresh_inspection", 1, "met"),
        ("settlement", 1, "void"),
        ("reship_shipped", 1, "running"),
        ("result_notice", 1, "running"),
        ("follow_up", 1, "running"),
    ]
    notice = ClaimClock.objects.get(clock="result_notice")
    assert notice.due_at == local("2026-11-25 18:00")
    holding = Holding.objects.get()
    assert (holding.until_at, holding.handler) == (NOW + 25 * HOUR, claim.handler)


@pytest.mark.parametrize(
    ("is_refusal", "outcomes"),
    [(True, ["met", "met", "void", "running"]), (False, ["void", "void", "void", "void"])],
)
def test_an_end_without_a_remedy(cast, is_refusal, outcomes):
    claim = clocked(cast)
    clocks.start(claim, "mediation", at=NOW)
    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW)

    clocks.end_all(claim, is_refusal=is_refusal, by=cast.agent, now=NOW + HOUR)

    assert [each[2] for each in shown(claim)] == outcomes
    assert Pause.objects.get().until_at == Holding.objects.get().until_at == NOW + HOUR


def test_a_new_round_gets_its_own_clocks(cast):
    claim = clocked(cast)
    clocks.resolved(claim, now=NOW + HOUR)
    Claim.objects.update(round=2, level=1, holder=cast.liuguang_point)
    claim = clocks.lock(claim)

    clocks.reopened(claim, by=cast.agent, now=NOW + 30 * HOUR)

    assert [each[:4] for each in shown(claim)][3:] == [
        ("result_notice", 1, "void", NOW + HOUR),
        ("follow_up", 1, "void", NOW + HOUR),
        ("handling", 2, "running", NOW + 30 * HOUR),
        ("taken_over", 2, "running", NOW + 30 * HOUR),
    ]
    assert claim.handling_due_at == NOW + 54 * HOUR
    holding = Holding.objects.get(until_at=None)
    assert (holding.round, holding.level, holding.station, holding.because) == (
        2,
        1,
        cast.liuguang_point,
        "reopened",
    )


def test_what_begins_with_the_resolution_counts_no_minute_of_a_pause_before_it(cast):
    claim = clocked(cast)
    clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW + HOUR)
    clocks.resume(claim, by=cast.agent, now=NOW + 5 * HOUR)

    clocks.resolved(claim, now=NOW + 6 * HOUR, then={"reship_shipped": NOW})

    (due_at,) = [each.due_at for each in clocks_of(claim) if each.clock == "reship_shipped"]
    assert due_at == NOW + 28 * HOUR


def test_a_pause_of_a_new_round_leaves_those_of_the_last_one_counted(cast):
    claim = clocked(cast)
    claim.status = "in_progress"
    clocks.start(claim, "exchange_shipped", at=NOW)
    clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW + HOUR)
    clocks.resume(claim, by=cast.agent, now=NOW + 5 * HOUR)
    clocks.resolved(claim, now=NOW + 6 * HOUR)
    claim.round = 2
    clocks.reopened(claim, by=cast.agent, now=NOW + 7 * HOUR)

    clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW + 8 * HOUR)

    (exchange,) = [each for each in clocks_of(claim) if each.clock == "exchange_shipped"]
    assert (exchange.due_at, exchange.is_paused) == (NOW + 52 * HOUR, False)


def test_another_class_keeps_the_start_and_the_pauses(cast):
    claim = clocked(cast)
    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW + HOUR)
    clocks.resume(claim, by=cast.agent, now=NOW + 3 * HOUR)
    Claim.objects.update(goods_type="clothing")
    claim = clocks.lock(claim)

    clocks.reclassified(claim, now=NOW + 4 * HOUR)

    assert shown(claim) == [
        ("first_response", 1, "running", NOW, local("2026-11-20 15:00")),
        ("handling", 1, "running", NOW, local("2026-11-30 16:00")),
        ("fresh_inspection", 1, "void", NOW, NOW + 4 * HOUR),
    ]


def test_a_clock_that_runs_is_not_started_twice_but_may_run_again(cast):
    claim = clocked(cast)

    first = clocks.start(claim, "settlement", at=NOW)
    assert clocks.start(claim, "settlement", at=NOW + HOUR).pk == first.pk
    assert clocks.stop(claim, "settlement", at=NOW + 2 * HOUR) == 1
    again = clocks.start(claim, "settlement", at=NOW + 3 * HOUR)

    assert [(each.turn, each.outcome) for each in ClaimClock.objects.filter(clock="settlement")] == [
        (1, "met"),
        (2, "running"),
    ]
    assert again.due_at == NOW + 27 * HOUR


@pytest.mark.parametrize(
    ("accepted", "due"), [("2026-04-14 10:00", "2026-06-18 18:00"), ("2026-04-15 10:00", "2026-06-15 18:00")]
)
def test_mediation_goes_by_the_law_in_force_on_the_day_of_acceptance(cast, accepted, due):
    claim = clocked(cast, now=local("2026-04-10 10:00"))

    mediation = clocks.start(claim, "mediation", at=local(accepted))

    assert mediation.due_at == local(due)
    assert (mediation.family, mediation.is_provisional) == ("law", False)


def test_a_new_policy_changes_no_clock_of_an_existing_claim(cast):
    claim = clocked(cast)
    before = shown(claim)
    policy = ClockPolicy.objects.create(version=2, valid_from=NOW.date(), note="shorter", published_at=NOW)
    ClockRule.objects.create(policy=policy, clock="handling", amount=60, basis="natural")
    ClockRule.objects.create(policy=policy, clock="first_response", amount=30, basis="natural")
    ClockPolicy.objects.filter(pk=policy.pk).update(state="in_force")

    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW + HOUR)
    clocks.resume(claim, by=cast.agent, now=NOW + HOUR)
    later = clocked(cast)

    assert shown(claim) == before
    assert [each[4] for each in shown(later)][:2] == [NOW + HOUR / 2, NOW + HOUR]


@pytest.mark.parametrize(("days", "outcome"), [(1, "running"), (9, "late")])
def test_closing_does_not_get_out_of_telling_the_result(cast, days, outcome):
    claim = clocked(cast)
    clocks.resolved(claim, now=NOW)

    clocks.closed(claim, now=NOW + days * 24 * HOUR)

    assert ClaimClock.objects.get(clock="result_notice").outcome == outcome


def test_an_explanation_says_which_hours_counted_and_which_did_not(cast):
    line = make_line(cast.guangcheng, goods_type="clothing")
    claim = clocked(cast, line=line)

    why = explanation(clocks_of(claim)[0], [])

    assert [(each.why, each.minutes) for each in why.stretches] == [
        ("open", 90),
        ("closed", 120),
        ("open", 30),
    ]
    assert (why.counted_minutes, why.allowed_minutes, why.days, why.provisional) == (120, 120, (), ())
