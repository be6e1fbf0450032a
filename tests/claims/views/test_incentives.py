from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from claims.models import Incentive, IncentiveBatch, Movement
from tests.claims.follow_up_cases import called, closed, settle, settled, successful
from tests.claims.money.cases import XIUWEN, fill
from tests.factories import seeing_everything

COUNTY = f"/claims/fund/{XIUWEN}/incentives/"


@pytest.fixture
def month(cast):
    """The month that has just ended, in which the agent has earned five yuan, and an old one waits."""
    first = timezone.localtime().replace(day=1, hour=4, minute=0, second=0, microsecond=0)
    end = first - timedelta(hours=12)
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    ended = end - timedelta(days=9)
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician, now=ended, filed_at=ended)
    assert settle(end, by=cast.manager) == 1
    return f"{end:%Y-%m}"


def page(client, url) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def movements() -> int:
    with seeing_everything():
        return Movement.objects.filter(kind="incentive").count()


def test_an_agent_sees_what_they_have_earned_and_what_not_and_why(as_user, cast, month):
    now = timezone.now() - timedelta(days=8)
    claim = settled(cast.guangcheng, handler=cast.agent, now=now, filed_at=now)
    called(claim, by=cast.technician, stars=1, now=now)
    closed(claim, by=cast.agent)

    earned = page(as_user("agent"), f"/claims/incentives/?month={month}")
    present = page(as_user("agent"), "/claims/incentives/")

    assert "¥5.00" in earned
    assert claim.number in present
    assert "The consumer gave it 1 or 2 of 5." in present
    assert claim.number not in page(as_user("neighbour"), "/claims/incentives/")


@pytest.mark.parametrize("asked", ["2026-13", "x", "2999-01", "1999-01", "2026-1"])
def test_a_month_that_is_none_is_not_found(as_user, month, asked):
    assert as_user("agent").get(f"/claims/incentives/?month={asked}").status_code == 404
    assert as_user("officer").get(f"{COUNTY}?month={asked}").status_code == 404


def test_two_people_pay_a_month_on_the_pages(as_user, cast, month):
    officer, manager = as_user("officer"), as_user("manager")
    assert "¥5.00" in page(officer, f"{COUNTY}pay/?month={month}")

    put_together = officer.post(f"{COUNTY}pay/?month={month}")
    with seeing_everything():
        batch = IncentiveBatch.objects.get()
    url = f"/claims/incentives/payments/{batch.pk}/"
    assert put_together["Location"] == url
    assert "a second person confirms" in page(officer, url)
    assert officer.post(url, {"reference": "B-1"}).status_code == 404
    empty = manager.post(url, {"reference": ""})
    assert (empty.status_code, movements()) == (200, 0)
    paid = manager.post(url, {"reference": "B-1"}, follow=True)

    assert "paid to agents" in paid.content.decode()
    assert movements() == 1
    again = manager.post(url, {"reference": "B-2"})
    assert (again.status_code, movements()) == (409, 1)


def test_who_put_it_together_cannot_confirm_it(as_user, cast, month):
    manager = as_user("manager")
    url = manager.post(f"{COUNTY}pay/?month={month}")["Location"]

    response = manager.post(url, {"reference": "B-1"})

    assert (response.status_code, movements()) == (409, 0)
    assert "B-1" in response.content.decode() or "second person" in response.content.decode()


def test_the_present_month_is_not_paid(as_user, month):
    response = as_user("officer").post(f"{COUNTY}pay/")

    assert response.status_code == 409
    assert "A month is paid when it is over." in response.content.decode()


def test_a_payment_can_be_taken_apart(as_user, month):
    officer = as_user("officer")
    url = officer.post(f"{COUNTY}pay/?month={month}")["Location"]

    officer.post(f"{url}cancel/")

    assert "taken apart" in page(officer, url)
    with seeing_everything():
        assert Incentive.objects.get().batch is None


def test_an_incentive_is_struck_with_a_reason(as_user, month):
    with seeing_everything():
        incentive = Incentive.objects.get()
    url = f"/claims/incentives/{incentive.pk}/strike/"
    manager = as_user("manager")

    short = manager.post(url, {"reason": "x"})
    done = manager.post(url, {"reason": "the claim was made up"})

    assert short.status_code == 200
    assert done["Location"] == f"{COUNTY}{incentive.agent_id}/?month={month}"
    assert "the claim was made up" in page(manager, done["Location"])
    assert as_user("officer").get(url).status_code == 403


def test_the_statement_leaves_as_xlsx_with_numbers_as_numbers(as_user, cast, month):
    response = as_user("officer").get(f"{COUNTY}?month={month}&format=xlsx")

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[1]
    heading, row = sheet.iter_rows(values_only=True)
    assert heading[0] == "Agent"
    assert row[0] == str(cast.agent)
    assert (row[5], row[6]) == (4, 5)
    assert as_user("officer").get(f"{COUNTY}?format=doc").status_code == 404


def test_the_sheet_to_sign_names_everybody_with_the_sum_in_words(as_user, cast, month):
    sheet = page(as_user("officer"), f"{COUNTY}sheet/?month={month}")

    assert str(cast.agent) in sheet
    assert "伍元整" in sheet


def test_another_county_has_no_page(as_user, month):
    for url in (COUNTY, f"{COUNTY}sheet/", f"{COUNTY}pay/", "/claims/fund/999/incentives/"):
        assert as_user("suining_manager").get(url).status_code == 404
    assert as_user("agent").get(COUNTY).status_code == 403
