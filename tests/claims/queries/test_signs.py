"""What can be noticed at a claim: times of photos, patterns, amounts, and who gains. docs/rules/flags.md."""

from datetime import timedelta

import pytest

from claims.models import ReviewSample
from claims.models.flags import FlagCode
from claims.rules import flags as rules
from claims.services import compensation
from claims.views.flag_words import WORDS
from tests.claims.flag_cases import (
    DAY,
    found,
    own,
)
from tests.claims.money.cases import choose, claim_with_photo, make_photo
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_party,
    make_policy,
    seeing_everything,
)

pytestmark = pytest.mark.django_db


def test_photo_taken_before_the_goods_were_there(cast):
    ordered_at = NOW - timedelta(days=3)
    second = timedelta(seconds=1)
    answers = []
    for signed_at, taken_at in (
        (NOW, NOW - second),
        (NOW, NOW),
        (None, ordered_at - second),
        (None, ordered_at),
        (NOW, None),
    ):
        line = make_line(cast.guangcheng, ordered_at=ordered_at, signed_at=signed_at)
        claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
        make_photo(claim, taken_at=taken_at)
        answers.append(found(claim))

    def flag(goods_at):
        facts = {"taken_at": (goods_at - second).isoformat(), "goods_at": goods_at.isoformat()}
        return {"photo_before_goods": facts}

    assert answers == [flag(NOW), {}, flag(ordered_at), {}, {}]


def test_third_claim_in_thirty_days_under_one_phone_in_the_county(cast):
    here = make_consumer(cast.guangcheng, phone="13912345678")
    next_door = make_consumer(cast.liuguang, phone="139 1234 5678")
    other_county = make_consumer(cast.chenlou, phone="13912345678")
    make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW - timedelta(days=30))
    make_claim(cast.liuguang, filed_by=cast.neighbour, consumer=next_door, filed_at=NOW - timedelta(days=29))
    make_claim(cast.chenlou, filed_by=cast.suining_agent, consumer=other_county)
    second = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW)
    third = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW)

    unrelated = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW)
    assert found(unrelated) == {}
    assert found(second) == {"many_claims": {"count": 3, "days": 30}}
    assert found(third) == {"many_claims": {"count": 3, "days": 30}}


def test_photo_taken_long_before_the_claim(cast):
    line = make_line(cast.guangcheng, ordered_at=NOW - 40 * DAY, signed_at=NOW - 30 * DAY)
    answers = []
    for taken_at in (NOW - 15 * DAY, NOW - 15 * DAY - timedelta(seconds=1)):
        claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
        make_photo(claim, taken_at=taken_at)
        answers.append(found(claim))

    assert answers == [{}, {"photo_old": {"taken_at": taken_at.isoformat(), "days": 15}}]


def test_many_claims_of_one_household_under_several_phones(cast):
    house = "广城村三组 12 号"
    family = [make_consumer(cast.guangcheng, address=address) for address in (house, "广城村三组12号", house)]
    next_door = make_consumer(cast.guangcheng, address="广城村三组 13 号")
    no_house = [make_consumer(cast.guangcheng, address="广城村") for _each in range(4)]
    claims = [
        make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
        for consumer in [*family, next_door, *no_house, family[0]]
    ]

    assert found(claims[-1]) == {"many_household": {"count": 4, "days": 30, "people": 3}}
    assert found(claims[3]) == {}
    assert found(claims[4]) == {}


def test_far_more_claims_than_usual_by_one_person(cast):
    for week in range(1, 9):
        for _claim in range(6 if week < 5 else 7):
            make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW - week * 7 * DAY)
    late = [make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW) for _claim in range(19)]
    assert "many_agent" not in found(late[-1])

    last = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW)

    assert found(last)["many_agent"] == {"count": 20, "days": 7, "usual": 6}


def test_far_more_claims_than_usual_about_one_merchant_and_batch(cast):
    other = make_party("merchant", "another merchant")
    for number in range(20):
        line = make_line(cast.guangcheng, merchant=other)
        last = make_claim(
            cast.guangcheng,
            filed_by=cast.agent if number % 2 else cast.technician,
            line=line,
            batch="B7" if number < 10 else "",
        )
        if number == 9:
            assert found(last) == {"many_batch": {"count": 10, "days": 30}}

    assert found(last) == {"many_merchant": {"count": 20, "days": 30, "usual": 0}}


def test_amount_far_above_what_is_usual_at_the_station(cast):
    make_policy(automatic_limit_fen=100_000, officer_limit_fen=100_000)
    for paid_fen in range(10_000, 20_000, 1_000):
        claim = claim_with_photo(
            cast.guangcheng,
            filed_by=cast.agent,
            line=make_line(cast.guangcheng, paid_fen=paid_fen),
            bad_milli=2000,
        )
        with acting_as(cast.agent):
            proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        assert choose(proposal, by=cast.agent).state == "approved"

    answers = []
    for paid_fen in (33_030, 33_040):
        claim = claim_with_photo(
            cast.guangcheng,
            filed_by=cast.agent,
            line=make_line(cast.guangcheng, paid_fen=paid_fen),
            bad_milli=2000,
        )
        with acting_as(cast.agent):
            proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        answers.append((proposal.needs_level, found(claim, proposal)))

    norm = {"usual_fen": 1450, "count": 10, "where": "station"}
    assert answers == [
        ("rule", {}),
        ("officer", {"amount_unusual": {"amount_fen": 3304, **norm}}),
    ]


def test_an_objection_of_a_second_look_shows_at_later_claims_of_the_person(cast):
    reviewed = choose_small(cast)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with seeing_everything():
        ReviewSample.objects.create(
            compensation=reviewed,
            claim=reviewed.claim,
            station=reviewed.station,
            county_code=reviewed.county_code,
            filed_by=cast.agent,
            drawn_at=NOW - DAY,
            verdict="objection",
            reason="photo shows other goods",
            judged_by=cast.officer,
            judged_at=NOW,
        )

    assert found(claim) == {"objected": {"count": 1}}
    assert found(make_claim(cast.liuguang, filed_by=cast.neighbour)) == {}


def choose_small(cast):
    claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    return choose(proposal, by=cast.agent)


def test_own_claim(cast):
    consumer = make_consumer(cast.guangcheng)
    own(consumer, cast.agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)

    assert found(claim) == {"own_claim": {}}


def test_every_code_of_the_rules_has_words_and_a_place_in_the_table():
    codes = {value for name, value in vars(rules).items() if name.isupper() and isinstance(value, str)}
    assert codes == set(FlagCode.values)
    assert codes - set(WORDS) == {"same_photo", "like_photo", "amount_unusual"}
