"""Pages of cash boxes: opened and filled by the county, received and counted at the station."""

import pytest
from django.urls import reverse

from claims.models import CashBox, CashCount, CashFloat
from tests.claims.money.cases import XIUWEN, fill, read
from tests.claims.money.payout_cases import in_box, open_box
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def act(browser, box, step, **fields):
    return browser.post(reverse("claims:cash_box_act", args=[box.pk, step]), fields)


def test_from_an_empty_list_to_cash_in_the_box(cast, door):
    url = reverse("claims:cash_box_list", args=[XIUWEN])
    assert "No station has a cash box" in door(cast.officer).get(url).content.decode()

    opened = door(cast.manager).post(url, {"station": cast.guangcheng.pk})
    with seeing_everything():
        box = CashBox.objects.get()
    assert opened.url == reverse("claims:cash_box", args=[box.pk])
    assert act(door(cast.officer), box, "fill", amount_fen="50").status_code == 302
    with seeing_everything():
        cash = CashFloat.objects.get()
    receive = reverse("claims:cash_float_decide", args=[cash.pk, "receive"])
    assert receive in door(cast.agent).get(opened.url).content.decode()
    assert receive not in door(cast.officer).get(opened.url).content.decode()
    assert reverse("claims:cash_box", args=[box.pk]) in door(cast.agent).get("/").content.decode()
    door(cast.agent).post(receive)

    assert in_box(box) == 5_000
    assert "¥50.00" in door(cast.officer).get(url).content.decode()


def test_only_a_manager_opens_a_box(cast, door):
    url = reverse("claims:cash_box_list", args=[XIUWEN])

    assert door(cast.officer).post(url, {"station": cast.guangcheng.pk}).status_code == 404
    for nonsense in ("", "x", "0", str(cast.chenlou.pk)):
        page = door(cast.manager).post(url, {"station": nonsense})
        assert "station" in page.context["form"].errors


def test_a_count_is_compared_and_its_difference_booked(cast, door):
    box = open_box(cast, amount_fen=5_000)
    browser = door(cast.agent)
    page = act(browser, box, "count", counted_fen="49.50")
    assert (page.status_code, list(page.context["form"].errors)) == (409, ["reason"])
    assert page.context["form"]["counted_fen"].value() == "49.50"
    assert "¥50.00" in page.content.decode()

    assert act(browser, box, "count", counted_fen="49.50", reason="a coin is missing").status_code == 302

    with seeing_everything():
        counted = CashCount.objects.get()
    book = reverse("claims:cash_count_book", args=[counted.pk])
    url = reverse("claims:cash_box", args=[box.pk])
    assert book not in browser.get(url).content.decode()
    assert book in door(cast.officer).get(url).content.decode()
    assert (
        reverse("claims:cash_box", args=[box.pk])
        in door(cast.officer).get(reverse("admin:index")).content.decode()
    )
    door(cast.officer).post(book)
    assert (in_box(box), read(counted).booked_by) == (4_950, cast.officer)


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("count", {}),
        ("count", {"counted_fen": "-1"}),
        ("count", {"counted_fen": "much"}),
        ("empty", {}),
        ("empty", {"amount_fen": "0"}),
        ("empty", {"amount_fen": "50.01"}),
        ("empty", {"amount_fen": "1e9"}),
    ],
)
def test_nonsense_is_told_and_nothing_is_written(cast, door, step, fields):
    box = open_box(cast, amount_fen=5_000)

    page = act(door(cast.agent), box, step, **fields)

    assert page.context["form"].errors
    with seeing_everything():
        assert not CashCount.objects.exists()
        assert CashFloat.objects.count() == 1


def test_each_side_has_its_own_steps(cast, door):
    box = open_box(cast, amount_fen=5_000)

    found = {
        (name, step): door(user).get(reverse("claims:cash_box_act", args=[box.pk, step])).status_code
        for name, user in (("agent", cast.agent), ("officer", cast.officer))
        for step in ("fill", "empty", "count", "nonsense")
    }

    assert [key for key, status in found.items() if status == 200] == [
        ("agent", "empty"),
        ("agent", "count"),
        ("officer", "fill"),
    ]
    assert door(cast.neighbour).get(reverse("claims:cash_box", args=[box.pk])).status_code == 404


def test_cash_back_to_the_county_is_received_there(cast, door):
    box = open_box(cast, amount_fen=5_000)
    act(door(cast.agent), box, "empty", amount_fen="20")
    with seeing_everything():
        cash = CashFloat.objects.get(direction="back")
    receive = reverse("claims:cash_float_decide", args=[cash.pk, "receive"])

    assert door(cast.technician).post(receive).status_code == 404
    door(cast.officer).post(receive)

    assert in_box(box) == 3_000
    assert door(cast.officer).post(receive).status_code == 302


def test_cash_on_the_way_is_crossed_out(cast, door):
    box = open_box(cast)
    act(door(cast.officer), box, "fill", amount_fen="20")
    with seeing_everything():
        cash = CashFloat.objects.get()

    door(cast.officer).post(reverse("claims:cash_float_decide", args=[cash.pk, "cancel"]))

    assert read(cash).state == "cancelled"
    answer = door(cast.officer).post(reverse("claims:cash_float_decide", args=[cash.pk, "nonsense"]))
    assert answer.status_code == 404
