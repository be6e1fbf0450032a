"""The run is on the database that was asked for, and is fit for several processes."""

import os

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.processes import at_once

VENDOR = {"sqlite": "sqlite", "postgres": "postgresql"}


@pytest.mark.storage
def test_run_is_on_the_database_that_was_asked_for():
    assert connection.vendor == VENDOR[os.environ["TEST_DB"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_processes_share_the_database_and_report_what_happened():
    get_user_model().objects.create_user(username="first")

    def add(name):
        if name == "refused":
            raise ValueError("no such person")
        get_user_model().objects.create_user(username=name)
        return get_user_model().objects.filter(username="first").count()

    outcomes = at_once(add, [("second",), ("refused",), ("third",)])

    assert [(outcome.value, outcome.error, outcome.message) for outcome in outcomes] == [
        (1, "", ""),
        (None, "ValueError", "no such person"),
        (1, "", ""),
    ]
    people = get_user_model().objects.exclude(username="system")
    assert sorted(people.values_list("username", flat=True)) == ["first", "second", "third"]


@pytest.mark.django_db
def test_reports_read_what_the_test_wrote():
    get_user_model().objects.create_user(username="first")

    assert get_user_model().objects.using("reports").filter(username="first").count() == 1
