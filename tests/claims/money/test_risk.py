"""What catches the eye: photos used twice or taken too early, many claims, one's own claim."""

from datetime import timedelta

import pytest

from claims.queries.risk import flags_for
from tests.claims.money.cases import make_photo
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line, seeing_everything

pytestmark = pytest.mark.django_db


def test_nothing_catches_the_eye_on_an_ordinary_claim(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_photo(claim, taken_at=NOW)

    with acting_as(cast.agent):
        assert flags_for(claim) == []


def test_same_photo_on_another_claim_is_seen_across_counties(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    elsewhere = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    make_photo(claim, sha256="a" * 64)
    make_photo(claim, sha256="a" * 64)
    assert flags_as_agent(cast, claim) == []

    make_photo(elsewhere, sha256="a" * 64)

    assert flags_as_agent(cast, claim) == [("same_photo", {"claims": [], "elsewhere": 1})]
    with seeing_everything():
        assert flags_for(claim) == [("same_photo", {"claims": [elsewhere.number], "elsewhere": 0})]


def test_photo_taken_before_the_goods_were_there(cast):
    ordered_at = NOW - timedelta(days=3)
    second = timedelta(seconds=1)
    found = []
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
        found.append(flags_as_agent(cast, claim))

    def flag(goods_at):
        facts = {"taken_at": (goods_at - second).isoformat(), "goods_at": goods_at.isoformat()}
        return [("photo_before_goods", facts)]

    assert found == [flag(NOW), [], flag(ordered_at), [], []]


def test_third_claim_in_thirty_days_under_one_phone_in_the_county(cast):
    here = make_consumer(cast.guangcheng, phone="13912345678")
    next_door = make_consumer(cast.liuguang, phone="139 1234 5678")
    other_county = make_consumer(cast.chenlou, phone="13912345678")
    make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW - timedelta(days=30))
    make_claim(cast.liuguang, filed_by=cast.neighbour, consumer=next_door, filed_at=NOW - timedelta(days=29))
    make_claim(cast.chenlou, filed_by=cast.suining_agent, consumer=other_county)
    second = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW)
    third = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=here, filed_at=NOW)

    make_later = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW)
    assert flags_as_agent(cast, make_later) == []
    assert flags_as_agent(cast, second) == [("many_claims", {"count": 3, "days": 30})]
    assert flags_as_agent(cast, third) == [("many_claims", {"count": 3, "days": 30})]


def test_own_claim(cast):
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        consumer.user = cast.agent
        consumer.save(update_fields=["user"])
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)

    assert flags_as_agent(cast, claim) == [("own_claim", {})]


def flags_as_agent(cast, claim):
    with acting_as(cast.agent):
        return flags_for(claim)
