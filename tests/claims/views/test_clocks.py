"""The pages of clocks: every clock of a claim, who held it when, and why one is due when it is due."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import ClaimClock, ClockRule, Escalation, Holding, Pause
from claims.queries.clocks import LazyDays
from claims.rules.clocks import FAMILIES, Clock
from claims.services import clock_counting
from tests.factories import NOW, make_claim, seeing_everything

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOWS = [["08:30", "12:00"], ["14:00", "18:00"]]
FRIDAY_EVENING = datetime(2026, 11, 20, 8, 40, tzinfo=UTC)
MOST_FOR_ALL, MOST_FOR_ONE = 11, 9


def run(claim, clock, *, start=NOW, pauses=(), round=1, **fields):
    """A clock as the services would start it, from an instant on."""
    with seeing_everything():
        rules = ClockRule.objects.filter(
            policy__county_code="", clock=clock, goods_type=fields.pop("goods_type", "")
        )
        row = ClaimClock(
            claim=claim,
            county_code=claim.county_code,
            clock=clock,
            family=FAMILIES[clock],
            round=round,
            level=claim.level,
            rule=rules.order_by("-policy__valid_from").first(),
            windows=WINDOWS,
            started_at=start,
        )
        clock_counting.count_anew(row, pauses, LazyDays())
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
        return row


def stand_still(claim, reason, *, start, until=None, longest=None, note=""):
    with seeing_everything():
        return Pause.objects.create(
            claim=claim,
            county_code=claim.county_code,
            round=1,
            reason=reason,
            note=note,
            from_at=start,
            longest_until=longest or start + 3 * DAY,
            until_at=until,
            by=claim.filed_by,
            ended_by=claim.filed_by if until else None,
        )


@pytest.fixture
def claim(cast):
    return make_claim(cast.guangcheng, filed_by=cast.agent)


def page_of(client, clock):
    return client.get(f"/claims/{clock.claim.number}/clocks/{clock.pk}/")


def text_of(answer) -> str:
    """What is read on a page, without markup."""
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_why_is_this_due_on_monday_morning(cast, door, claim):
    clock = run(claim, Clock.FIRST_RESPONSE, start=FRIDAY_EVENING)

    page = page_of(door(cast.agent), clock)

    assert page.context["due"] == "2026-11-23 Mon 09:10"
    assert [(group.when, group.what, group.amount) for group in page.context["groups"]] == [
        ("11-20 Fri", "working day", "1 h 20 min"),
        ("11-21 Sat", "closed on Sat", ""),
        ("11-22 Sun", "closed on Sun", ""),
        ("11-23 Mon", "working day", "40 min"),
    ]
    text = text_of(page)
    for words in (
        "Due 2026-11-23 Mon 09:10",
        "From 2026-11-20 Fri 16:40, because the claim was filed. Allowed: 2 h .",
        "Only opening hours of working days count.",
        "Open 08:30 – 12:00, 14:00 – 18:00.",
        "Rules of the programme",
        "The claim goes one level up.",
    ):
        assert words in text


def test_what_counted_adds_up_to_the_allowance(cast, door, claim):
    pause = stand_still(claim, "consumer", start=NOW + DAY, until=NOW + 5 * DAY)
    clock = run(claim, Clock.HANDLING, start=NOW, pauses=[pause])

    page = page_of(door(cast.agent), clock)

    assert page.context["counted"] == page.context["groups"][-1].total == page.context["allowed"] == "48 h"


def test_the_picture_is_well_formed_and_without_style(cast, door, claim):
    clock = run(claim, Clock.FIRST_RESPONSE, start=FRIDAY_EVENING)

    picture = str(page_of(door(cast.agent), clock).context["picture"])

    assert ElementTree.fromstring(picture).get("role") == "img"
    assert " style=" not in picture
    assert "<desc>From 2026-11-20 Fri 16:40 to 2026-11-23 Mon 09:10" in picture


def test_what_reaches_into_a_year_without_a_notice_is_provisional(cast, door, claim):
    clock = run(claim, Clock.RESULT_NOTICE, start=datetime(2026, 12, 30, 3, tzinfo=UTC))

    page = page_of(door(cast.agent), clock)

    assert clock.is_provisional
    assert page.context["provisional"] == [2027]
    assert "This due time is provisional." in text_of(page)
    assert "official working days of 2027" in text_of(page)


def test_a_due_time_in_this_year_is_not_provisional(cast, door, claim):
    page = page_of(door(cast.agent), run(claim, Clock.RESULT_NOTICE))

    assert page.context["provisional"] == []
    assert [(group.when, group.total) for group in page.context["groups"]][-1] == (
        "11-23 Mon – 11-25 Wed",
        "3",
    )


def test_sixty_days_are_drawn_as_weeks(cast, door, claim):
    clock = run(claim, Clock.MEDIATION)

    page = page_of(door(cast.agent), clock)

    assert page.context["due"] == "2027-01-19 Tue 18:00"
    assert str(page.context["picture"]).count('rx="5"') == 61
    assert "总局令第121号" in text_of(page)


def test_an_open_pause_says_until_when_it_lasts_at_most(cast, door, claim):
    pause = stand_still(claim, "inspection", start=NOW - HOUR, longest=NOW + 15 * DAY, note="送检")
    clock = run(claim, Clock.HANDLING, start=NOW - 2 * HOUR, pauses=[pause])

    text = text_of(page_of(door(cast.agent), clock))

    assert "Stands still since 2026-11-20 09:30" in text
    assert "by itself at 2026-12-05 10:30" in text
    assert "Waiting for the inspection result: 送检" in text
    assert "paused ·" in text


def test_a_stopped_clock_is_told_until_it_was_stopped(cast, door, claim):
    clock = run(
        claim,
        Clock.FIRST_RESPONSE,
        start=NOW,
        outcome="met",
        stopped_at=NOW + HOUR,
        next_alarm_at=None,
    )

    page = page_of(door(cast.agent), clock)

    assert (page.context["counted"], page.context["is_cut"]) == ("1 h", True)
    assert "Stopped 2026-11-20 Fri 11:30" in text_of(page)
    assert "done in time, 2026-11-20 11:30" in text_of(page)


def test_clocks_are_listed_by_round_and_due_time_with_what_is_used(cast, door, claim):
    run(claim, Clock.HANDLING, outcome="late", stopped_at=NOW - HOUR, next_alarm_at=None, start=NOW - 9 * DAY)
    soon = run(claim, Clock.SETTLEMENT, start=NOW - 12 * HOUR, round=2)
    later = run(claim, Clock.RESULT_NOTICE, round=2)

    page = door(cast.agent).get(f"/claims/{claim.number}/clocks/")

    rounds = [(number, [each.clock.pk for each in told]) for number, told in page.context["rounds"]]
    assert rounds[0] == (2, [soon.pk, later.pk])
    assert [number for number, _told in rounds] == [2, 1]
    told = page.context["rounds"][0][1]
    assert (told[0].standing.used, told[0].standing.percent) == ("12 h of 24 h", 50)
    assert told[1].standing.used == "day 0 of 3"
    assert "done too late" in text_of(page)


def test_who_had_it_why_and_until_when(cast, door, claim):
    common = {"claim": claim, "county_code": claim.county_code, "round": 1}
    with seeing_everything():
        Holding.objects.create(
            **common,
            level=0,
            station=cast.guangcheng,
            because="filed",
            from_at=NOW - DAY,
            until_at=NOW,
            handler=cast.agent,
        )
        Holding.objects.create(
            **common,
            level=1,
            station=cast.liuguang_point,
            because="climbed",
            clock="first_response",
            from_at=NOW,
        )
        Escalation.objects.create(
            **common,
            clock="first_response",
            level=0,
            step="ran_out",
            climbed_to=1,
            from_station=cast.guangcheng,
            to_station=cast.liuguang_point,
            handler=cast.agent,
            due_at=NOW,
            at=NOW,
        )
        claim.level, claim.holder, claim.handler = 1, cast.liuguang_point, None
        claim.save()
    client = door(cast.agent)

    clocks, detail = (text_of(client.get(f"/claims/{claim.number}/{page}")) for page in ("clocks/", ""))

    for words in (
        "六广镇乡镇备用处理点 has it now",
        "Climbed: time ran out: First response",
        "2026-11-19 10:30 – 2026-11-20 10:30",
        "First response: Ran out",
        "Village point → 六广镇乡镇备用处理点",
    ):
        assert words in clocks
    assert "Who has it" in detail
    assert "nobody has taken it over yet" in detail


def test_the_page_of_a_claim_shows_its_nearest_clocks(cast, door, claim):
    far = run(claim, Clock.MEDIATION)
    near = run(claim, Clock.FIRST_RESPONSE)

    page = door(cast.agent).get(f"/claims/{claim.number}/")

    assert [clock.pk for clock in page.context["clocks"]] == [near.pk, far.pk]
    assert f'href="/claims/{claim.number}/clocks/{near.pk}/"' in page.content.decode()
    assert "warns 2026-11-20 11:" in text_of(page) or "warns 2026-11-20 14:" in text_of(page)


@pytest.mark.parametrize("person", ["agent", "technician", "manager", "platform"])
def test_pages_cost_the_same_whatever_the_claim_has_been_through(
    cast, door, claim, person, django_assert_max_num_queries
):
    client = door(getattr(cast, person))
    clock = run(claim, Clock.HANDLING, start=NOW - DAY)
    paths = [f"/claims/{claim.number}/clocks/", f"/claims/{claim.number}/clocks/{clock.pk}/"]
    few = []
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        few.append(len(queries.captured_queries))
    for days in range(6):
        begins = NOW - timedelta(days=20 - 2 * days)
        stand_still(claim, "consumer", start=begins, until=begins + HOUR)
        run(claim, Clock.SETTLEMENT, start=begins, turn=days + 1)

    with django_assert_max_num_queries(MOST_FOR_ALL) as all_queries:
        client.get(paths[0])
    with django_assert_max_num_queries(MOST_FOR_ONE) as one_query:
        client.get(paths[1])

    assert [len(all_queries.captured_queries), len(one_query.captured_queries)] == few


def test_clocks_of_other_claims_and_places_are_not_there(cast, door, claim):
    clock = run(claim, Clock.HANDLING)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    foreign = run(make_claim(cast.chenlou, filed_by=cast.suining_agent), Clock.HANDLING)
    client = door(cast.agent)

    paths = [
        f"/claims/{other.number}/clocks/{clock.pk}/",
        f"/claims/{foreign.claim.number}/clocks/",
        f"/claims/{foreign.claim.number}/clocks/{foreign.pk}/",
        f"/claims/{claim.number}/clocks/{clock.pk + 10**6}/",
    ]

    assert {client.get(path).status_code for path in paths} == {404}
    assert page_of(client, clock).status_code == 200


def test_notes_are_shown_as_text(cast, door, claim):
    nasty = "<b>x</b>"
    pause = stand_still(claim, "consumer", start=NOW - HOUR, note=nasty)
    clock = run(claim, Clock.HANDLING, start=NOW - 2 * HOUR, pauses=[pause])
    client = door(cast.agent)

    for path in (f"/claims/{claim.number}/clocks/", f"/claims/{claim.number}/clocks/{clock.pk}/"):
        html = client.get(path).content.decode()
        assert nasty not in html
        assert "&lt;b&gt;x" in html
