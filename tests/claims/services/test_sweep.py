"""What falls due is carried out once, in order, by one statement for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.lib.worktime import SHANGHAI
from aftersales.notices.models import Notice
from claims.models import Claim, ClaimClock, Escalation, Holding, Pause
from claims.queries import work_lists
from claims.services import clocks
from claims.services.sweep import SweepResult, present, retry_alarms, sweep
from stations.models import Station
from tests.claims.clock_cases import FILED_AT, clocked, fingerprint, holdings_of, many, steps_of
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = FILED_AT + 4 * HOUR
"""When the first response of a claim filed at FILED_AT runs out: two opening hours, with the noon break."""
KEPT = (Claim, ClaimClock, Escalation, Holding, Pause, Notice, AuditEvent)


def swept(now, **more):
    with seeing_everything():
        return sweep(now=now, by=system_user(), **more)


def fresh(claim):
    with seeing_everything():
        return Claim.objects.select_related("holder", "handler").get(pk=claim.pk)


def clock_rows(claim):
    with seeing_everything():
        rows = ClaimClock.objects.filter(claim=claim).order_by("id")
        return [
            (row.clock, row.level, row.turn, row.outcome, row.started_at, row.due_at, row.stopped_at)
            for row in rows
        ]


def told(claim):
    """Who was told what about a claim, by user name."""
    notices = Notice.objects.filter(key__startswith=f"claim {claim.pk} ").order_by("recipient_id", "event")
    return sorted((notice.recipient.username, notice.event) for notice in notices)


def test_nothing_is_due(cast, django_assert_num_queries):
    claim = clocked(cast.guangcheng, cast.agent)
    before = fingerprint(KEPT)

    with seeing_everything():
        by = system_user()
        with django_assert_num_queries(6):  # two looks, each in a transaction of its own
            result = sweep(now=DUE - HOUR, by=by)

    assert result == SweepResult()
    assert fingerprint(KEPT) == before
    assert claim.pk


def test_at_the_warning_handler_and_head_are_told(cast):
    claim = clocked(cast.guangcheng, cast.agent)

    assert swept(DUE - timedelta(minutes=24)) == SweepResult(warned=1)

    assert steps_of(claim) == [("first_response", 0, 1, "warned", None, DUE - timedelta(minutes=24))]
    assert told(claim) == [("agent", "claim.warned")]
    assert fresh(claim).version == 1
    with seeing_everything():
        clock = ClaimClock.objects.get(claim=claim, clock="first_response")
    assert (clock.warned_at, clock.next_alarm_at) == (DUE - timedelta(minutes=24), DUE)


def test_at_the_end_the_claim_climbs(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    now = DUE + timedelta(seconds=20)

    assert swept(now) == SweepResult(warned=1, ran_out=1, escalated=1)

    after = fresh(claim)
    assert (after.level, after.holder, after.handler, after.version) == (1, cast.liuguang_point, None, 2)
    assert after.next_due_at == DUE
    assert after.handling_due_at == claim.handling_due_at
    assert holdings_of(claim) == [
        (0, 1, cast.guangcheng.pk, FILED_AT, DUE, "filed", cast.agent.pk),
        (1, 1, cast.liuguang_point.pk, DUE, None, "climbed", None),
    ]
    with seeing_everything():
        step = Escalation.objects.get(claim=claim, step="ran_out")
        assert Holding.objects.get(claim=claim, level=1).clock == "first_response"
    assert (step.from_station, step.to_station, step.handler) == (
        cast.guangcheng,
        cast.liuguang_point,
        cast.agent,
    )
    assert (step.due_at, step.at, step.climbed_to) == (DUE, now, 1)
    assert clock_rows(claim)[-1] == ("township_response", 1, 1, "running", DUE, DUE + DAY, None)
    assert told(claim) == [("agent", "claim.climbed_away"), ("technician", "claim.climbed_to_you")]


def test_after_three_days_of_silence_each_level_once_in_order(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    now = DUE + 3 * DAY + HOUR

    assert swept(now) == SweepResult(warned=4, ran_out=4, escalated=3)

    assert steps_of(claim) == [
        ("first_response", 0, 1, "warned", None, DUE - timedelta(minutes=24)),
        ("first_response", 0, 1, "ran_out", 1, DUE),
        ("township_response", 1, 1, "warned", None, DUE + DAY * 0.8),
        ("township_response", 1, 1, "ran_out", 2, DUE + DAY),
        ("county_response", 2, 1, "warned", None, DUE + DAY * 1.8),
        ("county_response", 2, 1, "ran_out", 3, DUE + 2 * DAY),
        ("platform_response", 3, 1, "warned", None, DUE + DAY * 2.8),
        ("platform_response", 3, 1, "ran_out", None, DUE + 3 * DAY),
    ]
    assert holdings_of(claim) == [
        (0, 1, cast.guangcheng.pk, FILED_AT, DUE, "filed", cast.agent.pk),
        (1, 1, cast.liuguang_point.pk, DUE, DUE + DAY, "climbed", None),
        (2, 1, cast.xiuwen_centre.pk, DUE + DAY, DUE + 2 * DAY, "climbed", None),
        (3, 1, None, DUE + 2 * DAY, None, "climbed", None),
    ]
    after = fresh(claim)
    assert (after.level, after.holder, after.handler) == (3, None, None)
    assert told(claim) == [
        ("agent", "claim.climbed_away"),
        ("manager", "claim.climbed_away"),
        ("platform", "claim.climbed_to_you"),
        ("platform", "claim.ran_out"),
        ("technician", "claim.climbed_away"),
    ]
    assert [row[3] for row in clock_rows(claim)] == ["running", "running", "late", "late", "running"]
    with seeing_everything():
        verbs = list(AuditEvent.objects.filter(claim_id=claim.pk).order_by("id").values_list("verb", "at"))
    climbs = ["claim.warned", "claim.climbed"] * 3
    assert verbs == [(verb, now) for verb in [*climbs, "claim.warned", "claim.ran_out"]]


@pytest.mark.parametrize("looks", [[0], [3, 2, 1, 0], [2, 3, 0, 1]], ids=["once", "often", "back and forth"])
def test_however_often_and_by_whatever_clock_it_looks_the_end_is_the_same(cast, looks):
    claim = clocked(cast.guangcheng, cast.agent)
    end = DUE + 4 * DAY

    for days in looks:
        swept(end - days * DAY)
    before = fingerprint(KEPT)

    assert swept(end) == swept(end - 2 * DAY) == SweepResult()
    assert fingerprint(KEPT) == before
    assert [step[:5] for step in steps_of(claim) if step[3] == "ran_out" and "response" in step[0]] == [
        ("first_response", 0, 1, "ran_out", 1),
        ("township_response", 1, 1, "ran_out", 2),
        ("county_response", 2, 1, "ran_out", 3),
        ("platform_response", 3, 1, "ran_out", None),
    ]
    assert len(holdings_of(claim)) == 4


def test_a_clock_that_was_stopped_says_nothing(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        clocks.accepted(claim, now=DUE - HOUR)

    assert swept(DUE + HOUR) == SweepResult()
    with seeing_everything():
        clocks.resolved(claim, now=DUE + 2 * HOUR)
        Claim.objects.filter(pk=claim.pk).update(status="closed", closed_at=DUE + 2 * HOUR)
        clocks.stop(fresh(claim), "result_notice", "follow_up", at=DUE + 2 * HOUR)
    assert swept(DUE + 100 * DAY) == SweepResult()
    assert steps_of(claim) == []


def test_a_township_that_is_not_open_is_left_out(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(state="suspended")

    swept(DUE)

    assert (fresh(claim).level, fresh(claim).holder) == (2, cast.xiuwen_centre)
    assert clock_rows(claim)[-1][:2] == ("county_response", 2)


def test_a_county_without_centre_still_has_its_people(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        Station.objects.filter(county_code=claim.county_code).exclude(tier="village").update(state="closed")

    swept(DUE)

    assert (fresh(claim).level, fresh(claim).holder) == (2, None)
    assert told(claim) == [
        ("agent", "claim.climbed_away"),
        ("manager", "claim.climbed_to_you"),
        ("officer", "claim.climbed_to_you"),
        ("officer2", "claim.climbed_to_you"),
    ]


def test_a_township_where_nobody_works_has_the_county_told(cast):
    claim = clocked(cast.fangmaping, cast.uncertified)

    swept(DUE)

    assert fresh(claim).holder == cast.longchang_point
    assert ("manager", "claim.climbed_to_you") in told(claim)


def test_a_pause_ends_by_itself_and_the_promises_count_again(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        clocks.accepted(claim, now=NOW + HOUR)
        pause = clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW + HOUR)
        Claim.objects.filter(pk=claim.pk).update(status="waiting")

    assert swept(pause.longest_until - HOUR) == SweepResult()
    assert swept(pause.longest_until + HOUR) == SweepResult(resumed=1)

    after = fresh(claim)
    assert (after.status, after.handler, after.version) == ("in_progress", cast.agent, 2)
    with seeing_everything():
        pause.refresh_from_db()
        handling = ClaimClock.objects.get(claim=claim, clock="handling")
        event = AuditEvent.objects.get(claim_id=claim.pk)
    assert (pause.until_at, pause.ended_by_itself, pause.ended_by) == (
        pause.longest_until,
        True,
        system_user(),
    )
    assert (handling.is_paused, handling.next_alarm_at) == (False, handling.warn_at)
    assert (event.verb, event.actor_id) == ("claim.resumed", system_user().pk)
    assert told(claim) == [("agent", "claim.resumed_by_itself")]
    with seeing_everything():
        assert not clocks.resume(after, by=cast.agent, now=pause.longest_until + 2 * HOUR)


def test_the_result_of_a_settled_claim_is_still_waited_for(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        clocks.resolved(claim, now=NOW + HOUR)
        Claim.objects.filter(pk=claim.pk).update(status="resolved", resolved_at=NOW + HOUR)

    assert swept(NOW + 30 * DAY) == SweepResult(warned=2, ran_out=2)

    steps = sorted(step[0] for step in steps_of(claim))
    assert steps == ["follow_up", "follow_up", "result_notice", "result_notice"]
    assert fresh(claim).level == 0
    assert told(claim) == [("agent", "claim.ran_out")] * 2


def poisoned(claim):
    """A step of this claim is there already although its clock does not know: writing it again fails."""
    with seeing_everything():
        Escalation.objects.create(
            claim=claim,
            county_code=claim.county_code,
            clock="first_response",
            round=1,
            level=0,
            step="ran_out",
            due_at=DUE,
            at=DUE,
        )
    return claim


def tries(claim):
    with seeing_everything():
        clock = ClaimClock.objects.get(claim=claim, clock="first_response")
    return clock.alarm_tries, clock.alarm_error


def test_a_claim_that_fails_stops_no_other_and_is_left_after_five_tries(cast):
    claims = many(cast.guangcheng, cast.agent, 12)
    bad = poisoned(claims[7])

    assert swept(DUE, batch=8) == SweepResult(warned=11, ran_out=11, escalated=11, failed=1)

    assert [fresh(claim).level for claim in claims] == [1] * 7 + [0] + [1] * 4
    assert tries(bad) == (1, "IntegrityError")
    for _try in range(4):
        assert swept(DUE) == SweepResult(failed=1)
    assert tries(bad) == (5, "IntegrityError")
    assert swept(DUE) == SweepResult()
    assert steps_of(bad) == [("first_response", 0, 1, "ran_out", None, DUE)]


def test_what_has_worked_is_not_held_against_a_claim(cast):
    (claim,) = many(cast.guangcheng, cast.agent, 1)
    with seeing_everything():
        ClaimClock.objects.filter(claim=claim).update(alarm_tries=4, alarm_error="OSError")

    assert swept(DUE).failed == 0
    assert tries(claim) == (0, "")


def test_a_failing_pause_is_left_after_five_tries_too(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        pause = clocks.pause(claim, reason="merchant", note="", by=cast.agent, now=NOW + HOUR)

    for _try in range(5):
        assert swept(pause.longest_until) == SweepResult(failed=1)
    assert swept(pause.longest_until) == SweepResult()
    assert tries(claim) == (5, "illegal_move")


def test_a_run_that_has_no_time_left_ends_after_its_batch(cast):
    many(cast.guangcheng, cast.agent, 5)

    assert swept(DUE, batch=2, seconds=0) == SweepResult(warned=2, ran_out=2, escalated=2)
    assert swept(DUE, batch=2) == SweepResult(warned=3, ran_out=3, escalated=3)


def statements(cast, count):
    many(cast.guangcheng, cast.agent, count)
    with seeing_everything():
        by = system_user()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            result = sweep(now=DUE + 4 * DAY, by=by)
    assert result.escalated == 3 * count
    return len(captured)


def test_a_batch_takes_the_same_statements_whatever_its_size(cast):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes few values in one statement")

    assert statements(cast, 3) == statements(cast, 60) <= 30


def test_the_due_clocks_are_read_from_their_index(cast):
    many(cast.guangcheng, cast.agent, 2000, filed_at=NOW + 30 * DAY)
    many(cast.guangcheng, cast.agent, 3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with seeing_everything(), CaptureQueriesContext(connection) as captured:
        sweep(now=DUE, by=system_user())
    asked = [each["sql"] for each in captured if "next_alarm_at" in each["sql"] and "SELECT" in each["sql"]]

    with connection.cursor() as cursor:
        cursor.execute(
            ("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + asked[0]
        )
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "clock_next_alarm" in plan
    for table in ("claims_claim", "claims_claimclock"):
        assert f"Seq Scan on {table}" not in plan
        assert f"SCAN {table}" not in plan.replace(f"SCAN {table} USING INDEX", "")


def test_the_present_is_the_databases(db):
    moment = present()

    assert moment.tzinfo is not None
    assert moment.astimezone(SHANGHAI).utcoffset() == 8 * HOUR


def test_failed_alarms_are_listed_and_tried_again_on_request(cast):
    bad = poisoned(clocked(cast.guangcheng, cast.agent))
    for _try in range(4):
        swept(DUE)
    with seeing_everything():
        assert list(work_lists.failed_alarms()) == []
        swept(DUE)
        [clock, _handling] = work_lists.failed_alarms()
        assert (clock.claim, clock.alarm_error) == (bad, "IntegrityError")

        retry_alarms(clock=clock, by=cast.manager, now=DUE)

        assert list(work_lists.failed_alarms()) == []
        with pytest.raises(Refused) as refused:
            retry_alarms(clock=clock, by=cast.manager, now=DUE)
        event = AuditEvent.objects.get(verb="claim.alarms_retried")
    assert refused.value.code == "alarm_not_failed"
    assert (event.claim_id, event.before) == (bad.pk, {"error": "IntegrityError"})
    assert swept(DUE) == SweepResult(failed=1)


def test_failed_alarms_are_read_from_their_index(cast):
    many(cast.guangcheng, cast.agent, 50)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    with seeing_everything():
        plan = work_lists.failed_alarms()[:50].explain()

    assert "clock_alarm_failed" in plan
