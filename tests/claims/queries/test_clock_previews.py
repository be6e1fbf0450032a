"""What a draft would have done to a month: due times counted by hand, sums, and what it costs."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import ClaimClock, Pause
from claims.queries.clock_previews import last_full_month, month_after, preview
from tests.factories import NOW, acting_as, make_claim, make_clock_policy, seeing_everything

pytestmark = pytest.mark.django_db
XIUWEN, SUINING = "520123000000", "320324000000"
OCTOBER = date(2026, 10, 1)
FILED = datetime(2026, 10, 14, 2, 0, tzinfo=UTC)
"""Wednesday, 10:00 in Shanghai."""
HOUR = timedelta(hours=1)


def draft(county=XIUWEN, **changed):
    """A draft with other amounts: fresh_fruit=(720, "natural") is the handling of fresh fruit."""
    lines = {
        ("handling", goods_type): {"amount": amount, "basis": basis, "climbs": True}
        for goods_type, (amount, basis) in changed.items()
    }
    return make_clock_policy(county, state="draft", changed=lines)


def claim(cast, *, goods_type="fresh_fruit", hours=None, filed_at=FILED, station=None, by=None, **fields):
    """A claim whose handling was stopped after so many hours; without hours it still runs."""
    made = make_claim(
        station or cast.guangcheng,
        filed_by=by or cast.agent,
        goods_type=goods_type,
        filed_at=filed_at,
        with_clocks=True,
        **fields,
    )
    with seeing_everything():
        others = ClaimClock.objects.filter(claim=made).exclude(clock="handling")
        others.update(outcome="void", stopped_at=filed_at, next_alarm_at=None)
        if hours is not None:
            stop(made, filed_at + hours * HOUR)
    return made


def stop(made, at):
    clock = ClaimClock.objects.get(claim=made, clock="handling")
    clock.stopped_at, clock.next_alarm_at = at, None
    clock.outcome = "met" if at <= clock.due_at else "late"
    clock.save()


def paused(made, *, after, hours, reason="consumer", by):
    """Write a pause and move the due time of the handling as it did at that time."""
    with seeing_everything():
        Pause.objects.create(
            claim=made,
            county_code=made.county_code,
            round=1,
            reason=reason,
            from_at=made.filed_at + after * HOUR,
            until_at=made.filed_at + (after + hours) * HOUR,
            longest_until=made.filed_at + (after + 72) * HOUR,
            by=by,
        )
        clock = ClaimClock.objects.get(claim=made, clock="handling")
        clock.due_at += hours * HOUR
        clock.save()


def seen_by(who, policy, month=OCTOBER, **kwargs):
    with acting_as(who):
        return preview(policy, month, now=NOW, **kwargs)


def rows(found):
    return [
        (
            row.clock,
            row.goods_type,
            row.count,
            row.late_before,
            row.late_after,
            row.left_before,
            row.left_after,
        )
        for row in found
    ]


def changed(found):
    return {each.claim_id: "late" if each.is_late_after else "in time" for each in found.changed}


def test_claims_change_sides_by_the_drafts_amount(cast):
    """48 opening hours from Wednesday 10:00 end on Thursday of the next week, 15:00: 197 hours later."""
    claim(cast, hours=10)
    slow = claim(cast, hours=23)
    claim(cast, hours=26)
    claim(cast, goods_type="appliance", hours=30)

    found = seen_by(cast.manager, draft(fresh_fruit=(720, "natural")))

    assert rows(found.rows) == [
        ("handling", "appliance", 1, 0, 0, 10_020, 10_020),
        ("handling", "fresh_fruit", 3, 1, 2, 60, -660),
    ]
    assert rows(found.totals) == [("handling", "", 4, 1, 2, 60, -660)]
    assert changed(found) == {slow.pk: "late"}
    assert (found.claims, found.clocks, found.late_before, found.late_after) == (4, 4, 1, 2)
    assert (found.newly_late, found.newly_in_time, found.has_more) == (1, 0, False)


def test_a_looser_draft_brings_claims_in_time(cast):
    made = claim(cast, hours=26)

    found = seen_by(cast.platform, draft(fresh_fruit=(48 * 60, "natural")))

    assert changed(found) == {made.pk: "in time"}
    assert (found.newly_late, found.newly_in_time) == (0, 1)
    [judged] = found.changed
    assert (judged.due_before, judged.due_after) == (FILED + 24 * HOUR, FILED + 48 * HOUR)
    assert (judged.left_before, judged.left_after) == (-120, 22 * 60)


def test_opening_hours_are_those_of_the_station_on_that_day(cast):
    """10:00 on a Wednesday, four opening hours: two until noon, and 14:00 to 16:00."""
    cast.liuguang_point.opens_at, cast.liuguang_point.closes_at = time(11), time(18)
    cast.liuguang_point.save()
    of_county = claim(cast, hours=7, station=cast.suining_centre, by=cast.suining_agent)
    of_township = claim(cast, hours=7)

    found = {
        each.claim_id: each.due_after
        for county in (XIUWEN, SUINING)
        for each in seen_by(cast.platform, draft(county, fresh_fruit=(240, "opening_hours"))).changed
    }

    assert found == {of_county.pk: FILED + 6 * HOUR, of_township.pk: FILED + 5 * HOUR}


def test_a_clock_that_runs_is_judged_by_now(cast):
    running = claim(cast, goods_type="seed", filed_at=datetime(2026, 10, 30, 2, tzinfo=UTC))
    limit = NOW - datetime(2026, 10, 30, 2, tzinfo=UTC)

    in_time = seen_by(cast.platform, draft(seed=(limit // timedelta(minutes=1), "natural")))

    assert changed(in_time) == {running.pk: "in time"}
    assert in_time.changed[0].is_running and in_time.changed[0].left_after == 0


def test_pauses_count_as_they_were_but_no_longer_than_the_draft_allows(cast):
    made = claim(cast, hours=27)
    paused(made, after=2, hours=4, by=cast.agent)
    with seeing_everything():
        stop(made, FILED + 27 * HOUR)
    same = draft()
    assert (changed(seen_by(cast.manager, same)), seen_by(cast.manager, same).late_after) == ({}, 0)

    same.pause_rules.filter(reason="consumer").update(max_minutes=120)
    found = seen_by(cast.manager, same)

    assert changed(found) == {made.pk: "late"}
    assert found.changed[0].due_after == FILED + 26 * HOUR
    same.pause_rules.filter(reason="consumer").update(max_minutes=180)
    assert seen_by(cast.manager, same).late_after == 0


def test_the_reach_of_a_policy(cast):
    own = make_clock_policy(SUINING, valid_from=date(2026, 1, 1))
    here = claim(cast, hours=23)
    there = claim(cast, hours=23, station=cast.chenlou, by=cast.suining_agent)
    assert there.clock_policy == own
    claim(cast, hours=23, filed_at=datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    first = claim(cast, hours=23, filed_at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    last = claim(cast, hours=23, filed_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    claim(cast, hours=23, filed_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    everywhere, xiuwen = draft("", fresh_fruit=(720, "natural")), draft(fresh_fruit=(720, "natural"))
    suining = draft(SUINING, fresh_fruit=(720, "natural"))

    assert changed(seen_by(cast.platform, everywhere)).keys() == {here.pk, first.pk, last.pk}
    assert changed(seen_by(cast.platform, xiuwen)).keys() == {here.pk, first.pk, last.pk}
    assert changed(seen_by(cast.platform, suining)).keys() == {there.pk}
    assert changed(seen_by(cast.manager, suining)).keys() == set()
    assert seen_by(cast.platform, xiuwen, date(2026, 9, 1)).claims == 1


def test_void_clocks_and_those_of_the_other_kind_are_left_out(cast):
    made = claim(cast, hours=23)
    law = make_clock_policy("", kind="law", state="draft", changed={("mediation", ""): {"amount": 1}})
    service = draft()
    with seeing_everything():
        limit = ClaimClock.objects.get(claim=made, clock="handling")
        limit.pk, limit._state.adding, limit.clock, limit.family = None, True, "mediation", "law"
        limit.due_at, limit.stopped_at = FILED + 60 * 24 * HOUR, FILED + 100 * HOUR
        limit.save()

    assert [(row.clock, row.count) for row in seen_by(cast.platform, service).rows] == [("handling", 1)]
    found = seen_by(cast.platform, law)
    assert [(row.clock, row.count, row.late_before, row.late_after) for row in found.rows] == [
        ("mediation", 1, 0, 1)
    ]


def test_only_so_many_claims_are_looked_at(cast):
    first = claim(cast, hours=23)
    claim(cast, hours=23, filed_at=FILED + HOUR)
    policy = draft(fresh_fruit=(720, "natural"))

    found = seen_by(cast.manager, policy, most=1)

    assert (found.claims, found.has_more, changed(found)) == (1, True, {first.pk: "late"})
    assert seen_by(cast.manager, policy, most=2).has_more is False


def test_the_cost_does_not_grow_with_the_claims(cast):
    policy = draft(fresh_fruit=(500, "opening_hours"))

    def statements():
        with acting_as(cast.manager), CaptureQueriesContext(connection) as captured:
            preview(policy, OCTOBER, now=NOW)
        return len(captured)

    claim(cast, hours=3)
    one = statements()
    for hours in range(9):
        claim(cast, hours=hours, station=cast.fangmaping if hours % 2 else cast.liuguang)

    assert statements() == one <= 9


def test_the_numbers_add_up(cast):
    for number in range(24):
        goods_type = ("fresh_fruit", "seed", "appliance")[number % 3]
        claim(cast, goods_type=goods_type, hours=number * 5, filed_at=FILED + number * HOUR)
    policy = draft(fresh_fruit=(200, "opening_hours"), seed=(1, "working_days"))

    found = seen_by(cast.manager, policy)

    assert sum(row.count for row in found.rows) == found.clocks == 24
    assert sum(row.late_before for row in found.rows) == found.late_before
    assert sum(row.late_after for row in found.rows) == found.late_after
    assert found.late_after - found.late_before == found.newly_late - found.newly_in_time
    assert found.newly_late > 0


def test_months():
    assert [last_full_month(day) for day in (date(2026, 11, 20), date(2026, 1, 31), date(2026, 3, 1))] == [
        date(2026, 10, 1),
        date(2025, 12, 1),
        date(2026, 2, 1),
    ]
    assert [month_after(day) for day in (date(2026, 12, 1), date(2026, 1, 1))] == [
        date(2027, 1, 1),
        date(2026, 2, 1),
    ]
