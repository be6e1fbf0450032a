"""The channel of development: what is shown at which level of the log."""

import logging
from uuid import UUID

from aftersales.notices.channels.base import Letter
from aftersales.notices.channels.console import ConsoleChannel
from tests.factories import NOW


def letter(number: int, event: str) -> Letter:
    return Letter(UUID(int=number), event, "", f"title {number}", "text", "", "en", NOW)


def test_what_people_without_an_account_are_sent_is_shown_where_warnings_are(caplog):
    caplog.set_level(logging.INFO)
    letters = [letter(1, "session.code"), letter(2, "api_token.ends_soon"), letter(3, "unknown.event")]

    settled = ConsoleChannel().send(letters)

    assert set(settled.values()) == {""}
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "title 1"),
        ("INFO", "title 2"),
        ("INFO", "title 3"),
    ]
