"""The queues of those who hold claims: whose is what, in which order, said how, and in how many queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, acting_as, make_claim, make_user
from tests.factories import give as grant

QUEUE, MOST = "/claims/queue/", 8


def due(hours: float):
    return NOW + timedelta(hours=hours)


@pytest.fixture
def ladder(cast):
    """Claims of 广城村 on every step of the ladder, and one of each other place."""
    up = {"filed_by": cast.agent, "handler": None}
    return {
        "village": make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=due(5)),
        "village over": make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=due(-1)),
        "township": make_claim(
            cast.guangcheng, level=1, holder=cast.liuguang_point, next_due_at=due(3), **up
        ),
        "county": make_claim(cast.guangcheng, level=2, holder=cast.xiuwen_centre, next_due_at=due(2), **up),
        "platform": make_claim(cast.guangcheng, level=3, holder=None, next_due_at=due(1), **up),
        "neighbour": make_claim(cast.liuguang, filed_by=cast.neighbour, next_due_at=due(30)),
        "other township": make_claim(
            cast.fangmaping,
            level=1,
            holder=cast.longchang_point,
            filed_by=cast.uncertified,
            next_due_at=due(9),
        ),
        "other county": make_claim(
            cast.chenlou, filed_by=cast.suining_agent, level=3, holder=None, next_due_at=due(7)
        ),
        "done": make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", next_due_at=due(-9)),
    }


def names(ladder, page) -> list[str]:
    by_key = {claim.pk: name for name, claim in ladder.items()}
    return [by_key[row["id"]] for row in page.context["list_page"]]


@pytest.mark.parametrize(
    ("person", "query", "expected"),
    [
        ("agent", "", ["village over", "village"]),
        ("agent", "?level=climbed", ["platform", "county", "township"]),
        ("agent", "?level=0&only=overdue", ["village over"]),
        ("agent", "?level=2", ["village over", "village"]),
        ("technician", "", ["township"]),
        ("technician", "?level=0", ["village over", "village", "neighbour"]),
        ("technician", "?level=climbed", ["platform", "county"]),
        ("technician", "?only=waiting", ["township"]),
        ("manager", "", ["county"]),
        ("manager", "?level=1", ["township", "other township"]),
        ("manager", "?level=1&only=waiting", ["township"]),
        ("officer", "?level=0", ["village over", "village", "neighbour"]),
        ("manager", "?level=climbed", ["platform"]),
        ("platform", "", ["platform", "other county"]),
        ("platform", "?level=1", ["township", "other township"]),
        ("platform", "?level=0", ["platform", "other county"]),
        ("manager", "?level=x&only=x&cursor=x", ["county"]),
    ],
)
def test_each_holder_sees_what_is_theirs_by_time_left(cast, door, ladder, person, query, expected):
    page = door(getattr(cast, person)).get(QUEUE + query)

    assert names(ladder, page) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("agent", [("0", "With us", 2), ("climbed", "Climbed higher", 3)]),
        (
            "technician",
            [("1", "With the township", 1), ("0", "Village point", 3), ("climbed", "Climbed higher", 2)],
        ),
        (
            "manager",
            [
                ("2", "With the county", 1),
                ("1", "Township standby point", 2),
                ("0", "Village point", 3),
                ("climbed", "Climbed higher", 1),
            ],
        ),
        (
            "platform",
            [
                ("3", "With the platform desk", 2),
                ("2", "County centre", 1),
                ("1", "Township standby point", 2),
            ],
        ),
    ],
)
def test_tabs_say_how_much_is_where(cast, door, ladder, person, expected):
    tabs = door(getattr(cast, person)).get(QUEUE).context["tabs"]

    assert [(tab.key, tab.label, tab.count.number) for tab in tabs] == expected


def test_what_is_at_risk_below_is_shown_under_ones_own(cast, door, ladder):
    township = door(cast.technician).get(QUEUE).context["at_risk"]

    assert ladder["village over"].number in township
    assert ladder["village"].number not in township
    assert door(cast.agent).get(QUEUE).context["at_risk"] == ""
    assert door(cast.technician).get(f"{QUEUE}?only=overdue").context["at_risk"] == ""


def test_words_and_icons_say_how_near_it_is_and_who_has_to_act(cast, door, ladder):
    make_claim(cast.guangcheng, filed_by=cast.agent, status="waiting", next_due_at=due(2))

    agent = door(cast.agent).get(QUEUE).content.decode()
    climbed = door(cast.agent).get(f"{QUEUE}?level=climbed").content.decode()

    for words in ("1 h over", "paused · 2 h left", "5 h left"):
        assert words in agent
    for words in (
        "due soon · 1 h left",
        "waits to be taken over by Platform desk",
        f"waits to be taken over by {cast.liuguang_point}",
    ):
        assert words in climbed


def test_an_empty_queue_says_so(cast, door):
    assert "Nothing is waiting here" in door(cast.technician).get(QUEUE).content.decode()
    assert "Nothing has climbed away" in door(cast.agent).get(f"{QUEUE}?level=climbed").content.decode()
    assert "Nothing of that kind" in door(cast.agent).get(f"{QUEUE}?only=overdue").content.decode()


def test_pages_follow_each_other_and_keep_the_filter(cast, door):
    for hour in range(35):
        make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=due(-hour - 1))
    client = door(cast.agent)

    first = client.get(f"{QUEUE}?level=0&only=overdue")
    second = client.get(f"{QUEUE}?level=0&only=overdue&cursor={first.context['list_page'].next}")

    assert (len(first.context["list_page"]), len(second.context["list_page"])) == (30, 5)
    onward = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1]
    assert onward.startswith("?level=0&amp;only=overdue&amp;cursor=")
    assert "only=overdue" in re.search(r'rel="prev" href="([^"]+)"', second.content.decode())[1]


@pytest.mark.parametrize("person", ["agent", "technician", "manager", "platform"])
def test_a_queue_costs_the_same_with_few_rows_and_with_many(
    cast, door, ladder, person, django_assert_max_num_queries
):
    client = door(getattr(cast, person))

    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)
    for hour in range(12):
        make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=due(-hour))
        make_claim(
            cast.guangcheng, filed_by=cast.agent, level=1, holder=cast.liuguang_point, next_due_at=due(hour)
        )
        make_claim(
            cast.guangcheng, filed_by=cast.agent, level=2, holder=cast.xiuwen_centre, next_due_at=due(hour)
        )
    with django_assert_max_num_queries(MOST) as many:
        client.get(QUEUE)

    assert len(many.captured_queries) == len(few.captured_queries)


@pytest.mark.parametrize("person", ["regulator", "supervisor", "trainer", "administrator", "nobody"])
def test_others_have_no_queue(cast, door, ladder, person):
    assert door(getattr(cast, person)).get(QUEUE).status_code == 403


def test_who_looks_after_two_counties_sees_both(cast, door, ladder):
    both = make_user("both")
    for county in ("520123000000", "320324000000"):
        grant(both, "manager", region=county)

    page = door(both).get(f"{QUEUE}?level=climbed")

    assert names(ladder, page) == ["platform", "other county"]


def test_start_page_lists_what_climbed_away_apart(cast, door, ladder):
    context = door(cast.agent).get("/").context

    assert [row["id"] for row in context["claims"]] == [ladder["village over"].pk, ladder["village"].pk]
    assert (
        context["open_count"].number,
        context["overdue_count"].number,
        context["beside_count"].number,
    ) == (2, 1, 3)
    assert ladder["platform"].number in context["beside"]


def test_start_page_of_a_township_begins_with_what_it_holds(cast, door, ladder):
    context = door(cast.technician).get("/").context

    assert ladder["township"].number in context["beside"]
    assert ladder["county"].number not in context["beside"]
    with acting_as(cast.technician):
        assert context["beside_count"].number == 1
