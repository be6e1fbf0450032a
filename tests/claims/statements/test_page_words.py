import pytest
import time_machine
from django.test import Client

from claims.services import statements
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.statements.cases import make_order, prepared
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
