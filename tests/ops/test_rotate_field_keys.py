"""A new master key: every person's key is wrapped with it, and the old one can go."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from aftersales.accounts.sealing import MasterKeyMissing, master_id_of
from aftersales.audit.models import AuditEvent
from aftersales.ops import key_rotation
from claims.models import Consumer
from tests.factories import make_consumer, seeing_everything

NEW = f"K2:{Fernet.generate_key().decode()}"
# Another key, although SQLite's LIKE cannot tell it from the new one.
SIMILAR = f"k2:{Fernet.generate_key().decode()}"


def rotate():
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("rotate_field_keys", stdout=out, stderr=err)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue().splitlines()[-1], err.getvalue()


def people():
    with seeing_everything():
        return list(Consumer.objects.order_by("pk"))


def test_everything_opens_without_the_old_key(cast, settings, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    old = settings.FIELD_KEYS
    clear = [(f"张桂英{number}", f"1380000{number:04d}") for number in range(5)]
    for name, phone in clear:
        make_consumer(cast.guangcheng, name=name, phone=phone)
    with seeing_everything():
        erased = Consumer.objects.order_by("pk").last()
        erased.erase_personal(now=timezone.now())
        erased.save()
    tokens = [person.phone_sealed for person in people()]
    settings.FIELD_KEYS = [SIMILAR, *old]
    similar = make_consumer(cast.guangcheng, name="李小明", phone="13900000009")
    settings.FIELD_KEYS = [NEW, SIMILAR, *old]
    make_consumer(cast.guangcheng, name="王秀兰", phone="13900000010")

    assert rotate() == (0, "rewrapped 5, unchanged 1", "")
    assert rotate() == (0, "rewrapped 0, unchanged 6", "")

    settings.FIELD_KEYS = [NEW]
    living = [person for person in people() if person.pk != erased.pk]
    assert {master_id_of(person.person_key) for person in living} == {"K2"}
    assert [(person.clear_name(), person.clear_phone()) for person in living] == [
        *clear[:4],
        ("李小明", "13900000009"),
        ("王秀兰", "13900000010"),
    ]
    assert [person.phone_sealed for person in people()][:5] == tokens
    with pytest.raises(MasterKeyMissing):
        similar.clear_name()
    with seeing_everything():
        events = [event.after for event in AuditEvent.objects.filter(verb="keys.rotated").order_by("id")]
    assert events == [
        {"key": "K2", "rewrapped": 5, "unchanged": 1, "refused": 0},
        {"key": "K2", "rewrapped": 0, "unchanged": 6, "refused": 0},
    ]


def test_a_key_that_does_not_open_is_named_and_stops_nothing(cast, settings):
    lost, kept = make_consumer(cast.guangcheng), make_consumer(cast.guangcheng)
    with seeing_everything():
        Consumer.objects.filter(pk=lost.pk).update(person_key="gone:" + lost.person_key.partition(":")[2])
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    code, summary, complaints = rotate()

    assert (code, summary) == (1, "rewrapped 1, unchanged 0, refused 1")
    assert complaints.splitlines() == [
        f"claims.Consumer {lost.pk}: Master key gone is not in FIELD_KEYS; put it back behind the newest one."
    ]
    kept.refresh_from_db()
    assert master_id_of(kept.person_key) == "K2"
