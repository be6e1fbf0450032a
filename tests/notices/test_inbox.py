"""The inbox: one's own messages, newest first, read once, in every frame."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine

from aftersales.notices import inbox, posting
from aftersales.notices.models import Notice
from tests.factories import NOW
from tests.notices.conftest import message

pytestmark = pytest.mark.django_db
PARAMS = {"number": "AS1", "due_at": "2026-11-23T02:40:00+00:00", "station": "广城村", "amount_fen": 1250}


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def tell(person, *keys, at=NOW, **fields):
    posting.post([message(person, key, params={"number": key}, **fields) for key in keys], now=at)


def notice(key) -> Notice:
    return Notice.objects.get(key=key)


def titles(response) -> list:
    return [(entry.title, entry.is_new) for _day, entries in response.context["days"] for entry in entries]


def badge(response) -> str:
    """The number at the bell, as it is read out."""
    found = re.search(r'<b class="count">(.*?)</b>', response.content.decode())
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_messages_are_grouped_by_day_newest_first(cast, as_user):
    tell(cast.agent, "old", at=NOW - timedelta(days=2))
    # 00:10 and 23:50 of the day before in Shanghai.
    tell(cast.agent, "night", at=NOW.replace(hour=16, minute=10) - timedelta(days=1))
    tell(cast.agent, "evening", at=NOW.replace(hour=15, minute=50) - timedelta(days=1))
    tell(cast.agent, "now")
    tell(cast.neighbour, "other")

    response = as_user("agent").get("/inbox/")

    found = [(str(day), [entry.title for entry in entries]) for day, entries in response.context["days"]]
    assert found == [
        ("2026-11-20", ["Claim now waits", "Claim night waits"]),
        ("2026-11-19", ["Claim evening waits"]),
        ("2026-11-18", ["Claim old waits"]),
    ]


def test_the_words_are_those_of_the_reader(cast, as_user):
    posting.post([message(cast.agent, "a", params={**PARAMS, "level": "county"})], now=NOW)

    page = as_user("agent").get("/inbox/").content.decode()

    assert "It is due 2026-11-23 10:40 at 广城村, worth ¥12.50, level county centre." in page


def test_opening_marks_read_and_leads_to_the_page(cast, as_user):
    tell(cast.agent, "a", url="/claims/")
    tell(cast.agent, "b")
    client = as_user("agent")

    opened = client.post(f"/inbox/{notice('a').pk}/open/")
    without_page = client.post(f"/inbox/{notice('b').pk}/open/")

    assert (opened.status_code, opened["Location"]) == (302, "/claims/")
    assert (without_page.status_code, without_page["Location"]) == (302, "/inbox/")
    assert (notice("a").read_at, notice("b").read_at) == (NOW, NOW)


def test_the_first_reading_is_kept(cast, as_user):
    tell(cast.agent, "a")
    client = as_user("agent")
    client.post(f"/inbox/{notice('a').pk}/open/")

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client.post(f"/inbox/{notice('a').pk}/open/")

    assert notice("a").read_at == NOW


def test_looking_changes_nothing(cast, as_user):
    tell(cast.agent, "a", url="/claims/")
    client = as_user("agent")

    assert client.get(f"/inbox/{notice('a').pk}/open/").status_code == 405
    assert client.get("/inbox/read/").status_code == 405
    client.get("/inbox/")

    assert notice("a").read_at is None


def test_messages_of_others_do_not_exist(cast, as_user):
    tell(cast.neighbour, "theirs")
    client = as_user("agent")

    theirs = client.post(f"/inbox/{notice('theirs').pk}/open/")
    missing = client.post(f"/inbox/{uuid.uuid4()}/open/")

    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert notice("theirs").read_at is None


def test_all_are_marked_up_to_the_page_that_was_looked_at(cast, as_user):
    tell(cast.agent, "a", "b", at=NOW - timedelta(hours=1))
    tell(cast.neighbour, "theirs", at=NOW - timedelta(hours=1))
    client = as_user("agent")
    until = client.get("/inbox/").context["form"].initial["until"]
    tell(cast.agent, "late", at=NOW + timedelta(seconds=5))

    answer = client.post("/inbox/read/", {"until": until})

    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    read = {row.key for row in Notice.objects.exclude(read_at=None)}
    assert read == {"a", "b"}


OUT_OF_TIME = ["0001-01-01T00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
"""What a clock in UTC cannot show."""


@pytest.mark.parametrize("until", ["", "soon", "2026-99-99", "9" * 300, *OUT_OF_TIME])
def test_all_are_marked_for_a_moment_only(cast, as_user, until):
    tell(cast.agent, "a")

    assert as_user("agent").post("/inbox/read/", {"until": until}).status_code == 302
    assert notice("a").read_at is None


def test_new_ones_alone(cast, as_user):
    tell(cast.agent, "a", "b")
    client = as_user("agent")
    client.post(f"/inbox/{notice('a').pk}/open/")

    assert sorted(titles(client.get("/inbox/"))) == [("Claim a waits", False), ("Claim b waits", True)]
    assert titles(client.get("/inbox/?show=new")) == [("Claim b waits", True)]


def test_pages_go_on_by_key(cast, as_user):
    for number in range(70):
        tell(cast.agent, f"{number:02d}", at=NOW - timedelta(minutes=number))
    client = as_user("agent")
    seen, page = [], client.get("/inbox/").context["page"]
    while True:
        seen += [entry.title for entry in page]
        if not page.next:
            break
        page = client.get("/inbox/", {"cursor": page.next}).context["page"]

    assert seen == [f"Claim {number:02d} waits" for number in range(70)]
    assert client.get("/inbox/", {"cursor": page.previous}).context["page"].next
    assert client.get("/inbox/", {"cursor": "nonsense"}).status_code == 200


def test_messages_of_one_moment_are_all_on_some_page(cast, as_user):
    tell(cast.agent, *(f"{number}" for number in range(65)))
    client = as_user("agent")
    first = client.get("/inbox/").context["page"]
    second = client.get("/inbox/", {"cursor": first.next}).context["page"]
    third = client.get("/inbox/", {"cursor": second.next}).context["page"]

    assert len({entry.pk for page in (first, second, third) for entry in page}) == 65


@pytest.mark.parametrize("query", ["", "?show=new"])
def test_an_empty_inbox_says_so(cast, as_user, query):
    page = as_user("agent").get(f"/inbox/{query}").content.decode()

    assert ('class="empty"' in page, "Mark all as read" in page) == (True, False)


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("agent", "/"),
        ("agent", "/inbox/"),
        ("manager", "/dashboards/county/"),
        ("manager", "/admin/"),
        ("regulator", "/reports/"),
    ],
)
def test_every_frame_shows_how_much_is_new(cast, as_user, person, path):
    client = as_user(person)
    assert badge(client.get(path, follow=True)) == ""

    tell(getattr(cast, person), "a", "b")
    assert badge(client.get(path, follow=True)) == "unread: 2"


def test_the_number_stops_at_ninety_nine(cast, as_user):
    tell(cast.agent, *(f"{number}" for number in range(99)))
    client = as_user("agent")
    assert badge(client.get("/")) == "unread: 99"

    tell(cast.agent, "one more")
    assert badge(client.get("/")) == "unread: 99+"


def test_the_number_is_read_from_its_index(cast, django_assert_num_queries):
    tell(cast.agent, "a")

    with django_assert_num_queries(1):
        assert str(inbox.unread(cast.agent)) == "1"


def test_a_page_asks_the_same_few_questions_whatever_is_on_it(cast, as_user, django_assert_max_num_queries):
    tell(cast.agent, *(f"{number}" for number in range(60)))
    client = as_user("agent")

    with django_assert_max_num_queries(7):
        client.get("/inbox/")


def test_a_full_page_is_light(cast, as_user):
    for number in range(40):
        posting.post(
            [message(cast.agent, f"{number}", params={**PARAMS, "level": "county"}, url="/claims/")],
            now=NOW - timedelta(hours=number),
        )
    page = as_user("agent").get("/inbox/", headers={"accept-encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 8 * 1024


def test_what_is_new_is_said_in_a_word(cast, as_user):
    tell(cast.agent, "a")
    tell(cast.agent, "b", event="test.alarm")
    client = as_user("agent")
    client.post(f"/inbox/{notice('a').pk}/open/")

    page = client.get("/inbox/").content.decode()

    assert (page.count('<span class="mark">Unread</span>'), page.count(">urgent</span>")) == (1, 1)


def test_nobody_is_sent_to_sign_in(client):
    for path in ("/inbox/", "/inbox/settings/"):
        assert client.get(path)["Location"].startswith("/account/sign-in/")
