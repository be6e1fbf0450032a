"""From an event and its parameters to words; it never fails."""

import pytest

from aftersales.notices import events, wording
from aftersales.notices.models import NoticeTemplate
from aftersales.notices.wording import Wordings, Words
from tests.factories import NOW, make_user

FULL = {
    "number": "AS1",
    "due_at": "2026-11-23T02:40:00+00:00",
    "station": "广城村",
    "amount_fen": 1250,
    "level": "county",
}
DEFAULT = Words("Claim AS1 waits", "It is due 2026-11-23 10:40 at 广城村, worth ¥12.50, level county centre.")

pytestmark = pytest.mark.django_db


def words(params=FULL, *, code="test.work", channel="sms", language="en") -> Words:
    return Wordings([code]).words(code, params, channel=channel, language=language)


def own(title, body="", *, channel="", language="en"):
    return NoticeTemplate.objects.create(
        event="test.work",
        channel=channel,
        language=language,
        title=title,
        body=body,
        changed_at=NOW,
        changed_by=make_user(f"desk{NoticeTemplate.objects.count()}"),
    )


def test_defaults_with_parameters_as_people_read_them():
    assert words() == DEFAULT


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("due_at", "tomorrow", "tomorrow"),
        ("due_at", "2026-13-99T00:00:00Z", "2026-13-99T00:00:00Z"),
        ("due_at", "2026-11-23T10:40:00", "2026-11-23T10:40:00"),
        ("due_at", 5, "5"),
        ("level", "moon", "moon"),
        ("amount_fen", "12", "12"),
        ("station", "%(number)s %s %", "%(number)s %s %"),
        ("station", "<b>", "<b>"),
    ],
)
def test_odd_values_are_shown_as_they_are(name, value, seen):
    assert wording.shown(events.get("test.work"), {name: value}) == {name: seen}


def test_missing_parameters_are_a_dash():
    assert words({}) == Words("Claim — waits", "It is due — at —, worth —, level —.")


def test_an_event_that_is_no_longer_known_is_called_by_its_code():
    assert words(code="gone.event") == Words("gone.event", "")


def test_the_desks_own_wording_takes_the_place_of_the_default():
    own("Look: %(number)s", "100%% %(station)s")

    assert words() == words(channel="") == Words("Look: AS1", "100% 广城村")
    assert words(language="zh-hans").title != "Look: AS1"


def test_a_wording_for_one_channel_wins_there():
    own("For all: %(number)s")
    own("SMS: %(number)s", channel="sms")

    assert (words().title, words(channel="email").title) == ("SMS: AS1", "For all: AS1")


def test_a_wording_that_asks_for_what_is_not_there_gives_way():
    own("%(village)s: %(number)s")

    assert words() == DEFAULT
    assert words({**FULL, "village": "广城村"}).title == "广城村: AS1"


@pytest.mark.parametrize("title", ["100 %", "%d", "%(number)d", "%(number)", "%s %s", "%%(number)s"])
def test_stray_percent_signs_do_no_harm(title):
    own(title)

    assert words().title in (title, title.replace("%(number)s", "AS1"))


def test_all_wordings_of_a_page_are_read_at_once(django_assert_num_queries):
    own("Look")

    with django_assert_num_queries(1):
        wordings = Wordings(["test.work", "test.alarm"])
        for _again in range(3):
            wordings.words("test.work", FULL, channel="", language="en")
            wordings.words("test.alarm", FULL, channel="", language="zh-hans")
