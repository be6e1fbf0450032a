from datetime import timedelta

import pytest
from django.utils import translation

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web.models import SubmissionKey
from claims.models import Claim, Compensation, Consent, Consumer, Order, OrderLine, Photo
from claims.queries.claims import open_claims_elsewhere, open_claims_like
from claims.rules.classification import CASES, GoodsType, Nature, Severity
from claims.rules.numbering import is_valid_number, make_number
from claims.services import evidence as photos
from claims.services import filing, reach
from tests.claims.pictures import jpeg
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_party,
    seeing_everything,
)
from tests.processes import at_once

TOKEN = "filing-token-0123456"


def arguments(cast, **changes):
    """What an agent in 广城 sends: three of twenty peaches are bad."""
    consumer = changes.pop("consumer", None) or make_consumer(cast.guangcheng)
    line = changes.pop("order_line", None) or make_line(cast.guangcheng, consumer=consumer)
    return {
        "order_line": line,
        "consumer": consumer,
        "goods_type": "fresh_fruit",
        "nature": "quality",
        "severity": "minor",
        "description": "坏果",
        "bad_milli": 3000,
        "channel": "station",
        "consent_kind": "spoken",
        "form_token": TOKEN,
        "by": cast.agent,
        "now": NOW,
        **changes,
    }


def file(cast, **changes):
    given = arguments(cast, **changes)
    with acting_as(given["by"]):
        return filing.file(**given)


def refusal(cast, **changes):
    with pytest.raises(Refused) as refused:
        file(cast, **changes)
    return refused.value.code, refused.value.field


def test_a_claim_taken_down_at_the_station_is_accepted_at_once(cast):
    consumer = make_consumer(cast.guangcheng)
    line = make_line(cast.guangcheng, consumer=consumer, batch="2026-11")

    claim = file(cast, order_line=line, consumer=consumer, description="  坏果 3 个 ")

    assert is_valid_number(claim.number)
    assert claim.number.startswith("SH261120")
    assert (claim.station_id, claim.county_code) == (cast.guangcheng.pk, "520123000000")
    assert (claim.consumer_id, claim.order_line_id) == (consumer.pk, line.pk)
    assert (claim.filed_by_id, claim.filed_at, claim.handler_id) == (cast.agent.pk, NOW, cast.agent.pk)
    assert (claim.description, claim.bad_milli, claim.batch) == ("坏果 3 个", 3000, "2026-11")
    assert (claim.procedure, claim.liable_party_id) == ("quality_proportional", line.order.merchant_id)
    assert (claim.status, claim.accepted_at, claim.response_minutes) == ("accepted", NOW, 0)
    assert claim.handling_due_at == claim.reply_finish_at == NOW + timedelta(hours=24)
    assert (claim.reply_progress, claim.reply_method) == (
        "Taken down and accepted at the station.",
        "Refund, reship or coupon, as the consumer chooses.",
    )


def test_filing_writes_consent_history_and_the_compensation(cast):
    claim = file(cast)

    with seeing_everything():
        (consent,) = Consent.objects.all()
        (proposal,) = Compensation.objects.all()
        events = list(AuditEvent.objects.filter(claim_id=claim.pk).order_by("id"))
    assert (
        consent.claim_id,
        consent.consumer_id,
        consent.kind,
        consent.given_at,
        consent.recorded_by_id,
    ) == (
        claim.pk,
        claim.consumer_id,
        "spoken",
        NOW,
        cast.agent.pk,
    )
    assert (proposal.claim_id, proposal.amount_fen, proposal.state) == (claim.pk, 600, "proposed")
    assert [event.verb for event in events] == ["claim.filed", "claim.accepted", "compensation.worked_out"]
    assert events[0].after == {
        "number": claim.number,
        "status": "submitted",
        "channel": "station",
        "consumer": claim.consumer_id,
        "order_line": claim.order_line_id,
        "goods_type": "fresh_fruit",
        "nature": "quality",
        "severity": "minor",
        "procedure": "quality_proportional",
        "liable_party": claim.liable_party_id,
        "batch": "",
        "bad_milli": 3000,
        "is_urgent": False,
        "is_without_reason": False,
        "level": 0,
        "clock_policy": claim.clock_policy_id,
        "handling_due_at": claim.handling_due_at.isoformat(),
        "consent": "spoken",
    }


def test_a_claim_by_phone_waits_for_its_first_reply(cast):
    claim = file(cast, channel="phone")

    assert (claim.status, claim.accepted_at, claim.handler_id, claim.reply_progress) == (
        "submitted",
        None,
        None,
        "",
    )


def test_the_first_reply_is_in_the_language_of_the_person_filing(cast):
    with translation.override("zh-hans"):
        expected = translation.gettext("Refund, reship or coupon, as the consumer chooses.")
        claim = file(cast)

    assert claim.reply_method == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.procedure.code)
def test_every_procedure_of_a_new_claim_has_its_method(case):
    assert case.procedure.code in filing.METHODS


@pytest.mark.parametrize(
    ("goods_type", "nature", "severity", "procedure", "liable"),
    [
        ("fresh_fruit", "quality", "minor", "quality_proportional", "merchant"),
        ("fresh_fruit", "logistics", "minor", "logistics_minor", "logistics"),
        ("appliance", "quality", "minor", "appliance_repair", "merchant"),
        ("appliance", "price", "minor", "price_dispute", "platform"),
        ("clothing", "service", "major", "service_failure", None),
    ],
)
def test_the_class_decides_procedure_and_liable_party(cast, goods_type, nature, severity, procedure, liable):
    line = make_line(cast.guangcheng, merchant=make_party("merchant", "果园合作社"))

    claim = file(
        cast, order_line=line, goods_type=goods_type, nature=nature, severity=severity, bad_milli=None
    )

    party = getattr(line.order, liable) if liable else None
    assert (claim.procedure, claim.liable_party) == (procedure, party)
    with seeing_everything():
        assert Compensation.objects.count() == 0


def test_photos_of_the_form_become_evidence(cast):
    with acting_as(cast.agent):
        staged = photos.stage(
            upload=jpeg(1), station=cast.guangcheng, form_token=TOKEN, by=cast.agent, now=NOW
        )

    claim = file(cast)

    with seeing_everything():
        assert list(Photo.objects.filter(claim=claim)) == [staged]


def test_sent_twice_it_is_one_claim(cast):
    given = arguments(cast)

    with acting_as(cast.agent):
        first = filing.file(**given)
        second = filing.file(**{**given, "now": NOW + timedelta(minutes=5)})
        with pytest.raises(Refused) as refused:
            filing.file(**{**given, "bad_milli": 4000})
        other = filing.file(**{**given, "form_token": "another-token-0123"})

    assert second == first != other
    assert refused.value.code == "key_reused"
    with seeing_everything():
        assert (Claim.objects.count(), Consent.objects.count()) == (2, 2)


def test_a_refused_form_may_be_corrected_and_sent_again(cast):
    given = arguments(cast)

    with acting_as(cast.agent):
        with pytest.raises(Refused):
            filing.file(**{**given, "bad_milli": 21_000})
        assert SubmissionKey.objects.count() == 0
        assert filing.file(**given).bad_milli == 3000


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"bad_milli": 0}, ("bad_not_positive", "bad_milli")),
        ({"bad_milli": -1}, ("bad_not_positive", "bad_milli")),
        ({"bad_milli": 20_001}, ("bad_over_total", "bad_milli")),
        ({"bad_milli": 2500}, ("bad_not_whole", "bad_milli")),
        ({"goods_type": "gold"}, ("unknown_choice", "goods_type")),
        ({"nature": ""}, ("unknown_choice", "nature")),
        ({"severity": "worst"}, ("unknown_choice", "severity")),
        ({"channel": "pigeon"}, ("unknown_choice", "channel")),
        ({"consent_kind": ""}, ("unknown_choice", "consent_kind")),
        ({"description": "坏" * 1001}, ("too_long", "description")),
        ({"batch": "1" * 41}, ("too_long", "batch")),
        ({"form_token": "short"}, ("key_malformed", None)),
    ],
)
def test_filing_refuses_what_cannot_be(cast, change, expected):
    assert refusal(cast, **change) == expected

    with seeing_everything():
        assert (Claim.objects.count(), Consent.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"), [("cancelled", "order_cancelled"), ("moved", "consumer_elsewhere")]
)
def test_an_order_that_changes_while_a_claim_is_filed_is_looked_at_again(cast, monkeypatch, change, code):
    values = {"state": "cancelled"} if change == "cancelled" else {"station": cast.liuguang}
    line, read = make_line(cast.guangcheng), reach.consumer

    def meanwhile(row):
        Order._base_manager.filter(pk=line.order_id).update(**values)
        return read(row)

    monkeypatch.setattr(reach, "consumer", meanwhile)

    assert refusal(cast, order_line=line)[0] == code
    with seeing_everything():
        assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    "change", [{"bad_milli": 20_000}, {"bad_milli": None}, {"description": ""}, {"batch": "1" * 40}]
)
def test_filing_accepts_what_just_can_be(cast, change):
    assert file(cast, **change).pk


def test_a_weight_may_be_broken(cast):
    line = make_line(cast.guangcheng, unit="kg", quantity_milli=5000)

    assert file(cast, order_line=line, bad_milli=1250).bad_milli == 1250


@pytest.mark.parametrize("who", ["neighbour", "suining_agent", "suining_manager", "nobody"])
def test_another_villages_line_and_consumer_look_like_none(cast, who):
    stranger = getattr(cast, who)
    ours = make_consumer(cast.guangcheng)
    line = make_line(cast.guangcheng)
    theirs = {"neighbour": cast.liuguang}.get(who, cast.chenlou)
    missing_line, missing_consumer = OrderLine(pk=10**9), Consumer(pk=10**9)
    elsewhere = {"order_line": make_line(theirs), "consumer": make_consumer(theirs)}

    for foreign in ({**elsewhere, "order_line": line}, {**elsewhere, "order_line": missing_line}):
        assert refusal(cast, by=stranger, **foreign) == ("unknown_order_line", "order_line")
    if who != "nobody":
        for foreign in ({**elsewhere, "consumer": ours}, {**elsewhere, "consumer": missing_consumer}):
            assert refusal(cast, by=stranger, **foreign) == ("unknown_consumer", "consumer")
        assert file(cast, by=stranger, **elsewhere).station_id == theirs.pk


def test_line_and_consumer_belong_to_one_station(cast):
    neighbour = make_consumer(cast.liuguang)

    assert refusal(cast, by=cast.officer, consumer=neighbour, order_line=make_line(cast.guangcheng)) == (
        "consumer_elsewhere",
        "consumer",
    )
    assert file(cast, by=cast.officer, consumer=neighbour, order_line=make_line(cast.liuguang))


@pytest.mark.parametrize("state", ["applied", "approved", "accepted", "suspended", "closed"])
def test_a_station_that_does_not_operate_takes_no_claims(cast, state):
    consumer, line = make_consumer(cast.guangcheng), make_line(cast.guangcheng)
    with seeing_everything():
        type(cast.guangcheng).objects.filter(pk=cast.guangcheng.pk).update(state=state)

    assert refusal(cast, consumer=consumer, order_line=line) == ("station_not_operating", "station")


def test_nobody_files_for_a_person_who_was_erased(cast):
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        consumer.save(update_fields=consumer.erase_personal(now=NOW))

    assert refusal(cast, consumer=consumer) == ("personal_data_erased", "consumer")


def test_a_number_that_is_taken_is_drawn_again(cast, monkeypatch):
    taken = make_claim(cast.chenlou, filed_by=cast.suining_agent).number
    free = make_number(NOW.date())
    drawn = iter([taken, taken, free])
    monkeypatch.setattr(filing, "make_number", lambda day: next(drawn))

    assert file(cast).number == free


def test_when_no_number_is_free_nothing_is_filed(cast, monkeypatch):
    taken = make_claim(cast.chenlou, filed_by=cast.suining_agent).number
    monkeypatch.setattr(filing, "make_number", lambda day: taken)

    assert refusal(cast) == ("no_number", None)
    with seeing_everything():
        assert Claim.objects.count() == 1


def test_numbers_carry_the_day_in_shanghai(cast):
    before_midnight = NOW.replace(hour=16, minute=30)  # 2026-11-21 00:30 in Shanghai

    assert file(cast, now=before_midnight).number.startswith("SH261121")


def test_a_warning_counts_other_stations_and_shows_only_ones_own(cast):
    consumer = make_consumer(cast.guangcheng, phone="13800001111")
    twin = make_consumer(cast.liuguang, phone="138 0000 1111")
    far = make_consumer(cast.chenlou, phone="13800001111")
    line = make_line(cast.guangcheng, consumer=consumer)
    by_line = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    by_phone = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
    make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer, status="resolved")
    make_claim(cast.guangcheng, filed_by=cast.agent)
    next_door = make_claim(cast.liuguang, filed_by=cast.neighbour, consumer=twin)
    make_claim(cast.chenlou, filed_by=cast.suining_agent, consumer=far)

    with acting_as(cast.agent):
        assert set(open_claims_like(order_line=line, consumer=consumer)) == {by_line, by_phone}
        assert open_claims_elsewhere(consumer=consumer) == 1
    with acting_as(cast.officer):
        assert set(open_claims_like(order_line=line, consumer=consumer)) == {by_line, by_phone, next_door}
        assert open_claims_elsewhere(consumer=consumer) == 0


def test_a_consumer_without_a_phone_resembles_nobody(cast):
    with seeing_everything():
        nameless = Consumer.objects.create(
            station=cast.guangcheng, county_code="520123000000", created_at=NOW
        )
        other = Consumer.objects.create(station=cast.guangcheng, county_code="520123000000", created_at=NOW)
    make_claim(cast.guangcheng, filed_by=cast.agent, consumer=other)
    line = make_line(cast.guangcheng)

    with acting_as(cast.agent):
        assert list(open_claims_like(order_line=line, consumer=nameless)) == []
        assert open_claims_elsewhere(consumer=nameless) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_by_eight_at_once_is_one_claim(transactional_db, cast):
    given = arguments(cast)

    def send():
        with acting_as(cast.agent):
            return filing.file(**given).number

    outcomes = at_once(send, [()] * 8)

    with seeing_everything():
        (claim,) = Claim.objects.all()
        assert (Consent.objects.count(), Compensation.objects.count()) == (1, 1)
    assert [(outcome.value, outcome.error) for outcome in outcomes] == [(claim.number, "")] * 8


def test_classes_on_the_claim_are_plain_codes(cast):
    claim = file(cast, goods_type=GoodsType.FRESH_FRUIT, nature=Nature.QUALITY, severity=Severity.MINOR)

    assert [type(value) for value in (claim.goods_type, claim.nature, claim.severity)] == [str] * 3
