import pytest
import time_machine
from django.test import Client

from claims.services import statements
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.statements.cases import answer, complain, make_order, prepared, read
from tests.factories import NOW, seeing_everything


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_whoever_has_the_link_of_a_statement_is_told_that_their_own_word_is_waited_for(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.second_officer)
    statement = prepared(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)
    client = Client()
    client.cookies["django_language"] = "en"

    page = client.get(f"/p/statement/{token}/").content.decode()

    assert f"{statement.number} · Waits for your word" in page
    assert "Waits for the provider" not in page
    assert f"<title>Monthly statement {statement.number}" in page


def test_the_parts_of_a_corrected_fee_come_to_its_sum(cast):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8_000)
    complaint = answer(complain(order, claimed_fen=9_500), fee_fen=9_000, by=cast.manager)
    client = Client()
    client.force_login(cast.officer)
    client.cookies["django_language"] = "en"

    pages = [
        client.get(url).content.decode()
        for url in (f"/claims/provider-orders/{order.pk}/", f"/claims/fee-complaints/{complaint.pk}/")
    ]

    assert read(order).corrected_fen == 1_000
    for page in pages:
        assert '<dt>Corrected after a complaint</dt><dd class="num">+¥10.00</dd>' in page


def test_what_was_agreed_is_said_once_to_the_provider(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.second_officer)
    statement = prepared(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)
    client = Client()
    client.cookies["django_language"] = "en"

    told = client.post(
        f"/p/statement/{token}/", {"act": "agree", "total_fen": statement.total_fen}, follow=True
    )

    assert told.content.decode().count("Thank you") == 1


@pytest.mark.parametrize("step", ["send/", "note/agree/", "note/dispute/", "pay/"])
def test_the_address_of_a_step_opened_without_its_form_leads_to_the_statement(cast, county_fund, step):
    statement = prepared(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    client = Client()
    client.force_login(cast.manager)

    answer = client.get(f"/claims/statements/{statement.pk}/{step}")

    assert (answer.status_code, answer.url) == (302, f"/claims/statements/{statement.pk}/")
    assert read(statement).state == "draft"
