"""What catches the eye is raised as flags, brought up to date and judged; nothing is refused for it."""

from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimFlag, ReviewSample
from claims.queries.flags import asking, standing
from claims.queries.signs import signs_of
from claims.rules import flags as rules
from claims.services import compensation, evidence, flag_verdicts, flags, merging
from tests.claims.money.cases import choose, claim_with_photo, make_photo
from tests.claims.pictures import copy_of, jpeg, one_colour
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

TOKEN = "form-token-0123456789"
OTHER_TOKEN = "form-token-9876543210"
DAY = timedelta(days=1)


def found(claim, compensation=None) -> dict[str, dict]:
    """What is noticed at a claim now: facts by code."""
    with seeing_everything():
        claim = Claim.objects.select_related("consumer", "order_line__order", "liable_party").get(pk=claim.pk)
        return {sign.code: sign.facts for sign in signs_of(claim, compensation=compensation)}


def raised(claim) -> list[tuple]:
    """Current flags of a claim: code, own photo, the other photo."""
    with seeing_everything():
        rows = ClaimFlag.objects.filter(claim=claim, lapsed_at__isnull=True).order_by("id")
        return list(rows.values_list("code", "photo", "other_photo"))


def keep_photo(claim, upload, *, token=TOKEN):
    """A photo that the claim's filer sends in and attaches to it."""
    with acting_as(claim.filed_by):
        photo = evidence.stage(
            upload=upload, station=claim.station, form_token=token, by=claim.filed_by, now=NOW
        )
        evidence.attach(claim=claim, form_token=token, by=claim.filed_by, now=NOW)
        return photo


def refresh(claim):
    with seeing_everything():
        claim = Claim.objects.select_related("consumer", "order_line__order", "liable_party").get(pk=claim.pk)
        flags.refresh(claim=claim, compensation=None, now=NOW)


def judge(flag, *, by, verdict="harmless", note="", was=""):
    with acting_as(by):
        return flag_verdicts.judge(flag=flag, verdict=verdict, note=note, was=was, by=by, now=NOW)


def only_flag(claim) -> ClaimFlag:
    with seeing_everything():
        return ClaimFlag.objects.get(claim=claim)


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


def own(consumer, user):
    with seeing_everything():
        consumer.user = user
        consumer.save(update_fields=["user"])


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


def test_a_harmless_flag_no_longer_asks_for_a_person(cast):
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    keep_photo(theirs, jpeg(7))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    keep_photo(claim, jpeg(7))
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    assert (proposal.needs_level, proposal.level_reasons) == ("officer", ["flagged"])

    judge(only_flag(claim), by=cast.officer)
    with acting_as(cast.agent):
        again = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    assert (again.needs_level, again.level_reasons) == ("rule", [])
    assert asking(claim) == []
    assert asking(theirs) == ["same_photo"]


def test_judging_is_kept_with_its_note_and_may_be_changed(cast):
    flag = flagged(cast)
    judge(flag, by=cast.officer)

    judged = judge(flag, by=cast.manager, verdict="confirmed", note="same box as in May", was="harmless")

    assert (judged.verdict, judged.judged_by, judged.judged_at, judged.note) == (
        "confirmed",
        cast.manager,
        NOW,
        "same box as in May",
    )
    with seeing_everything():
        told = AuditEvent.objects.filter(verb="flag.judged").order_by("id")
        assert [(event.before, event.after, event.reason) for event in told] == [
            ({"verdict": ""}, {"code": "own_claim", "verdict": "harmless"}, ""),
            (
                {"verdict": "harmless"},
                {"code": "own_claim", "verdict": "confirmed"},
                "same box as in May",
            ),
        ]


def test_a_judged_flag_neither_lapses_nor_comes_back_unjudged(cast):
    flag = flagged(cast)
    judge(flag, by=cast.officer, verdict="confirmed", note="it is his own")
    own(flag.claim.consumer, None)

    refresh(flag.claim)

    kept = only_flag(flag.claim)
    assert (kept.verdict, kept.lapsed_at) == ("confirmed", None)


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("officer", {"verdict": "", "note": ""}, "unknown_verdict"),
        ("officer", {"verdict": "confirmed", "note": "  x "}, "note_missing"),
        ("officer", {"was": "harmless"}, "stale"),
        ("technician", {}, "conflict"),
        ("suining_officer", {}, "unknown_flag"),
    ],
)
def test_refused_verdicts(cast, who, given, code):
    flag = flagged(cast, filed_by=cast.technician)

    with pytest.raises(Refused) as refused:
        judge(flag, by=getattr(cast, who), **given)

    assert refused.value.code == code
    assert only_flag(flag.claim).verdict == ""
    assert judge(flag, by=cast.officer).verdict == "harmless"


def flagged(cast, *, filed_by=None) -> ClaimFlag:
    filed_by = filed_by or cast.agent
    consumer = make_consumer(cast.guangcheng)
    own(consumer, filed_by)
    claim = make_claim(cast.guangcheng, filed_by=filed_by, consumer=consumer)
    refresh(claim)
    return only_flag(claim)


def test_every_code_of_the_rules_has_words_and_a_place_in_the_table():
    from claims.models.flags import FlagCode
    from claims.views.flag_words import WORDS

    codes = {value for name, value in vars(rules).items() if name.isupper() and isinstance(value, str)}
    assert codes == set(FlagCode.values)
    assert codes - set(WORDS) == {"same_photo", "like_photo", "amount_unusual"}
