"""Money that comes into the fund, entered and confirmed in the admin."""

import pytest
from django.urls import reverse

from claims.models import Advance, Deposit, Movement
from tests.factories import make_fund, seeing_everything

ADD = reverse("admin:claims_deposit_add")
DEPOSITS = reverse("admin:claims_deposit_changelist")
ADVANCES = reverse("admin:claims_advance_changelist")


def told(response):
    return [str(message) for message in response.context["messages"]]


def act(client, url, action, row, **values):
    given = {f"with-{name}": value for name, value in values.items()}
    chosen = {"action": action, "_selected_action": row.pk, "apply": "1"}
    return client.post(f"{url}?state=all", {**chosen, **given}, follow=True)


def enter(client, fund, amount="5000", reference="农商行 0031"):
    return client.post(ADD, {"fund": fund.pk, "amount_fen": amount, "reference": reference})


def deposits():
    with seeing_everything():
        return list(Deposit.objects.order_by("id").values_list("amount_fen", "reference", "state"))


def test_one_person_enters_and_another_confirms(as_user, cast):
    fund = make_fund("520123000000", cash_fen=0)

    entered = enter(as_user("manager"), fund)
    with seeing_everything():
        deposit = Deposit.objects.get()
    by_the_same = act(as_user("manager"), DEPOSITS, "confirm", deposit)
    assert deposits() == [(500_000, "农商行 0031", "proposed")]
    assert "a second person has to confirm" in told(by_the_same)[1]

    with seeing_everything():
        Deposit.objects.update(proposed_by=cast.suining_manager)
    by_another = act(as_user("manager"), DEPOSITS, "confirm", deposit)

    assert entered.status_code == 302
    assert told(by_another) == ["Confirm that the money is there: 1 done."]
    assert deposits() == [(500_000, "农商行 0031", "confirmed")]


@pytest.mark.parametrize(
    ("amount", "reference"),
    [
        ("", "x"),
        ("0", "x"),
        ("-1", "x"),
        ("1.005", "x"),
        ("NaN", "x"),
        ("1e9", "x"),
        ("1,000", "x"),
        ("5", ""),
    ],
)
def test_what_cannot_be_booked_is_not_entered(as_user, cast, amount, reference):
    fund = make_fund("520123000000")

    response = enter(as_user("manager"), fund, amount, reference)

    assert (response.status_code, deposits()) == (200, [])


def test_a_reference_is_used_once(as_user, cast):
    fund = make_fund("520123000000")
    client = as_user("manager")
    enter(client, fund)

    again = enter(client, fund)

    assert (again.status_code, len(deposits())) == (409, 1)
    assert "has been entered already" in again.content.decode()


def test_only_funds_in_reach_are_on_offer_and_taken(as_user, cast):
    own, foreign = make_fund("520123000000"), make_fund("320324000000")
    client = as_user("manager")

    page = client.get(ADD)
    response = enter(client, foreign)

    assert own.name in page.content.decode() and foreign.name not in page.content.decode()
    assert (response.status_code, deposits()) == (200, [])


@pytest.mark.parametrize(("who", "may"), [("manager", True), ("officer", False), ("platform", False)])
def test_who_enters_deposits(as_user, cast, who, may):
    make_fund("520123000000")

    response = as_user(who).get(ADD)

    assert response.status_code == (200 if may else 403)


def test_a_deposit_is_crossed_out(as_user, cast, ours):
    act(as_user("manager"), DEPOSITS, "cancel", ours.deposit)

    assert [state for *_, state in deposits()] == ["cancelled"]


def test_an_officer_books_what_came_back(as_user, cast, ours):
    client = as_user("officer")

    part = act(client, ADVANCES, "recover", ours.advance, amount_fen="30", reference="R-1")
    rest = act(client, ADVANCES, "recover", ours.advance, amount_fen="", reference="R-2")
    more = act(client, ADVANCES, "recover", ours.advance, amount_fen="", reference="R-3")

    with seeing_everything():
        advance = Advance.objects.get(pk=ours.advance.pk)
        booked = list(Movement.objects.filter(settles=advance).order_by("id").values_list("amount_fen"))
    assert (told(part), told(rest)) == (["Book what was paid back: 1 done."],) * 2
    assert "Nothing is open" in told(more)[1] and ours.paid.claim.number in told(more)[1]
    assert (advance.open_fen, booked) == (0, [(3_000,), (5_000,)])


def test_more_than_is_open_is_refused(as_user, cast, ours):
    response = act(as_user("officer"), ADVANCES, "recover", ours.advance, amount_fen="80.01", reference="R-1")

    with seeing_everything():
        assert Advance.objects.get(pk=ours.advance.pk).recovered_fen == 0
    assert "No more can be recovered" in told(response)[1]


def test_foreign_deposits_and_advances_are_out_of_reach(as_user, cast, ours, theirs):
    client = as_user("manager")

    act(client, DEPOSITS, "confirm", theirs.deposit)
    act(client, DEPOSITS, "cancel", theirs.deposit)
    act(client, ADVANCES, "recover", theirs.advance, amount_fen="", reference="R-1")

    with seeing_everything():
        assert Deposit.objects.get(pk=theirs.deposit.pk).state == "proposed"
        assert Advance.objects.get(pk=theirs.advance.pk).recovered_fen == 0


def test_lists_start_with_what_waits(as_user, cast, ours):
    client = as_user("manager")
    act(client, DEPOSITS, "cancel", ours.deposit)

    waiting = client.get(DEPOSITS).context["cl"].result_count
    all_of_them = client.get(f"{DEPOSITS}?state=all").context["cl"].result_count
    owing = client.get(ADVANCES).context["cl"].filter_specs[1].lookup_choices

    assert (waiting, all_of_them) == (0, 1)
    assert [name for _key, name in owing] == ["merchant 1"]
