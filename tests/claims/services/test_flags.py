"""What catches the eye is raised as flags and brought up to date; nothing is refused for it."""

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import Claim, ClaimFlag
from claims.queries.flags import standing
from claims.services import evidence, merging
from tests.claims.flag_cases import (
    OTHER_TOKEN,
    TOKEN,
    found,
    keep_photo,
    own,
    raised,
    refresh,
)
from tests.claims.money.cases import make_photo
from tests.claims.pictures import copy_of, jpeg, one_colour
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    seeing_everything,
)

pytestmark = pytest.mark.django_db


def test_nothing_catches_the_eye_on_an_ordinary_claim(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_photo(claim, taken_at=NOW)

    assert found(claim) == {}


def test_same_file_on_another_claim_is_flagged_across_counties(cast):
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    first = keep_photo(theirs, jpeg(7))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    second = keep_photo(claim, jpeg(7))

    assert raised(claim) == [("same_photo", second.pk, first.pk)]
    assert raised(theirs) == [("same_photo", first.pk, second.pk)]
    with acting_as(cast.officer):
        [told] = standing(claim)
        assert (told.other.number, told.other.photo, told.other.filed_at) == ("", None, NOW)
    with acting_as(cast.platform):
        [told] = standing(claim)
        assert (told.other.number, told.other.photo) == (theirs.number, first)


@pytest.mark.parametrize("change", ["half and saved anew", "cut by 3 %", "cut by 5 %", "brighter"])
def test_a_changed_copy_used_in_another_county_is_flagged_when_it_is_kept(cast, change):
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    first = keep_photo(theirs, jpeg(7, size=(800, 600)))
    keep_photo(make_claim(cast.liuguang, filed_by=cast.neighbour), jpeg(9, size=(800, 600)))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    second = keep_photo(claim, copy_of(jpeg(7, size=(800, 600)), change))

    assert raised(claim) == [("like_photo", second.pk, first.pk)]
    assert raised(theirs) == [("like_photo", first.pk, second.pk)]
    with seeing_everything():
        facts = ClaimFlag.objects.get(claim=claim).facts
        events = AuditEvent.objects.filter(verb="flag.raised").order_by("id")
        told = [(event.claim_id, event.county_code, event.after) for event in events]
    assert facts["signs"] == 255
    assert 210 <= facts["agreeing"] <= 255
    assert told == [
        (claim.pk, claim.county_code, {"flags": ["like_photo"]}),
        (theirs.pk, theirs.county_code, {"flags": ["like_photo"]}),
    ]


def test_a_flat_picture_and_printed_paper_look_like_nothing(cast):
    claims = [make_claim(cast.guangcheng, filed_by=cast.agent) for _each in range(3)]
    for claim, token in zip(claims, (TOKEN, OTHER_TOKEN, "form-token-aaaaaaaaaaa"), strict=True):
        with acting_as(cast.agent):
            for upload, kind in ((flat(claim.pk), "damage"), (jpeg(3, quality=40 + claim.pk % 50), "label")):
                evidence.stage(
                    upload=upload, station=claim.station, form_token=token, kind=kind, by=cast.agent, now=NOW
                )
            evidence.attach(claim=claim, form_token=token, by=cast.agent, now=NOW)

    assert [raised(claim) for claim in claims] == [[], [], []]


def flat(shade: int) -> bytes:
    return one_colour(shade % 200 + 20)


def test_an_ended_claim_is_not_told_of_its_photo(cast):
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    keep_photo(theirs, jpeg(7))
    with seeing_everything():
        Claim.objects.filter(pk=theirs.pk).update(status="closed")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    keep_photo(claim, jpeg(7))

    assert len(raised(claim)) == 1
    assert raised(theirs) == []


def test_claims_merged_into_one_are_no_others(cast):
    first = make_claim(cast.guangcheng, filed_by=cast.agent)
    second = make_claim(cast.guangcheng, filed_by=cast.agent, line=first.order_line, consumer=first.consumer)
    keep_photo(first, jpeg(1))
    keep_photo(second, jpeg(1), token=OTHER_TOKEN)
    keep_photo(second, copy_of(jpeg(1), "brighter"), token="form-token-aaaaaaaaaaa")
    assert [code for code, *_photos in raised(first)] == ["same_photo", "like_photo"]

    with acting_as(cast.agent):
        merging.merge(duplicate=second, into=first, by=cast.agent, now=NOW)
    refresh(first)

    assert raised(first) == []
    with seeing_everything():
        assert set(ClaimFlag.objects.filter(claim=first).values_list("lapsed_at", flat=True)) == {NOW}


def test_looking_again_changes_nothing(cast):
    keep_photo(make_claim(cast.chenlou, filed_by=cast.suining_agent), jpeg(7))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    keep_photo(claim, jpeg(7))
    with seeing_everything():
        before = list(ClaimFlag.objects.order_by("id").values())

    for _time in range(2):
        refresh(claim)

    with seeing_everything():
        assert list(ClaimFlag.objects.order_by("id").values()) == before
        assert AuditEvent.objects.filter(verb="flag.raised").count() == 2


def test_a_reason_that_is_gone_lapses_and_comes_back(cast):
    consumer = make_consumer(cast.guangcheng)
    own(consumer, cast.agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
    refresh(claim)
    assert raised(claim) == [("own_claim", None, None)]

    own(consumer, None)
    refresh(claim)
    assert raised(claim) == []

    own(consumer, cast.agent)
    refresh(claim)
    assert raised(claim) == [("own_claim", None, None)]
