import json

import pytest

from aftersales.accounts.sealing import phone_index
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Consumer
from claims.services import consumers
from tests.factories import NOW, acting_as, make_consumer, seeing_everything
from tests.processes import at_once


def register(cast, **changes):
    given = {
        "station": cast.guangcheng,
        "name": "张桂英",
        "phone": "138 0000 1111",
        "address": "贵州省修文县六广镇广城村二组",
        "account": "6222021234567890123",
        "by": cast.agent,
        "now": NOW,
        **changes,
    }
    with acting_as(given["by"]):
        return consumers.register(**given)


def refusal(service, *arguments, **named):
    with pytest.raises(Refused) as refused:
        service(*arguments, **named)
    return refused.value.code, refused.value.field


def secrets_in(values) -> list[str]:
    text = json.dumps(values, ensure_ascii=False)
    return [
        secret for secret in ("桂英", "贵英", "13800001111", "二组", "6222021234567890123") if secret in text
    ]


def test_a_consumer_is_taken_down_sealed(cast):
    consumer = register(cast, is_city_buyer=True)

    with seeing_everything():
        stored = Consumer.objects.get()
        (event,) = AuditEvent.objects.all()
    assert stored == consumer
    assert (stored.station_id, stored.county_code, stored.created_at, stored.is_city_buyer) == (
        cast.guangcheng.pk,
        "520123000000",
        NOW,
        True,
    )
    assert (stored.name_masked, stored.phone_masked) == ("张**", "138****1111")
    assert (stored.clear_name(), stored.clear_phone()) == ("张桂英", "13800001111")
    assert (stored.clear_address(), stored.clear_account()) == (
        "贵州省修文县六广镇广城村二组",
        "6222021234567890123",
    )
    assert stored.phone_index == phone_index("13800001111")
    assert (event.verb, event.actor_id) == ("consumer.registered", cast.agent.pk)
    assert secrets_in(event.after) == []


def test_the_same_phone_at_the_station_is_the_same_consumer(cast):
    first = register(cast)

    again = register(cast, phone="+86 13800001111", address="", account="")
    renamed = register(cast, name="张贵英", address="贵州省修文县六广镇广城村三组", account="")

    assert again == renamed == first
    with seeing_everything():
        stored = Consumer.objects.get()
        events = list(AuditEvent.objects.order_by("id"))
    assert (stored.clear_name(), stored.clear_address(), stored.clear_account()) == (
        "张贵英",
        "贵州省修文县六广镇广城村三组",
        "6222021234567890123",
    )
    assert [event.verb for event in events] == ["consumer.registered", "consumer.updated"]
    assert secrets_in([[event.before, event.after] for event in events]) == []


def test_becoming_a_city_buyer_is_an_update_of_its_own(cast):
    register(cast)

    assert register(cast, is_city_buyer=True).is_city_buyer
    assert register(cast, is_city_buyer=False).is_city_buyer
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="consumer.updated").count() == 1


def test_the_same_phone_at_another_station_is_another_consumer(cast):
    ours = register(cast)
    theirs = register(cast, station=cast.liuguang, by=cast.neighbour)

    assert ours != theirs
    assert ours.phone_index == theirs.phone_index


def test_people_without_a_phone_are_taken_down_each_time(cast):
    assert register(cast, phone="") != register(cast, phone=" ")


def test_an_erased_consumer_does_not_come_back_by_phone(cast):
    erased = register(cast)
    with seeing_everything():
        erased.save(update_fields=erased.erase_personal(now=NOW))

    assert register(cast) != erased


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "  "}, ("name_missing", "name")),
        ({"name": "张" * 41}, ("too_long", "name")),
        ({"phone": "12345"}, ("phone_invalid", "phone")),
        ({"phone": "1380000111a"}, ("phone_invalid", "phone")),
        ({"address": "路" * 201}, ("too_long", "address")),
        ({"account": "6" * 61}, ("too_long", "account")),
    ],
)
def test_register_refuses_what_is_no_person(cast, change, expected):
    assert refusal(register, cast, **change) == expected
    with seeing_everything():
        assert (Consumer.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [{"name": "张" * 40}, {"phone": "0851-82321234"}, {"address": "路" * 200}, {"account": "6" * 60}],
)
def test_register_accepts_what_just_is_one(cast, change):
    assert register(cast, **change).pk


def test_another_village_looks_like_no_such_station(cast):
    for stranger in (cast.neighbour, cast.suining_agent, cast.nobody):
        assert refusal(register, cast, by=stranger) == ("unknown_station", "station")
    assert register(cast, by=cast.technician).pk


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_phone_taken_down_by_eight_at_once_is_one_consumer(transactional_db, cast):
    outcomes = at_once(lambda: register(cast).pk, [()] * 8)

    with seeing_everything():
        (consumer,) = Consumer.objects.all()
    assert [(outcome.value, outcome.error) for outcome in outcomes] == [(consumer.pk, "")] * 8


def test_reveal_opens_what_was_asked_for_and_says_who_looked(cast):
    consumer = register(cast)

    with acting_as(cast.agent):
        opened = consumers.reveal(
            consumer=consumer, fields=["phone", "name"], reason="联系取件时间", by=cast.agent, now=NOW
        )
        event = AuditEvent.objects.latest("id")

    assert opened == {"name": "张桂英", "phone": "13800001111"}
    assert (event.verb, event.object_id, event.actor_id, event.reason) == (
        "personal.revealed",
        str(consumer.pk),
        cast.agent.pk,
        "联系取件时间",
    )
    assert (event.before, event.after) == (None, {"fields": ["name", "phone"]})
    assert event.station_id == cast.guangcheng.pk


def test_reveal_refuses_without_reason_field_or_scope(cast):
    consumer = make_consumer(cast.guangcheng)
    given = {"consumer": consumer, "fields": ["name"], "reason": "联系取件", "now": NOW}

    with acting_as(cast.agent):
        assert refusal(consumers.reveal, **{**given, "reason": " 看看 "}, by=cast.agent) == (
            "reason_missing",
            "reason",
        )
        assert refusal(consumers.reveal, **{**given, "fields": []}, by=cast.agent) == (
            "unknown_field",
            "fields",
        )
        assert refusal(consumers.reveal, **{**given, "fields": ["person_key"]}, by=cast.agent) == (
            "unknown_field",
            "fields",
        )
    for stranger in (cast.neighbour, cast.suining_manager):
        with acting_as(stranger):
            assert refusal(consumers.reveal, **given, by=stranger) == ("unknown_consumer", "consumer")
    with seeing_everything():
        assert AuditEvent.objects.count() == 0
        consumer.save(update_fields=consumer.erase_personal(now=NOW))
    with acting_as(cast.agent):
        assert refusal(consumers.reveal, **given, by=cast.agent) == ("personal_data_erased", None)


def test_a_dialect_is_kept_and_nothing_said_leaves_it_alone(cast):
    with acting_as(cast.agent):
        first = consumers.register(
            station=cast.guangcheng,
            name="张桂英",
            phone="13812345678",
            dialect=" 布依语 ",
            by=cast.agent,
            now=NOW,
        )
        again = consumers.register(
            station=cast.guangcheng, name="张桂英", phone="13812345678", by=cast.agent, now=NOW
        )
        told = consumers.note_dialect(consumer=first, dialect="西南官话", by=cast.agent, now=NOW)
        consumers.note_dialect(consumer=first, dialect="", by=cast.agent, now=NOW)

        assert (again.pk, again.dialect) == (first.pk, "布依语")
        assert (told.dialect, Consumer.objects.get(pk=first.pk).dialect) == ("西南官话", "西南官话")
        events = AuditEvent.objects.filter(verb__startswith="consumer.").order_by("id")
        assert [(event.verb, event.after["dialect"]) for event in events] == [
            ("consumer.registered", "布依语"),
            ("consumer.updated", "西南官话"),
        ]
        with pytest.raises(Refused) as refused:
            consumers.note_dialect(consumer=first, dialect="话" * 31, by=cast.agent, now=NOW)
    assert (refused.value.code, refused.value.field) == ("too_long", "dialect")
