"""The fund page and the receipt: what people see, and what their forms do."""

import re

import pytest

from claims.models import Advance, Deposit, Fund, Movement
from claims.services import reversals
from tests.claims.money.cases import XIUWEN, balances, choose, fill, proposed, read
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
PAGE = f"/claims/fund/{XIUWEN}/"


@pytest.fixture(autouse=True)
def _on_that_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=1_000_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture
def paid(cast, xiuwen_fund):
    return choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)


def at(client, user):
    client.force_login(user)
    return client


def words(response) -> str:
    text = re.sub(r"<(style|script|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_fund_page_is_for_those_who_keep_or_watch_it(client, cast, xiuwen_fund):
    answers = {
        "manager": 200,
        "officer": 200,
        "platform": 200,
        "supervisor": 200,
        "agent": 403,
        "technician": 403,
        "trainer": 403,
        "regulator": 403,
        "administrator": 403,
        "suining_manager": 404,
    }

    assert {who: at(client, getattr(cast, who)).get(PAGE).status_code for who in answers} == answers


def test_fund_page_shows_balance_who_owes_and_the_movements(client, cast, paid):
    response = at(client, cast.manager).get(PAGE)

    text = words(response)
    assert "¥9,994.00" in text
    assert response.context["overview"].open_fen == 600
    assert [movement.kind for movement in response.context["movements"]] == ["advance", "deposit"]
    assert paid.claim.number in text
    assert paid.claim.liable_party.name in text


def test_low_and_frozen_funds_say_so(client, cast, xiuwen_fund):
    with seeing_everything():
        Fund.objects.update(low_balance_fen=1_000_001)
    assert 'class="note tone-warn"' in at(client, cast.manager).get(PAGE).content.decode()

    client.post(f"{PAGE}freeze/", {"reason": "yearly audit"})
    page = client.get(PAGE).content.decode()
    assert read(xiuwen_fund).is_frozen
    assert 'class="note tone-bad"' in page
    assert at(client, cast.officer).post(f"{PAGE}freeze/", {"reason": "go on"}).status_code == 403


def test_deposit_goes_through_two_people(client, cast, xiuwen_fund):
    entered = at(client, cast.manager).post(PAGE, {"amount_fen": "¥5,00", "reference": "B-2"})
    assert (entered.status_code, entered.context["deposit_form"].errors.keys()) == (200, {"amount_fen"})
    assert client.post(PAGE, {"amount_fen": "５００.5", "reference": "B-2"}).status_code == 302
    assert client.post(PAGE, {"amount_fen": "1", "reference": "B-2"}).status_code == 409

    with seeing_everything():
        deposit = Deposit.objects.get(reference="B-2")
    confirm = f"/claims/deposits/{deposit.pk}/confirm/"
    assert client.get(confirm).status_code == 405
    assert client.post(f"/claims/deposits/{deposit.pk}/undo/").status_code == 404
    assert at(client, cast.agent).post(confirm).status_code == 403
    assert at(client, cast.suining_manager).post(confirm).status_code == 404
    assert balances(xiuwen_fund)["cash"] == 1_000_000

    at(client, cast.officer).post(confirm)
    assert (read(deposit).state, balances(xiuwen_fund)["cash"]) == ("confirmed", 1_050_050)


def test_who_entered_a_deposit_is_not_offered_to_confirm_it(client, cast, xiuwen_fund):
    at(client, cast.manager).post(PAGE, {"amount_fen": "1", "reference": "B-2"})
    with seeing_everything():
        confirm = f"/claims/deposits/{Deposit.objects.get(reference='B-2').pk}/confirm/"

    assert confirm not in client.get(PAGE).content.decode()
    assert confirm in at(client, cast.officer).get(PAGE).content.decode()


def test_recovery_is_booked_from_the_list_of_what_is_owed(client, cast, paid):
    with seeing_everything():
        advance = Advance.objects.get()
    address = f"/claims/advances/{advance.pk}/recover/"
    listed = at(client, cast.officer).get(f"{PAGE}owed/?party={advance.party_id}")
    assert address in listed.content.decode()
    assert client.get(f"{PAGE}owed/?party=none").context["list_page"].rows == []

    assert client.get(address).context["form"].initial == {"amount_fen": 600}
    assert client.post(address, {"amount_fen": "6.01", "reference": "R-1"}).status_code == 409
    assert client.post(address, {"amount_fen": "6", "reference": "R-1"}).status_code == 302
    assert read(advance).open_fen == 0
    assert at(client, cast.supervisor).get(address).status_code == 403
    assert at(client, cast.suining_officer).get(address).status_code == 404


def test_movement_is_taken_back_with_a_reason_by_the_manager_alone(client, cast, paid):
    with seeing_everything():
        movement = Movement.objects.get(kind="advance")
    address = f"/claims/movements/{movement.pk}/reverse/"
    assert at(client, cast.officer).get(address).status_code == 403
    assert at(client, cast.suining_manager).get(address).status_code == 404

    at(client, cast.manager)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 200
    assert client.post(address, {"reason": "transfer bounced"}).status_code == 302
    assert read(paid).state == "voided"
    assert client.post(address, {"reason": "transfer bounced"}).status_code == 409
    assert [address in client.get(page).content.decode() for page in (PAGE, f"{PAGE}movements/")] == [
        False
    ] * 2


def test_queries_of_the_fund_page_do_not_grow(client, cast, paid, django_assert_max_num_queries):
    for _each in range(5):
        choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    at(client, cast.manager)

    with django_assert_max_num_queries(12):
        client.get(PAGE)


def test_slip_gives_the_villager_the_number_and_no_name(client, cast, paid):
    claim = paid.claim

    response = at(client, cast.agent).get(f"/claims/{claim.number}/slip/", {"paper": "slip"})

    text = words(response)
    assert claim.number in text and cast.guangcheng.name in text and claim.order_line.product in text
    assert claim.consumer.phone_masked in text and claim.consumer.clear_name() not in text
    assert response.context["track_url"] == f"http://testserver/track/?number={claim.number}"
    assert f"/claims/{claim.number}/slip/" in client.get(f"/claims/{claim.number}/").content.decode()


def receipt(client, number, **query):
    return client.get(f"/claims/{number}/receipt/", query)


def test_receipt_says_what_was_paid_and_how_it_came_about(client, cast, paid):
    response = receipt(at(client, cast.agent), paid.claim.number)

    text = words(response)
    consumer = paid.claim.consumer
    for part in (
        paid.receipt_number,
        "2026-11-20 10:30",
        cast.guangcheng.name,
        f"{consumer.name_masked} {consumer.phone_masked}",
        paid.claim.order_line.product,
        "¥40.00",
        "¥6.00",
        "人民币陆元整",
    ):
        assert part in text
    assert consumer.clear_name() not in text
    assert consumer.clear_phone() not in text
    assert response.context["track_url"] == f"http://testserver/track/?number={paid.claim.number}"


def test_receipt_fits_the_paper_that_was_asked_for(client, cast, paid):
    at(client, cast.agent)
    bodies = [
        receipt(client, paid.claim.number, paper=asked).content.decode() for asked in ("", "slip", "<b>")
    ]

    papers = [re.search(r'<body class="paper (\w+)"', body)[1] for body in bodies]
    assert papers == ["sheet", "slip", "sheet"]


def test_receipts_of_coupons_and_goods(client, cast):
    coupon = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="coupon")
    goods = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="reship")
    at(client, cast.agent)

    texts = [words(receipt(client, each.claim.number)) for each in (coupon, goods)]

    assert "¥6.60" in texts[0]
    assert read(coupon).coupon.code in texts[0]
    assert "人民币" not in "".join(texts)
    assert "3 " in texts[1]


def test_no_receipt_before_it_is_carried_out_nor_for_the_neighbour(client, cast, paid):
    open_claim = proposed(cast.guangcheng, filed_by=cast.agent).claim

    assert receipt(at(client, cast.agent), open_claim.number).status_code == 404
    assert receipt(client, paid.claim.number, round="2").status_code == 404
    assert receipt(client, paid.claim.number, round="1").status_code == 200
    assert receipt(at(client, cast.neighbour), paid.claim.number).status_code == 404
    assert receipt(at(client, cast.trainer), paid.claim.number).status_code == 403


def test_receipt_of_a_payout_that_was_taken_back_says_so(client, cast, paid):
    with seeing_everything():
        reversals.reverse(
            movement=Movement.objects.get(kind="advance"), note="bounced", by=cast.manager, now=NOW
        )

    response = receipt(at(client, cast.agent), paid.claim.number)

    assert response.context["is_taken_back"]
    assert 'class="stamp"' in response.content.decode()


def test_officer_takes_an_approval_back_that_was_not_carried_out(client, cast):
    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    address = f"/claims/{waiting.claim.number}/revoke/"
    assert at(client, cast.agent).get(address).status_code == 403
    assert at(client, cast.suining_officer).get(address).status_code == 404

    at(client, cast.officer)
    assert address in client.get(f"/claims/{waiting.claim.number}/payout/").content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "no"}).status_code == 200
    assert client.post(address, {"reason": "counted wrongly"}).status_code == 302
    assert read(waiting).state == "voided"
    assert client.post(address, {"reason": "counted wrongly"}).status_code == 404
