"""Where reports read a copy, the page says so and from when its last change is."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils.translation import override

from aftersales.reports.age import DataAge, data_age

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


def said(monkeypatch, age: DataAge, *, is_standby: bool = False) -> str:
    monkeypatch.setattr("aftersales.reports.templatetags.reports.age_of_data", lambda: age)
    request = SimpleNamespace(is_standby=is_standby)
    with override("en"):
        page = Template("{% load reports %}{% data_age %}").render(Context({"request": request}))
    return " ".join(page.split())


@pytest.mark.django_db
def test_the_main_database_has_no_age():
    assert data_age() == DataAge(None, is_replica=False)


def test_nothing_is_said_of_the_main_database(monkeypatch):
    assert said(monkeypatch, DataAge(None, is_replica=False)) == ""


def test_a_copy_says_when_its_last_change_came(monkeypatch):
    words = "Read from a copy of the database. Last change received: 2026-11-21 14:05."
    assert words in said(monkeypatch, DataAge(AT, is_replica=True))


def test_the_page_says_that_the_main_database_is_away(monkeypatch):
    page = said(monkeypatch, DataAge(AT, is_replica=True), is_standby=True)

    assert "The main database cannot be reached." in page
    assert "Last change received: 2026-11-21 14:05." in page
