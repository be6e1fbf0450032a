"""Satisfaction from the rule up to the tables: every case once, and nobody who was not asked in a rate."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from claims.models import FollowUp
from claims.queries import satisfaction as reading
from claims.queries.satisfaction import Answers
from claims.rules.satisfaction import Came, Mean, Ratings, Satisfaction, came_of
from claims.services import casework, scores
from tests.claims.follow_up_cases import called, first_of, settled
from tests.factories import NOW, acting_as, seeing_everything

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
IN_OCTOBER = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
"""One minute before November in Shanghai."""


@pytest.mark.parametrize(
    ("stars", "follow_up", "came"),
    [
        (1, "done", Came.ANSWERED),
        (5, "open", Came.ANSWERED),
        (None, "done", Came.REFUSED),
        (None, "exhausted", Came.UNREACHABLE),
        (None, "open", Came.OPEN),
        (None, "void", None),
        (None, None, None),
    ],
)
def test_what_came_of_asking(stars, follow_up, came):
    assert came_of(stars=stars, follow_up=follow_up) is came


def test_unreachable_and_refused_move_no_rate():
    said = Satisfaction()
    for stars in (5, 4, 3, 2):
        said.count(stars=stars, follow_up="done")
    before = (said.rate, said.answered, said.satisfied, said.low)

    said.count(stars=None, follow_up="exhausted", cases=50)
    said.count(stars=None, follow_up="done", cases=7)
    said.count(stars=None, follow_up="open", cases=9)

    assert before == (Fraction(1, 2), 4, 2, 1)
    assert (said.rate, said.answered, said.satisfied, said.low) == before
    assert (said.asked, said.whole, said.answer_rate) == (61, 70, Fraction(4, 61))


def test_nothing_is_no_data():
    nothing = Satisfaction()

    assert (nothing.rate, nothing.answer_rate, nothing.is_below_target) == (None, None, False)
    assert (Mean().milli, Ratings().rate) == (None, None)


def test_the_target_itself_is_met():
    on, below = Satisfaction(answered=25, satisfied=23), Satisfaction(answered=1000, satisfied=919)

    assert (on.is_below_target, below.is_below_target) == (False, True)


@pytest.fixture
def autumn(cast):
    """At 广城 five claims of November and one of October, at 六广 one; one nobody has to ask about."""
    good = settled(cast.guangcheng, handler=cast.agent)
    called(good, by=cast.technician, stars=5, attitude=5, speed=4)
    fell = settled(cast.guangcheng, handler=cast.agent)
    called(fell, by=cast.technician, stars=4, attitude=2)
    scores.score_by_consumer(follow_up=first_of(fell), stars=2, speed=1, now=NOW)
    refused = settled(cast.guangcheng, handler=cast.agent)
    called(refused, by=cast.technician, outcome="refused")
    lost = settled(cast.guangcheng, handler=cast.agent)
    for days in (0, 0, 1):
        called(lost, by=cast.technician, outcome="unreachable", now=NOW + timedelta(days=days))
    settled(cast.guangcheng, handler=cast.agent, goods_type="appliance")
    earlier = settled(cast.guangcheng, handler=cast.agent, filed_at=IN_OCTOBER)
    called(earlier, by=cast.technician, stars=4)
    neighbours = settled(cast.liuguang, handler=cast.neighbour)
    called(neighbours, by=cast.technician, stars=3)
    elsewhere = settled(cast.chenlou, handler=cast.suining_agent)
    called(elsewhere, by=cast.suining_officer, stars=1)
    return cast


def test_every_table_adds_up_to_the_whole(autumn):
    with acting_as(autumn.officer):
        found = reading.picture(until=NOVEMBER, months=2, county_code="520123000000")

    whole = Satisfaction(answered=4, satisfied=2, low=1, refused=1, unreachable=1, open=1)
    assert found.whole() == whole
    assert found.by_month() == {
        OCTOBER: Satisfaction(answered=1, satisfied=1),
        NOVEMBER: Satisfaction(answered=3, satisfied=1, low=1, refused=1, unreachable=1, open=1),
    }
    assert found.by(lambda cell: cell.station) == {
        autumn.guangcheng.pk: Satisfaction(answered=3, satisfied=2, low=1, refused=1, unreachable=1, open=1),
        autumn.liuguang.pk: Satisfaction(answered=1),
    }
    assert found.by(lambda cell: cell.agent) == {
        autumn.agent.pk: Satisfaction(answered=3, satisfied=2, low=1, refused=1, unreachable=1, open=1),
        autumn.neighbour.pk: Satisfaction(answered=1),
    }
    assert found.by(lambda cell: cell.goods_type) == {
        "fresh_fruit": Satisfaction(answered=4, satisfied=2, low=1, refused=1, unreachable=1),
        "appliance": Satisfaction(open=1),
    }


def test_sources_stand_apart_and_a_side_counts_only_where_it_was_rated(autumn):
    with acting_as(autumn.officer):
        found = reading.picture(until=NOVEMBER, months=1, county_code="520123000000")

    assert {source: (said.given, said.satisfied) for source, said in found.by_source().items()} == {
        "interviewer": (3, 2),
        "self": (1, 0),
    }
    assert found.all_ratings() == Ratings(
        given=4, satisfied=2, stars=Mean(4, 14), attitude=Mean(2, 7), speed=Mean(2, 5), efficiency=Mean()
    )
    assert found.all_ratings().stars.milli == 3500


def test_everybody_sees_the_figures_of_their_own_places(autumn):
    def answered(person, **place) -> int:
        with acting_as(person):
            return reading.picture(until=NOVEMBER, months=1, **place).whole().answered

    assert answered(autumn.neighbour) == 1
    assert answered(autumn.officer, station_id=autumn.guangcheng.pk) == 2
    assert answered(autumn.suining_officer) == 1
    assert answered(autumn.suining_officer, county_code="520123000000") == 0


def test_a_part_of_the_picture_is_the_picture_of_the_part(autumn):
    with acting_as(autumn.officer):
        year = reading.picture(until=NOVEMBER, months=12)
        month = reading.picture(until=OCTOBER, months=1)

    assert year.in_month(OCTOBER).cases == month.cases
    assert year.in_month(OCTOBER).ratings == month.ratings


def test_the_picture_takes_two_statements(autumn, django_assert_num_queries):
    with acting_as(autumn.officer), django_assert_num_queries(2):
        reading.picture(until=NOVEMBER, months=12)


def test_a_claim_that_was_taken_up_again_is_asked_about_anew(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=1)
    with seeing_everything():
        reopened = casework.reopen(claim=claim, reason="again bad", by=cast.agent, now=NOW)
        casework.resolve(claim=reopened, reason="explained again", by=cast.agent, now=NOW)

    with acting_as(cast.officer):
        found = reading.picture(until=NOVEMBER, months=1)
        answers = reading.answers(start=NOVEMBER, end=NOVEMBER, now=NOW)

    assert found.whole() == Satisfaction(open=1)
    assert found.all_ratings() == Ratings()
    assert answers == Answers(reopened=1)


def test_answers_to_low_scores_are_counted_by_how_they_came(cast):
    in_48_hours = NOW + timedelta(hours=48)
    ends = {
        "in_time": ("answered", in_48_hours),
        "late": ("refused", in_48_hours + timedelta(seconds=1)),
        "open": None,
    }
    for end in ends.values():
        claim = settled(cast.guangcheng, handler=cast.agent)
        called(claim, by=cast.technician, stars=2)
        with seeing_everything():
            second = FollowUp.objects.get(claim=claim, kind="second")
        if end:
            called(
                claim,
                by=cast.manager,
                follow_up=second,
                outcome=end[0],
                stars=4,
                answer="已补发一箱",
                now=end[1],
            )

    with acting_as(cast.officer):
        now = reading.answers(start=NOVEMBER, end=NOVEMBER, now=in_48_hours)
        later = reading.answers(start=NOVEMBER, end=NOVEMBER, now=in_48_hours + timedelta(seconds=1))

    assert (now, now.whole) == (Answers(in_time=1, late=1, open=1), 3)
    assert later == Answers(in_time=1, late=1, overdue=1)
