"""The county's pages about providers, and those of a provider's own account."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.accounts.roles import Role
from claims.models import Contract, ProviderOrder
from claims.services import provider_orders
from stations.models import ProviderDesk
from tests.claims.providers.order_cases import MONDAY_TWO, again, make_desk, make_visit, offer, states
from tests.factories import NOW, give, make_user, seeing_everything

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    return answer.content.decode()


def test_the_providers_stand_in_the_order_to_ask_them_with_fee_and_reasons(
    cast, visit, workshop, second, door
):
    with seeing_everything():
        type(workshop.provider).objects.filter(pk=second.provider_id).update(grade="C")

    page = door(cast.officer).get(f"/claims/visits/{visit.pk}/offer/")

    text = words(page)
    assert page.status_code == 200
    assert text.index("1. 广城家电维修部") < text.index("六广电器行")
    for said in ("¥80.00", "provider of grade A · orders in hand: 0", "the provider has grade C"):
        assert said in text
    assert text.count('type="radio"') == 1


def test_offering_shows_the_link_once(cast, visit, workshop, door):
    browser = door(cast.officer)

    answer = browser.post(f"/claims/visits/{visit.pk}/offer/", {"provider": workshop.provider_id})
    later = browser.get(f"/claims/visits/{visit.pk}/offer/")

    with seeing_everything():
        order = ProviderOrder.objects.get()
    link = answer.context["address"]
    assert (answer.status_code, link.startswith("http://testserver/p/")) == (200, True)
    assert order.token_hash not in words(answer)
    assert link not in words(later)
    assert door().get(link).status_code == 200


def test_without_a_choice_nothing_is_offered_and_a_foreign_provider_is_no_choice(cast, visit, workshop, door):
    browser = door(cast.officer)

    empty = browser.post(f"/claims/visits/{visit.pk}/offer/", {"reason": "再问一次"})
    foreign = browser.post(f"/claims/visits/{visit.pk}/offer/", {"provider": "999999"})
    odd = browser.post(f"/claims/visits/{visit.pk}/offer/", {"provider": "x' OR 1=1"})

    assert [answer.status_code for answer in (empty, foreign, odd)] == [200, 200, 200]
    assert 'value="再问一次"' in words(empty)
    assert states(visit) == []


def test_an_order_is_taken_back_with_a_reason_and_gets_a_new_link(cast, visit, workshop, door):
    order, token = offer(cast, visit, workshop)
    browser, url = door(cast.officer), f"/claims/provider-orders/{order.pk}/"

    linked = browser.post(url, {"link": "1"})
    old, new = door().get(f"/p/{token}/"), door().get(linked.context["address"])
    bare = browser.post(url, {"note": ""})
    done = browser.post(url, {"note": "消费者改期"})
    stale = browser.post(url, {"link": "1"})

    assert (old.status_code, new.status_code) == (404, 200)
    assert (bare.status_code, done.status_code, stale.status_code) == (200, 302, 409)
    assert done.url == f"/claims/visits/{visit.pk}/offer/"
    assert again(order).state == "withdrawn"


def test_the_list_shows_what_waits_first_and_everything_when_asked(
    cast, visit, workshop, second, door, django_assert_max_num_queries
):
    order, _token = offer(cast, visit, workshop)
    provider_orders.decline(order=order, reason="too_far", by=None, now=NOW)
    browser = door(cast.officer)

    waiting = words(browser.get("/claims/provider-orders/"))
    everything = words(browser.get("/claims/provider-orders/?state="))
    declined = words(browser.get("/claims/provider-orders/?state=declined"))
    nonsense = browser.get("/claims/provider-orders/?state=%27&cursor=zzz")

    assert ("六广电器行" in waiting, "广城家电维修部" in waiting) == (True, False)
    assert ("六广电器行" in everything, "广城家电维修部" in everything) == (True, True)
    assert ("六广电器行" in declined, "广城家电维修部" in declined) == (False, True)
    assert nonsense.status_code in (200, 302)
    browser.get("/claims/provider-orders/?state=")
    with django_assert_max_num_queries(9):
        browser.get("/claims/provider-orders/?state=")


def test_the_manager_writes_a_contract_down_with_its_fees(cast, door):
    browser = door(cast.manager)
    given = {
        "provider": "黔山家电服务部",
        "number": "XW-服-01",
        "station": cast.xiuwen_centre.pk,
        "valid_from": "2026-11-20",
        "valid_until": "2027-11-19",
        "weekdays": ["0", "2", "6"],
        "seats": "2",
        "answer_minutes": "60",
    }

    empty = browser.post("/claims/contracts/new/", {"number": "XW-服-01"})
    nonsense = browser.post("/claims/contracts/new/", {**given, "valid_from": "31.2.2026", "seats": "99"})
    made = browser.post("/claims/contracts/new/", given)
    twice = browser.post("/claims/contracts/new/", given)
    with seeing_everything():
        contract = Contract.objects.get()
    url = f"/claims/contracts/{contract.pk}/"
    fee = browser.post(
        url,
        {
            "visit_kind": "repair",
            "base_fen": "80",
            "free_km": "3",
            "per_km_fen": "2",
            "after_hours_permille": "30",
            "vain_permille": "40",
        },
    )
    no_fee = browser.post(url, {"visit_kind": "repair", "base_fen": "-3", "vain_permille": "400"})

    assert [each.status_code for each in (empty, nonsense, made, twice, fee, no_fee)] == [
        200,
        200,
        302,
        409,
        302,
        200,
    ]
    assert 'value="XW-服-01"' in words(empty)
    with seeing_everything():
        assert list(
            contract.fee_lines.values_list(
                "base_fen", "free_km", "per_km_fen", "after_hours_permille", "vain_permille"
            )
        ) == [(8000, 3, 200, 300, 400)]
    assert ("¥80.00" in words(browser.get(url)), "+30%" in words(browser.get(url))) == (True, True)


def test_an_officer_reads_contracts_and_changes_none(cast, workshop, door):
    browser = door(cast.officer)
    url = f"/claims/contracts/{workshop.pk}/"

    page = words(browser.get(url))
    refused = [
        browser.post(url, {"visit_kind": "pickup", "base_fen": "1"}).status_code,
        browser.get("/claims/contracts/new/").status_code,
        browser.get(f"{url}end/").status_code,
        browser.get(f"{url}account/").status_code,
    ]

    assert ("广城家电维修部" in page, "Add a fee" in page) == (True, False)
    assert refused == [404, 403, 403, 403]


def test_an_account_is_opened_with_a_password_shown_once(cast, workshop, door):
    browser = door(cast.manager)
    url = f"/claims/contracts/{workshop.pk}/account/"

    empty = browser.post(url, {"full_name": "蒙师傅"})
    made = browser.post(url, {"full_name": "蒙师傅", "username": "shifu"})
    twice = browser.post(url, {"full_name": "蒙师傅", "username": "shifu"})
    with seeing_everything():
        desk = ProviderDesk.objects.select_related("user").get()
    password = made.context["password"]
    signed_in = door().post("/account/sign-in/", {"username": "shifu", "password": password})

    assert (empty.status_code, made.status_code, twice.status_code) == (200, 200, 409)
    assert password in words(made)
    assert password not in words(browser.get(f"/claims/contracts/{workshop.pk}/"))
    assert (signed_in.status_code, desk.provider_id) == (302, workshop.provider_id)
    assert browser.post(f"/claims/provider-accounts/{desk.pk}/close/", {"reason": ""}).status_code == 200
    assert (
        browser.post(f"/claims/provider-accounts/{desk.pk}/close/", {"reason": "不再合作"}).status_code == 302
    )
    assert again(desk).closed_at is not None


def test_an_account_sees_its_own_orders_in_its_own_county_alone(cast, visit, workshop, second, door):
    user = make_desk(workshop, by=cast.manager)
    other = make_visit(cast, phone="13985123457")
    mine, _token = offer(cast, visit, workshop)
    theirs, _token = offer(cast, other, second)
    browser = door(user)

    landing = browser.get(reverse("accounts:landing"), follow=True)
    home = words(browser.get("/claims/provider/"))
    own = browser.get(f"/claims/provider/orders/{mine.pk}/")
    foreign = browser.get(f"/claims/provider/orders/{theirs.pk}/")
    missing = browser.get("/claims/provider/orders/987654/")

    assert landing.redirect_chain[-1][0] == "/claims/provider/"
    assert (f"orders/{mine.pk}/" in home, f"orders/{theirs.pk}/" in home) == (True, False)
    assert [each.status_code for each in (own, foreign, missing)] == [200, 404, 404]
    assert browser.post(f"/claims/provider/orders/{theirs.pk}/", {"step": "accept"}).status_code == 404
    assert again(theirs).state == "offered"


def test_an_account_accepts_in_its_own_name_and_past_orders_name_nobody(cast, visit, workshop, door):
    user = make_desk(workshop, by=cast.manager)
    order, _token = offer(cast, visit, workshop)
    browser, url = door(user), f"/claims/provider/orders/{order.pk}/"

    browser.post(url, {"step": "accept"})
    looked = words(browser.post(url, {"step": "reveal"}))
    with time_machine.travel(MONDAY_TWO, tick=False):
        door(user).post(url, {"step": "fail", "failure": "nobody_home"})
    ended = browser.get(url)
    past = words(browser.get("/claims/provider/past/"))

    assert again(order).answered_by == user
    assert ("龙兴旺" in looked, "13985123456" in looked) == (True, True)
    assert (ended.status_code, "¥24.00" in words(ended)) == (200, True)
    for page in (words(ended), past):
        words_of_others = ("龙兴旺", "13985123456", "晒谷场", "龙**", "不脱水")
        assert [word for word in words_of_others if word in page] == []


def test_an_account_without_a_desk_or_with_a_closed_one_is_shown_nothing(cast, visit, workshop, door):
    order, _token = offer(cast, visit, workshop)
    lost = make_user("lost", full_name="无主")
    give(lost, Role.PROVIDER, region=workshop.county_code)
    closed = make_desk(workshop, username="closed", by=cast.manager)
    with seeing_everything():
        ProviderDesk.objects.filter(user=closed).update(closed_at=NOW)

    answers = [
        door(user).get(url).status_code
        for user in (lost, closed)
        for url in ("/claims/provider/", "/claims/provider/past/", f"/claims/provider/orders/{order.pk}/")
    ]

    assert set(answers) == {403}


def test_the_pages_of_an_account_read_no_row_each(cast, workshop, door):
    user = make_desk(workshop, by=cast.manager)
    type(workshop)._base_manager.filter(pk=workshop.pk).update(seats=8)
    browser = door(user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get("/claims/provider/")
        return len(seen)

    offer(cast, make_visit(cast, phone="13985123460"), workshop)
    browser.get("/claims/provider/")
    one = queries()
    for number in range(4):
        offer(cast, make_visit(cast, phone=f"1398512347{number}"), workshop)

    assert queries() == one
