"""Payments of liable parties over several advances, and advances that another party owes."""

from datetime import timedelta

import pytest

from claims.models import BankReceipt, Claim, Movement
from claims.queries import invariants
from claims.services import recovery, reversals
from tests.claims.money.cases import balances
from tests.claims.recovery.cases import again, decide, dispute, owed, pay, receive, recover, refusal
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db


def violations() -> list[str]:
    with seeing_everything():
        return list(invariants.violations())


def back(movement, by):
    with seeing_everything():
        return reversals.reverse(movement=movement, note="booked twice", by=by, now=NOW)


def test_one_payment_settles_the_oldest_advances_first(cast, xiuwen_fund, orchard, courier):
    new = pay(cast, amount_fen=300, party=orchard, now=NOW + timedelta(minutes=9))
    old = pay(cast, amount_fen=600, party=orchard)
    other = pay(cast, amount_fen=500, party=courier)

    receipt = receive(xiuwen_fund, orchard, 700, by=cast.officer)

    assert receipt.parts == [[old.pk, 600], [new.pk, 100]]
    assert [again(each).open_fen for each in (old, new, other)] == [0, 200, 500]
    assert owed(xiuwen_fund) == {"果园电商": 200, "山路快运": 500}
    assert balances(xiuwen_fund)["cash"] == 100_000 - 1400 + 700
    with seeing_everything():
        booked = Movement.objects.filter(kind="recovery").order_by("id")
        assert [(each.settles_id, each.amount_fen, each.note) for each in booked] == [
            (old.pk, 600, "B-9"),
            (new.pk, 100, "B-9"),
        ]
    assert violations() == []


def test_a_payment_counts_once_and_never_above_what_is_open(cast, xiuwen_fund, orchard, courier):
    advance = pay(cast, amount_fen=600, party=orchard)
    first = receive(xiuwen_fund, orchard, 400, by=cast.officer)

    assert receive(xiuwen_fund, orchard, 400, by=cast.manager) == first
    given = {"fund": xiuwen_fund, "by": cast.officer}
    book = recovery.book_receipt
    assert refusal(book, party=orchard, amount_fen=399, reference="B-9", **given) == "reference_used"
    assert refusal(book, party=courier, amount_fen=400, reference="B-9", **given) == "reference_used"
    assert refusal(book, party=orchard, amount_fen=201, reference="B-10", **given) == "over_open"
    assert refusal(book, party=orchard, amount_fen=0, reference="B-10", **given) == "amount_invalid"
    assert refusal(book, party=orchard, amount_fen=1, reference=" ", **given) == "reference_missing"
    single = {"advance": advance, "amount_fen": 200, "by": cast.officer}
    assert refusal(recovery.recover, reference="B-9", **single) == "key_used"
    assert again(advance).open_fen == 200

    recover(advance, 100, by=cast.officer, reference="R-7")
    assert refusal(book, party=orchard, amount_fen=100, reference="R-7", **given) == "reference_used"
    with seeing_everything():
        assert BankReceipt.objects.count() == 1


def test_parts_that_are_not_those_that_were_shown_are_not_booked(cast, xiuwen_fund, orchard):
    advance = pay(cast, amount_fen=600, party=orchard)
    shown = [[advance.pk, 500]]
    recover(advance, 300, by=cast.officer)

    given = {"fund": xiuwen_fund, "party": orchard, "reference": "B-9", "by": cast.officer}
    assert refusal(recovery.book_receipt, amount_fen=250, expected=shown, **given) == "plan_changed"
    assert receive(xiuwen_fund, orchard, 250, by=cast.officer, expected=[[advance.pk, 250]]).amount_fen == 250


def test_an_advance_without_a_party_gets_one(cast, xiuwen_fund, orchard, courier):
    advance = pay(cast, amount_fen=600, party=orchard)
    nobody = pay(cast, amount_fen=600, party=None)

    given = {"party": courier, "by": cast.officer}
    assert refusal(recovery.name_party, advance=nobody, reason=" ", **given) == "reason_missing"
    assert refusal(recovery.name_party, advance=advance, reason="by the label", **given) == "party_known"
    with seeing_everything():
        moved = recovery.name_party(advance=nobody, reason="by the label", now=NOW, **given)

    assert (moved.kind, moved.amount_fen, moved.settles_id) == ("moved", 600, nobody.pk)
    assert owed(xiuwen_fund) == {"果园电商": 600, "": 0, "山路快运": 600}
    assert again(nobody).party == courier
    with seeing_everything():
        assert Claim.objects.get(pk=nobody.claim_id).liable_party == courier
    assert violations() == []


def test_what_one_party_paid_stays_with_it_when_another_owes_the_rest(cast, xiuwen_fund, orchard, courier):
    advance = pay(cast, amount_fen=600, party=orchard)
    paid = recover(advance, 250, by=cast.officer)
    decide(dispute(advance, by=cast.officer), "party_changed", new_party=courier, by=cast.manager)

    assert owed(xiuwen_fund) == {"果园电商": 0, "山路快运": 350}
    recover(again(advance), 50, by=cast.officer, reference="R-2")
    assert owed(xiuwen_fund) == {"果园电商": 0, "山路快运": 300}

    with seeing_everything():
        moved = Movement.objects.get(kind="moved")
        late = Movement.objects.get(kind="recovery", note="R-2")
    given = {"note": "booked twice", "by": cast.manager}
    assert refusal(reversals.reverse, movement=paid, **given) == "moved_meanwhile"
    assert refusal(reversals.reverse, movement=advance.movement, **given) == "moved_meanwhile"
    assert refusal(reversals.reverse, movement=moved, **given) == "recovered_meanwhile"

    back(late, cast.manager)
    back(moved, cast.manager)
    back(paid, cast.manager)
    assert owed(xiuwen_fund) == {"果园电商": 600, "山路快运": 0}
    assert (again(advance).party, again(advance).open_fen) == (orchard, 600)
    back(advance.movement, cast.manager)
    assert owed(xiuwen_fund) == {"果园电商": 0, "山路快运": 0}
    assert violations() == []
