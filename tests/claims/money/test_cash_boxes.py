"""Cash at a station: filled and emptied by two persons, paid from, counted, handed over."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.lib.errors import Refused
from claims.models import CashFloat, Movement
from claims.queries import cash_boxes as reading
from claims.queries import invariants, payout_invariants
from claims.services import cash_boxes, compensation, fund
from stations.services import hand_over
from tests.claims.money.cases import XIUWEN, balances, choose, fill, proposed, read
from tests.claims.money.payout_cases import fill_box, in_box, open_box, paid
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=1_000_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert [*invariants.violations(), *payout_invariants.violations()] == []


def refusal(call, by, now=NOW, **fields) -> str:
    with acting_as(by), pytest.raises(Refused) as refused:
        call(by=by, now=now, **fields)
    return refused.value.code


def hand(box, amount_fen, by, direction="out") -> CashFloat:
    with acting_as(by):
        return cash_boxes.hand_over(box=box, direction=direction, amount_fen=amount_fen, by=by, now=NOW)


def count(box, counted_fen, by, reason="", now=NOW):
    with acting_as(by):
        return cash_boxes.count(box=box, counted_fen=counted_fen, reason=reason, by=by, now=now)


def test_cash_counts_once_the_second_person_has_it(cast, xiuwen_fund):
    box = open_box(cast)
    cash = hand(box, 5_000, cast.officer)
    assert in_box(box) == 0
    assert refusal(cash_boxes.receive, cast.officer, cash=cash) == "same_person"

    with acting_as(cast.agent):
        received = cash_boxes.receive(cash=cash, by=cast.agent, now=LATER)

    assert (received.state, received.received_by, received.received_at) == ("received", cast.agent, LATER)
    assert in_box(box) == 5_000
    assert balances(xiuwen_fund)["cash"] == 995_000
    assert read(box).keeper == cast.agent
    assert refusal(cash_boxes.receive, cast.agent, cash=cash) == "float_decided"
    assert refusal(cash_boxes.cancel, cast.officer, cash=cash) == "float_decided"


def test_two_persons_are_a_rule_of_the_table(cast, xiuwen_fund):
    cash = hand(open_box(cast), 5_000, cast.officer)

    with seeing_everything(), pytest.raises(IntegrityError), transaction.atomic():
        CashFloat.objects.filter(pk=cash.pk).update(state="received", received_by=cast.officer)


def test_cash_that_did_not_change_hands_is_crossed_out(cast, xiuwen_fund):
    box = open_box(cast)
    cash = hand(box, 5_000, cast.officer)

    with acting_as(cast.officer):
        gone = cash_boxes.cancel(cash=cash, by=cast.officer, now=NOW)

    assert gone.state == "cancelled"
    assert refusal(cash_boxes.receive, cast.agent, cash=cash) == "float_decided"
    assert in_box(box) == 0


def test_cash_goes_back_to_the_county(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=5_000)
    cash = hand(box, 3_000, cast.agent, "back")
    assert (
        refusal(cash_boxes.hand_over, cast.agent, box=box, direction="back", amount_fen=2_001) == "box_empty"
    )

    with acting_as(cast.officer):
        cash_boxes.receive(cash=cash, by=cast.officer, now=NOW)

    assert (in_box(box), balances(xiuwen_fund)["cash"]) == (2_000, 998_000)
    assert read(box).keeper == cast.agent


def test_a_box_holds_so_much_and_no_more(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=300_000)
    hand(box, 200_000, cast.officer)

    assert (
        refusal(cash_boxes.hand_over, cast.officer, box=box, direction="out", amount_fen=1) == "box_too_full"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount_fen": 0}, "amount_invalid"),
        ({"amount_fen": -5}, "amount_invalid"),
        ({"direction": "sideways"}, "direction_unknown"),
    ],
)
def test_handing_over_is_refused(cast, xiuwen_fund, fields, code):
    values = {"box": open_box(cast), "direction": "out", "amount_fen": 100, **fields}

    assert refusal(cash_boxes.hand_over, cast.officer, **values) == code


def test_a_fund_without_the_money_fills_no_box(cast, xiuwen_fund):
    for station in (cast.guangcheng, cast.liuguang, cast.fangmaping):
        cash = hand(open_box(cast, station=station), 400_000, cast.officer)
        if station == cast.fangmaping:
            break
        with seeing_everything():
            cash_boxes.receive(cash=cash, by=cast.agent, now=NOW)

    assert refusal(cash_boxes.receive, cast.uncertified, cash=cash) == "fund_empty"
    assert read(cash).state == "handed"


def test_one_box_for_a_station_of_the_own_county(cast, xiuwen_fund):
    open_box(cast)

    assert refusal(cash_boxes.open_box, cast.manager, station=cast.guangcheng) == "box_exists"
    assert refusal(cash_boxes.open_box, cast.manager, station=cast.chenlou) == "unknown_station"
    assert refusal(cash_boxes.open_box, cast.suining_manager, station=cast.chenlou) == "fund_missing"


def test_cash_is_paid_out_of_the_box(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=1_000)

    payout = paid(cast)

    assert (payout.state, in_box(box)) == ("handed_over", 400)
    assert balances(xiuwen_fund)["cash"] == 999_000
    with seeing_everything():
        assert Movement.objects.get(kind="advance").credit == box.account
        assert [(each.is_in, each.movement.kind) for each in reading.movements(box)] == [
            (False, "advance"),
            (True, "float"),
        ]


def test_an_empty_box_lets_a_refund_wait(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=599)
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    waiting = choose(proposal, by=cast.agent)

    assert waiting.state == "approved"
    assert refusal(compensation.execute, cast.agent, compensation=waiting) == "box_empty"
    fill_box(cast, box, 1)
    with acting_as(cast.agent):
        assert compensation.execute(compensation=waiting, by=cast.agent, now=NOW).state == "executed"
    assert in_box(box) == 0


def test_a_frozen_fund_pays_nothing_out_of_boxes(cast, xiuwen_fund):
    open_box(cast, amount_fen=1_000)
    with seeing_everything():
        fund.set_frozen(fund=xiuwen_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)

    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)

    assert waiting.state == "approved"
    assert refusal(compensation.execute, cast.agent, compensation=waiting) == "fund_frozen"


def test_a_count_that_agrees_needs_no_words(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=1_000)

    counted = count(box, 1_000, cast.agent, reason="not needed")

    assert (counted.book_fen, counted.difference_fen, counted.reason) == (1_000, 0, "")
    assert read(box).counted_at == NOW
    assert refusal(cash_boxes.book_difference, cast.officer, counted=counted) == "no_difference"


@pytest.mark.parametrize(
    ("counted_fen", "kind", "left"),
    [(950, "cash_short", 950), (1_020, "cash_over", 1_020), (0, "cash_short", 0)],
)
def test_a_difference_is_explained_and_booked_by_somebody_else(cast, xiuwen_fund, counted_fen, kind, left):
    box = open_box(cast, amount_fen=1_000)
    asked = {"box": box, "counted_fen": counted_fen}
    assert refusal(cash_boxes.count, cast.agent, **asked) == "reason_missing"
    assert refusal(cash_boxes.count, cast.agent, reason="?", **asked) == "reason_missing"
    counted = count(box, counted_fen, cast.agent, "Changed a note")
    assert in_box(box) == 1_000
    assert refusal(cash_boxes.book_difference, cast.agent, counted=counted) == "same_person"

    with acting_as(cast.officer):
        booked = cash_boxes.book_difference(counted=counted, by=cast.officer, now=LATER)

    assert (booked.booked_by, booked.booked_at, in_box(box)) == (cast.officer, LATER, left)
    assert balances(xiuwen_fund)[kind] == abs(1_000 - counted_fen)
    assert refusal(cash_boxes.book_difference, cast.officer, counted=counted) == "already_booked"


def test_only_the_last_count_is_booked(cast, xiuwen_fund):
    """Found twice, booked once: the same note is not missing two times."""
    box = open_box(cast, amount_fen=1_000)
    first = count(box, 900, cast.agent, "a note is missing")
    second = count(box, 900, cast.agent, "still missing", now=LATER)

    assert refusal(cash_boxes.book_difference, cast.officer, counted=first) == "not_last_count"
    with acting_as(cast.officer):
        cash_boxes.book_difference(counted=second, by=cast.officer, now=LATER)
    assert in_box(box) == 900


@pytest.mark.parametrize(
    ("amount_fen", "counted_days_ago", "is_late"),
    [(1_000, None, True), (0, None, False), (1_000, 0, False), (1_000, 1, False), (1_000, 2, True)],
)
def test_a_box_with_money_is_counted_every_day(cast, xiuwen_fund, amount_fen, counted_days_ago, is_late):
    box = open_box(cast, amount_fen=amount_fen)
    if counted_days_ago is not None:
        count(box, amount_fen, cast.agent, now=LATER - timedelta(days=counted_days_ago))

    with seeing_everything():
        (state,) = reading.states(reading.boxes(xiuwen_fund), LATER)

    assert (state.balance_fen, state.days_uncounted, state.is_late) == (
        amount_fen,
        counted_days_ago,
        is_late,
    )


def test_whoever_leaves_hands_the_box_over_counted(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=1_000)
    with seeing_everything():
        other = cast.technician.agent
    asked = {"agent": cast.agent.agent, "kind": "cash", "to": other, "by": cast.manager, "now": NOW}
    with acting_as(cast.manager):
        work = {each.kind: each.count for each in hand_over.open_work(cast.agent.agent)}
        assert work["cash"] == 1
        with pytest.raises(Refused) as refused:
            hand_over.assign(**asked)
    assert refused.value.code == "count_first"
    count(box, 1_000, cast.agent)

    with acting_as(cast.manager):
        assert hand_over.assign(**asked) == 1

    assert read(box).keeper == cast.technician


def test_nobody_from_elsewhere_keeps_a_box(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=1_000)
    count(box, 1_000, cast.agent)

    asked = {"boxes": [box], "to": cast.neighbour}
    assert refusal(cash_boxes.give_to_keeper, cast.manager, **asked) == "keeper_unfit"


def test_a_box_of_another_county_does_not_exist(cast, xiuwen_fund):
    box = open_box(cast, amount_fen=1_000)

    assert refusal(cash_boxes.count, cast.suining_manager, box=box, counted_fen=1) == "unknown_box"
