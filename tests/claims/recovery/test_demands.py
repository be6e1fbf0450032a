"""Demands: who can be asked for what, reminders, what becomes of them, and what leads back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.notices.models import Notice
from claims.models import Demand, DemandLine, Reminder
from claims.queries import invariants
from claims.queries import recovery as reading
from claims.services import demands, reversals
from tests.claims.recovery.cases import again, decide, dispute, pay, recover, refusal, send
from tests.factories import NOW, make_policy, seeing_everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sweep(now: datetime) -> int:
    with seeing_everything():
        return demands.remind(by=system_user(), now=now)


def at(day: date) -> datetime:
    """Half past eight in Shanghai."""
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)


def outcomes(demand) -> list[tuple[int, str]]:
    with seeing_everything():
        return list(DemandLine.objects.filter(demand=demand).values_list("amount_fen", "outcome"))


def violations() -> list[str]:
    with seeing_everything():
        return list(invariants.violations())


def test_demand_asks_for_what_is_open_by_the_days_of_the_terms(cast, xiuwen_fund, orchard):
    make_policy(county_code="520123000000", demand_days=20, photos_required=0)
    first = pay(cast, amount_fen=600, party=orchard)
    second = pay(cast, amount_fen=300, party=orchard)
    recover(first, 250, by=cast.officer)

    demand = send(xiuwen_fund, orchard, first, second, by=cast.officer)

    assert (demand.number, demand.amount_fen, demand.state) == ("ZC520123-2026-0001", 650, "sent")
    assert (demand.due_on, demand.next_reminder_on) == (date(2026, 12, 10), date(2026, 12, 11))
    assert outcomes(demand) == [(350, ""), (300, "")]
    third = pay(cast, amount_fen=100, party=orchard)
    assert send(xiuwen_fund, orchard, third, by=cast.officer).number == "ZC520123-2026-0002"
    assert violations() == []


def test_only_what_a_party_owes_and_nobody_asks_for_can_be_demanded(cast, xiuwen_fund, orchard, courier):
    asked, other = pay(cast, party=orchard), pay(cast, party=courier)
    contested, paid = pay(cast, party=orchard), pay(cast, party=orchard)
    send(xiuwen_fund, orchard, asked, by=cast.officer)
    dispute(contested, by=cast.officer)
    recover(paid, 600, by=cast.officer)
    given = {"fund": xiuwen_fund, "party": orchard, "by": cast.officer}

    for advance in (asked, other, contested, paid):
        assert refusal(demands.send, advances=[advance.pk], **given) == "not_demandable"
    assert refusal(demands.send, advances=[], **given) == "nothing_chosen"
    assert refusal(demands.send, advances=[987654321], **given) == "not_demandable"
    assert refusal(demands.send, advances=range(1, 202), **given) == "too_many"
    with seeing_everything():
        assert list(reading.demandable(xiuwen_fund, orchard)) == []
        assert list(reading.demandable(xiuwen_fund, courier)) == [other]


def test_demand_is_settled_with_its_last_advance_and_opens_again_when_money_is_taken_back(
    cast, xiuwen_fund, orchard
):
    first, second = pay(cast, party=orchard), pay(cast, party=orchard)
    demand = send(xiuwen_fund, orchard, first, second, by=cast.officer)

    recover(first, 600, by=cast.officer)
    assert (again(demand).state, outcomes(demand)) == ("sent", [(600, "settled"), (600, "")])
    last = recover(second, 600, by=cast.officer)
    assert (again(demand).state, again(demand).ended_at) == ("paid", NOW)
    assert again(demand).next_reminder_on is None

    with seeing_everything():
        reversals.reverse(movement=last, note="bounced cheque", by=cast.manager, now=NOW)
    reopened = again(demand)
    assert (reopened.state, reopened.ended_at) == ("sent", None)
    assert reopened.next_reminder_on == demand.due_on + DAY
    assert outcomes(demand) == [(600, "settled"), (600, "")]
    assert violations() == []


def test_withdrawn_demand_leaves_its_advances_to_another_one(cast, xiuwen_fund, orchard):
    advance = pay(cast, party=orchard)
    demand = send(xiuwen_fund, orchard, advance, by=cast.officer)

    assert refusal(demands.withdraw, demand=demand, reason=" no", by=cast.manager) == "reason_missing"
    with seeing_everything():
        withdrawn = demands.withdraw(demand=demand, reason="wrong address", by=cast.manager, now=NOW)
    assert (withdrawn.state, withdrawn.withdrawn_because) == ("withdrawn", "wrong address")
    assert refusal(demands.withdraw, demand=demand, reason="once more", by=cast.manager) == "demand_ended"

    second = send(xiuwen_fund, orchard, advance, by=cast.officer)
    recover(advance, 600, by=cast.officer)
    assert [again(each).state for each in (demand, second)] == ["withdrawn", "paid"]
    assert violations() == []


def test_three_reminders_a_day_after_and_two_and_four_weeks_later(cast, xiuwen_fund, orchard):
    advance = pay(cast, party=orchard)
    demand = send(xiuwen_fund, orchard, advance, by=cast.officer)
    due = demand.due_on

    assert sweep(at(due)) == 0
    assert (sweep(at(due + DAY)), sweep(at(due + DAY))) == (1, 0)
    recover(advance, 100, by=cast.officer)
    assert (sweep(at(due + 14 * DAY)), sweep(at(due + 15 * DAY)), sweep(at(due + 30 * DAY))) == (0, 1, 1)
    assert sweep(at(due + 90 * DAY)) == 0

    with seeing_everything():
        sent = list(Reminder.objects.values_list("turn", "open_fen", "sent_on"))
    assert sent == [(1, 600, due + DAY), (2, 500, due + 15 * DAY), (3, 500, due + 30 * DAY)]
    assert (again(demand).reminders, again(demand).next_reminder_on) == (3, None)


def test_reminder_tells_officers_and_managers_of_the_county_once(cast, xiuwen_fund, orchard):
    demand = send(xiuwen_fund, orchard, pay(cast, party=orchard), by=cast.officer)

    sweep(at(demand.due_on + DAY))

    told = Notice.objects.filter(event="demand.overdue")
    names = {notice.recipient.username for notice in told.select_related("recipient")}
    assert names == {cast.manager.username, cast.officer.username, cast.second_officer.username}
    assert {(each.url, tuple(sorted(each.params.items()))) for each in told} == {
        (
            f"/claims/demands/{demand.pk}/",
            (("number", demand.number), ("open_fen", 600), ("party", "果园电商"), ("turn", 1)),
        )
    }


def test_a_demand_that_is_settled_or_wholly_disputed_is_not_reminded(cast, xiuwen_fund, orchard):
    paid, contested = pay(cast, party=orchard), pay(cast, party=orchard)
    settled = send(xiuwen_fund, orchard, paid, by=cast.officer)
    waiting = send(xiuwen_fund, orchard, contested, by=cast.officer)
    recover(paid, 600, by=cast.officer)
    row = dispute(contested, by=cast.officer)
    assert [again(each).state for each in (settled, waiting)] == ["paid", "disputed"]

    assert sweep(at(waiting.due_on + 2 * DAY)) == 0
    decide(row, "kept", by=cast.manager)
    assert again(waiting).state == "sent"
    assert sweep(at(waiting.due_on + 2 * DAY)) == 1


def test_what_is_not_disputed_of_a_demand_is_still_reminded(cast, xiuwen_fund, orchard):
    clear, contested = pay(cast, amount_fen=400, party=orchard), pay(cast, party=orchard)
    demand = send(xiuwen_fund, orchard, clear, contested, by=cast.officer)
    dispute(contested, by=cast.officer)

    assert sweep(at(demand.due_on + DAY)) == 1
    with seeing_everything():
        assert Reminder.objects.get().open_fen == 400
        assert Demand.objects.get().state == "disputed"
