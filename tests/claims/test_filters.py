"""Filters of claims where the door refuses what it does not understand; tests/claims/views tells of pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils.translation import override

from claims.filters import ClaimFilter
from claims.queries import claims as reading
from tests.factories import NOW, acting_as, make_claim


def filters(cast, query, *, refuses=True, **options):
    return ClaimFilter(
        QueryDict(query), queryset=reading.recent(), person=cast.agent, now=NOW, refuses=refuses, **options
    )


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("colour=red&status=open", {"__all__": ["Unknown filter: colour."]}),
        ("cursor=x&page=2", {"__all__": ["Unknown filter: page."]}),
        ("station__county_code=520123000000", {"__all__": ["Unknown filter: station__county_code."]}),
        ("since=yesterday", {"since": ["Enter a valid date."]}),
        ("since=0001-01-01", {"since": ["Ensure this value is greater than or equal to 2000-01-01."]}),
        ("until=9999-12-31", {"until": ["Ensure this value is less than or equal to 2999-12-31."]}),
        ("goods=gold", {"goods": ["Select a valid choice. gold is not one of the available choices."]}),
    ],
)
def test_a_strict_door_says_what_it_does_not_understand_and_shows_nothing(cast, query, wrong):
    make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent), override("en"):
        found = filters(cast, query, others={"cursor"})
        assert (found.is_valid(), found.errors, list(found.qs)) == (False, wrong, [])


@pytest.mark.parametrize(
    "query",
    ["", "status=open", "cursor=x&status=any", "since=2026-11-20&until=2026-11-20", "mine=on&overdue="],
)
def test_a_strict_door_answers_what_it_understands(cast, query):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent):
        found = filters(cast, query, others={"cursor"})
        assert (found.is_valid(), list(found.qs)) == (True, [claim])


def test_a_lenient_door_leaves_out_what_it_does_not_understand(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.guangcheng, filed_by=cast.agent, nature="service")

    with acting_as(cast.agent):
        found = filters(cast, "colour=red&goods=gold&nature=quality&since=x", refuses=False)
        assert (list(found.qs), found.wanted["nature"]) == ([claim], "quality")


def test_a_day_begins_and_ends_at_midnight_in_shanghai(cast):
    midnight = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    first, last = (
        make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=at)
        for at in (midnight, midnight + timedelta(days=1, microseconds=-1))
    )
    for at in (midnight - timedelta(microseconds=1), midnight + timedelta(days=1)):
        make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=at)

    with acting_as(cast.agent):
        assert list(filters(cast, "since=2026-11-20&until=2026-11-20").qs) == [last, first]


def test_filters_add_up_and_keep_to_the_scope(cast):
    due = {"handling_due_at": NOW - timedelta(hours=1)}
    mine = make_claim(cast.guangcheng, filed_by=cast.technician, handler=cast.agent, **due)
    make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.guangcheng, filed_by=cast.technician, handler=None, **due)
    make_claim(cast.liuguang, filed_by=cast.agent, **due)
    make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved", **due)

    with acting_as(cast.agent):
        assert list(filters(cast, f"mine=on&overdue=on&goods=produce&q={mine.number}").qs) == [mine]
        assert list(filters(cast, "mine=on&overdue=on").qs) == [mine]
