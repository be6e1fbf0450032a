"""What is given up: proposed by one, confirmed by another, never more than is open, and taken back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from aftersales.lib.errors import Refused
from claims.models import Movement, WriteOff, WriteOffLine
from claims.queries import fund_books
from claims.services import recovery, reversals, write_offs
from tests.claims.money.cases import XIUWEN, balances, fill, read
from tests.claims.money.test_fund import pay
from tests.factories import NOW, acting_as, make_party, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture
def owed(cast, xiuwen_fund):
    """Two advances of one merchant, 6.00 and 4.00."""
    merchant = make_party()
    return [pay(cast, amount_fen=fen, liable_party=merchant) for fen in (600, 400)]


def propose(fund, advances, by, reason="bankrupt since May"):
    with seeing_everything():
        return write_offs.propose(fund=fund, advances=advances, reason=reason, by=by, now=NOW)


def confirm(write_off, by):
    with seeing_everything():
        return write_offs.confirm(write_off=write_off, by=by, now=NOW)


def code(call, *arguments, **named) -> str:
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.code


def test_two_people_give_up_what_is_open(cast, xiuwen_fund, owed):
    with seeing_everything():
        recovery.recover(advance=owed[0], amount_fen=100, reference="R-1", by=cast.officer, now=NOW)
    proposal = propose(xiuwen_fund, owed, cast.officer)
    assert balances(xiuwen_fund)["written_off"] == 0

    done = confirm(proposal, cast.manager)

    with seeing_everything():
        booked = [
            (each.kind, each.debit.kind, each.credit.party, each.settles, each.amount_fen, each.business_key)
            for each in Movement.objects.filter(kind="write_off").order_by("settles_id")
        ]
        lines = list(WriteOffLine.objects.filter(write_off=done).order_by("advance_id"))
    party = owed[0].party
    assert (done.state, done.proposed_by, done.decided_by) == ("confirmed", cast.officer, cast.manager)
    assert booked == [
        ("write_off", "written_off", party, owed[0], 500, f"write_off:{lines[0].pk}"),
        ("write_off", "written_off", party, owed[1], 400, f"write_off:{lines[1].pk}"),
    ]
    assert [(read(each).written_off_fen, read(each).open_fen) for each in owed] == [(500, 0), (400, 0)]
    sums = balances(xiuwen_fund)
    assert (sums["cash"], sums["advances"], sums["written_off"]) == (99_100, 0, 900)


def test_who_proposed_does_not_confirm(cast, xiuwen_fund, owed):
    proposal = propose(xiuwen_fund, owed, cast.manager)

    assert code(confirm, proposal, cast.manager) == "same_person"
    with seeing_everything(), pytest.raises(DatabaseError), transaction.atomic():
        WriteOff.objects.filter(pk=proposal.pk).update(
            state="confirmed", decided_by=cast.manager, decided_at=NOW
        )
    assert confirm(proposal, cast.officer).state == "confirmed"


def test_write_off_is_decided_once(cast, xiuwen_fund, owed):
    proposal = propose(xiuwen_fund, owed, cast.officer)
    confirm(proposal, cast.manager)

    assert code(confirm, proposal, cast.second_officer) == "write_off_decided"
    with seeing_everything():
        assert code(write_offs.cancel, write_off=proposal, by=cast.officer, now=NOW) == "write_off_decided"
    assert balances(xiuwen_fund)["written_off"] == 1000


def test_dropped_proposal_books_nothing_and_lets_a_new_one_be_made(cast, xiuwen_fund, owed):
    proposal = propose(xiuwen_fund, owed, cast.officer)
    with seeing_everything():
        write_offs.cancel(write_off=proposal, by=cast.officer, now=NOW)

    assert code(confirm, proposal, cast.manager) == "write_off_decided"
    assert balances(xiuwen_fund)["written_off"] == 0
    assert propose(xiuwen_fund, owed, cast.officer).state == "proposed"


def test_money_that_comes_in_meanwhile_makes_the_proposal_void(cast, xiuwen_fund, owed):
    proposal = propose(xiuwen_fund, owed, cast.officer)
    with seeing_everything():
        recovery.recover(advance=owed[1], amount_fen=1, reference="R-1", by=cast.officer, now=NOW)

    assert code(confirm, proposal, cast.manager) == "open_changed"
    assert (read(proposal).state, balances(xiuwen_fund)["written_off"]) == ("proposed", 0)
    assert [read(each).written_off_fen for each in owed] == [0, 0]


def test_what_cannot_be_proposed(cast, xiuwen_fund, owed):
    other = pay(cast, amount_fen=300, liable_party=make_party("logistics", name="快达物流"))

    assert code(propose, xiuwen_fund, [], cast.officer) == "nothing_chosen"
    assert code(propose, xiuwen_fund, owed, cast.officer, reason=" x ") == "reason_missing"
    assert code(propose, xiuwen_fund, [owed[0], other], cast.officer) == "mixed_parties"
    elsewhere = fill("320324000000", cash_fen=1, entered_by=cast.manager, confirmed_by=cast.officer)
    assert code(propose, elsewhere, owed, cast.officer) == "mixed_parties"
    propose(xiuwen_fund, [owed[0]], cast.officer)
    assert code(propose, xiuwen_fund, owed, cast.officer) == "already_proposed"
    with seeing_everything():
        recovery.recover(advance=owed[1], amount_fen=400, reference="R-1", by=cast.officer, now=NOW)
    assert code(propose, xiuwen_fund, [owed[1]], cast.officer) == "not_open"


def test_late_money_needs_the_counter_entry_first(cast, xiuwen_fund, owed):
    confirm(propose(xiuwen_fund, owed, cast.officer), cast.manager)
    late = {"advance": owed[0], "amount_fen": 600, "reference": "R-9", "by": cast.officer, "now": NOW}
    with seeing_everything():
        assert code(recovery.recover, **late) == "over_open"
        assert (
            code(reversals.reverse, movement=owed[0].movement, note="bounced", by=cast.manager, now=NOW)
            == "recovered_meanwhile"
        )
        booked = Movement.objects.get(kind="write_off", settles=owed[0])
        reversals.reverse(movement=booked, note="paid after all", by=cast.manager, now=NOW)
        again = code(reversals.reverse, movement=booked, note="twice", by=cast.manager, now=NOW)

        assert (again, read(owed[0]).open_fen) == ("already_booked", 600)
        recovery.recover(**late)
    sums = balances(xiuwen_fund)
    assert (sums["cash"], sums["advances"], sums["written_off"]) == (99_600, 0, 400)


def test_lines_of_a_decided_write_off_stay(cast, xiuwen_fund, owed):
    proposal = propose(xiuwen_fund, owed, cast.officer)
    confirm(proposal, cast.manager)

    with seeing_everything():
        lines = WriteOffLine.objects.filter(write_off=proposal)
        for change in (lambda: lines.update(amount_fen=1), lambda: lines.delete()):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()
        assert sorted(lines.values_list("amount_fen", flat=True)) == [400, 600]


def test_choice_leaves_out_what_waits_already(cast, xiuwen_fund, owed):
    old = pay(cast, amount_fen=100, now=NOW - timedelta(days=40), liable_party=owed[0].party)
    propose(xiuwen_fund, [owed[0]], cast.officer)

    with acting_as(cast.officer):
        assert list(fund_books.can_be_written_off(xiuwen_fund, owed[0].party_id)) == [old, owed[1]]
        assert list(fund_books.write_offs_to_confirm(cast.officer)) == []
    with acting_as(cast.manager):
        assert [each.amount_fen for each in fund_books.write_offs_to_confirm(cast.manager)] == [600]
    with acting_as(cast.suining_manager):
        assert list(fund_books.write_offs_to_confirm(cast.suining_manager)) == []
