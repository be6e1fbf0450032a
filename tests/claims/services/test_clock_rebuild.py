"""Clocks are counted anew: nothing changes on healthy data, and a changed calendar moves what it must."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.worktime import SHANGHAI
from aftersales.notices.models import Notice
from claims.models import Claim, ClaimClock, Holding, Pause
from claims.queries import clock_invariants
from claims.services import casework, clock_rebuild, clocks
from stations.models import WorkCalendarDay
from stations.rules.calendar import HolidayPeriod
from stations.services import calendar
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _everything():
    with seeing_everything():
        yield


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clothing(cast, *, filed_at=NOW, status="in_progress"):
    """48 opening hours for handling, 2 for the first response."""
    line = make_line(cast.guangcheng, goods_type="clothing")
    return make_claim(
        cast.guangcheng, filed_by=cast.agent, line=line, status=status, filed_at=filed_at, with_clocks=True
    )


def command(*options):
    out = io.StringIO()
    call_command("rebuild_clocks", *options, stdout=out)
    return out.getvalue().splitlines()[-1]


def day_off(day, kind="holiday_swapped"):
    row, _made = WorkCalendarDay.objects.get_or_create(
        date=day, defaults={"is_workday": True, "kind": "workday", "is_confirmed": True}
    )
    WorkCalendarDay.objects.filter(pk=row.pk).update(is_workday=False, kind=kind)


def test_nothing_changes_on_healthy_data(cast):
    waiting = clothing(cast)
    with acting_as(cast.agent):
        casework.wait(claim=waiting, reason_code="consumer", by=cast.agent, now=NOW + HOUR)
        resolved = casework.resolve(claim=clothing(cast), reason="讲清楚", by=cast.agent, now=NOW + HOUR)
        casework.reopen(claim=resolved, reason="又坏了一个", by=cast.agent, now=NOW + 2 * HOUR)
    before = list(ClaimClock.objects.order_by("pk").values())

    assert list(clock_invariants.violations()) == []
    assert command("--check") == "changed 0"
    assert command() == "changed 0"
    assert list(ClaimClock.objects.order_by("pk").values()) == before


def test_what_was_tampered_with_is_found_and_put_right(cast):
    claim = clothing(cast)
    due = claim.handling_due_at
    ClaimClock.objects.filter(clock="handling").update(due_at=due + HOUR, next_alarm_at=None)
    Claim.objects.update(next_due_at=due + HOUR)

    assert command("--check") == "changed 2"
    assert ClaimClock.objects.get(clock="handling").due_at == due + HOUR

    assert command() == "changed 2"
    assert command() == "changed 0"
    handling = ClaimClock.objects.get(clock="handling")
    assert (handling.due_at, handling.next_alarm_at) == (due, handling.warn_at)
    assert list(clock_invariants.violations()) == []


def test_a_day_off_that_was_announced_late_moves_what_passes_over_it(cast):
    passes, over = clothing(cast), clothing(cast, filed_at=local("2026-11-02 09:00"))
    with acting_as(cast.agent):
        casework.resolve(claim=over, reason="讲清楚", by=cast.agent, now=local("2026-11-03 09:00"))
    before = {claim.pk: Claim.objects.get(pk=claim.pk).handling_due_at for claim in (passes, over)}
    day_off(date(2026, 11, 24))

    moved = clock_rebuild.recount_days(
        date(2026, 11, 24), date(2026, 11, 24), by=system_user(), now=NOW + HOUR
    )
    again = clock_rebuild.recount_days(
        date(2026, 11, 24), date(2026, 11, 24), by=system_user(), now=NOW + 2 * HOUR
    )

    assert (moved, again) == (1, 0)
    passes.refresh_from_db()
    assert (before[passes.pk], passes.handling_due_at) == (
        local("2026-11-30 15:30"),
        local("2026-12-01 15:30"),
    )
    assert Claim.objects.get(pk=over.pk).handling_due_at == before[over.pk]
    event = AuditEvent.objects.get(verb="claim.due_moved")
    assert (event.claim_id, event.actor_name) == (passes.pk, str(system_user()))
    assert event.after["handling_due_at"] == passes.handling_due_at.isoformat()
    notice = Notice.objects.get(event="claim.due_moved")
    assert (notice.recipient, notice.url) == (cast.agent, f"/claims/{passes.number}/")
    assert list(clock_invariants.violations()) == []


def test_december_is_provisional_until_the_next_year_is_announced(cast):
    claim = clothing(cast, filed_at=local("2026-12-29 10:00"))
    handling = ClaimClock.objects.get(clock="handling")
    first = ClaimClock.objects.get(clock="first_response")

    assert (handling.is_provisional, first.is_provisional) == (True, False)
    assert handling.due_at.astimezone(SHANGHAI).year == 2027

    calendar.confirm_year(
        year=2027,
        periods=[
            HolidayPeriod("元旦", date(2027, 1, 1), date(2027, 1, 3)),
            HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11)),
            HolidayPeriod("清明节", date(2027, 4, 3), date(2027, 4, 5)),
            HolidayPeriod("劳动节", date(2027, 5, 1), date(2027, 5, 5)),
            HolidayPeriod("端午节", date(2027, 6, 9), date(2027, 6, 9)),
            HolidayPeriod("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
            HolidayPeriod("国庆节", date(2027, 10, 1), date(2027, 10, 7)),
        ],
        source="国办发明电〔2026〕7号",
        by=cast.administrator,
        now=NOW,
    )
    clock_rebuild.recount_days(date(2027, 1, 1), date(2027, 12, 31), by=system_user(), now=NOW)

    handling.refresh_from_db()
    assert not handling.is_provisional
    assert Claim.objects.get(pk=claim.pk).handling_due_at == handling.due_at


def test_each_kind_of_fault_is_named(cast):
    healthy = [clothing(cast) for _each in range(5)]
    assert list(clock_invariants.violations()) == []

    no_holding, other_holder, ended, lost_pause, other_due = healthy
    Holding.objects.filter(claim=no_holding).update(until_at=NOW)
    Claim.objects.filter(pk=other_holder.pk).update(holder=cast.liuguang_point)
    Claim.objects.filter(pk=ended.pk).update(status="withdrawn", closed_at=NOW)
    Claim.objects.filter(pk=lost_pause.pk).update(status="waiting")
    Claim.objects.filter(pk=other_due.pk).update(next_due_at=NOW)

    assert list(clock_invariants.violations()) == [
        f"claim {no_holding.number}: open, with 0 open holdings",
        f"claim {other_holder.number}: its level, holder or round is not that of its open holding",
        f"claim {ended.number}: has ended, but somebody still holds it",
        f"claim {ended.number}: has ended, but first_response runs",
        f"claim {ended.number}: has ended, but handling runs",
        f"claim {lost_pause.number}: waits without a pause",
        f"claim {other_due.number}: its due times are not those of its clocks",
    ]


def test_an_open_pause_needs_a_waiting_claim_and_paused_clocks(cast):
    claim = clothing(cast)
    Pause.objects.create(
        claim=claim,
        county_code=claim.county_code,
        round=1,
        reason="consumer",
        from_at=NOW + HOUR,
        longest_until=NOW + 2 * HOUR,
        by=cast.agent,
    )

    found = list(clock_invariants.violations())

    assert found[0] == f"claim {claim.number}: does not wait, but its pause is open"
    assert [each.split(":")[1] for each in found[1:]] == [" first_response", " handling"]
    assert all("is_paused False, counted True" in each for each in found[1:])


def test_a_claim_that_waits_is_the_healthy_twin(cast):
    claim = clothing(cast)

    clocks.pause(claim, reason="consumer", note="", by=cast.agent, now=NOW + HOUR)
    Claim.objects.filter(pk=claim.pk).update(status="waiting")

    assert list(clock_invariants.violations()) == []
