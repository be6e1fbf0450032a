"""Reports go on while the main database is away, within the reach somebody last had and for an hour."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection

from aftersales.accounts.models import User
from aftersales.reports import standby
from stations.models import Grant
from tests.factories import NOW, seeing_everything

INDEX = "/reports/"


pytestmark = pytest.mark.django_db


@contextmanager
def main_database_away():
    """Only the views of the reports answer, and how old they are; whatever else is asked finds no server."""

    def gone(execute, sql, params, many, context):
        if "report_" not in sql and "pg_last_xact_replay" not in sql:
            raise OperationalError("connection refused")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(gone):
        yield


@pytest.fixture
def visitor(as_user):
    def signed_in(name: str):
        client = as_user(name)
        client.raise_request_exception = False
        return client

    return signed_in


@pytest.fixture
def regulator(visitor):
    client = visitor("regulator")
    assert client.get(INDEX).status_code == 200
    return client


def test_a_reader_of_reports_carries_a_pass_for_reports_alone(regulator, visitor):
    cookie = regulator.cookies[standby.COOKIE]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/reports/", True, "Lax")
    agent = visitor("agent")
    assert agent.get(INDEX).status_code == 403
    assert standby.COOKIE not in agent.cookies


def test_reports_go_on_without_the_main_database(regulator):
    before = regulator.get(INDEX).content.decode()

    with main_database_away():
        answer = regulator.get(INDEX)

    assert answer.status_code == 200
    note = re.search(r'<div class="note tone-warn" role="status">.*?</div></div>', answer.content.decode())
    # The page says that the main database is away; all else is as it was.
    assert note
    assert shown(before).split() == shown(answer.content.decode().replace(note[0], "")).split()


def shown(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def test_the_reach_is_that_of_the_pass(regulator):
    foreign = "310151000000"
    with main_database_away():
        answer = regulator.get(f"/reports/county-month/?county={foreign}")

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/", "/claims/", "/dashboards/county/"])
def test_nothing_else_goes_on(regulator, path):
    with main_database_away():
        assert regulator.get(path).status_code == 503


def test_nothing_is_written_through_a_pass(regulator):
    with main_database_away():
        assert regulator.post(INDEX).status_code == 503


def test_somebody_without_a_pass_waits(visitor):
    client = visitor("regulator")
    with main_database_away():
        assert client.get(INDEX).status_code == 503


def test_a_pass_ends_after_an_hour(regulator):
    with time_machine.travel(NOW + standby.LASTS + timedelta(days=400), tick=False), main_database_away():
        assert regulator.get(INDEX).status_code == 503


def test_a_changed_pass_is_none(regulator):
    value = regulator.cookies[standby.COOKIE].value
    regulator.cookies[standby.COOKIE] = value[:-2] + ("aa" if value[-2:] != "aa" else "bb")
    with main_database_away():
        assert regulator.get(INDEX).status_code == 503


def test_signing_out_takes_the_pass_away(regulator):
    regulator.post("/account/sign-out/")

    assert regulator.cookies[standby.COOKIE].value == ""


def test_a_pass_is_made_anew_when_the_grants_change(cast, visitor):
    client = visitor("regulator")
    client.get(INDEX)
    first = client.cookies[standby.COOKIE].value
    client.get(INDEX)
    assert client.cookies[standby.COOKIE].value == first
    with seeing_everything():
        Grant.objects.filter(user=cast.regulator).update(region_id=None, is_programme_wide=True)
    client.get(INDEX)
    assert client.cookies[standby.COOKIE].value != first


def test_the_pass_of_somebody_who_may_no_longer_read_is_taken_back(cast, visitor):
    client = visitor("regulator")
    client.get(INDEX)
    with seeing_everything():
        Grant.objects.filter(user=cast.regulator).update(withdrawn_at=NOW)
    assert client.get(INDEX).status_code == 403

    assert client.cookies[standby.COOKIE].value == ""


def test_a_pass_from_the_future_is_none():
    at = NOW + timedelta(hours=3)
    user = User(pk=1, username="x", is_active=False)
    assert standby.read_pass(standby.pass_for(user, now=at), now=NOW) is None
