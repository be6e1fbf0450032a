"""How somebody wants to be told: their own page, addresses sealed."""

import json
from datetime import time

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.db import connection

from aftersales.accounts import sealing
from aftersales.audit.models import AuditEvent
from aftersales.notices import preferences
from aftersales.notices.models import Preference
from aftersales.ops import key_rotation
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
URL = "/inbox/settings/"
SENT = {
    "wanted": ["email"],
    "email": "wang.fang@example.com",
    "phone": "138 0000 1234",
    "quiet_from": "22:00",
    "quiet_until": "07:30",
    "language": "en",
}


@pytest.fixture(autouse=True)
def _the_clock_stands(settings):
    settings.NOTICE_CHANNELS = ["email", "sms"]
    with time_machine.travel(NOW, tick=False):
        yield


def stored(user) -> Preference:
    return Preference.objects.get(user=user)


def clear(row, kind) -> str:
    return sealing.unseal(row.person_key, getattr(row, f"{kind}_sealed"))


def test_what_is_chosen_is_stored_sealed(cast, as_user):
    answer = as_user("agent").post(URL, SENT)

    row = stored(cast.agent)
    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert (row.muted, row.language) == (["sms"], "en")
    assert (row.quiet_from, row.quiet_until) == (time(22), time(7, 30))
    assert (row.email_masked, row.phone_masked) == ("w****@example.com", "138****1234")
    assert (clear(row, "email"), clear(row, "phone")) == ("wang.fang@example.com", "13800001234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_preference")
        raw = str(cursor.fetchall())
    assert ("wang.fang" in raw, "13800001234" in raw) == (False, False)


def test_the_trail_is_told_what_changed_with_masks(cast, as_user):
    as_user("agent").post(URL, SENT)
    as_user("agent").post(URL, SENT | {"email": "", "phone": ""})

    with seeing_everything():
        (event,) = AuditEvent.objects.filter(verb="notice.preference_changed")
    assert event.actor_id == cast.agent.pk
    assert event.before == {
        "muted": [],
        "quiet_from": "21:00",
        "quiet_until": "08:00",
        "language": "",
        "email_masked": "",
        "phone_masked": "",
    }
    assert event.after == {
        "muted": ["sms"],
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "language": "en",
        "email_masked": "w****@example.com",
        "phone_masked": "138****1234",
    }
    assert "wang.fang" not in json.dumps([event.before, event.after])


def test_an_address_left_empty_stays_and_a_forgotten_one_goes(cast, as_user):
    client = as_user("agent")
    client.post(URL, SENT)
    client.post(URL, SENT | {"email": "", "phone": "", "forget_phone": "on"})

    row = stored(cast.agent)
    assert (clear(row, "email"), row.email_masked) == ("wang.fang@example.com", "w****@example.com")
    assert (row.phone_sealed, row.phone_masked) == ("", "")


def test_the_page_shows_masks_alone(cast, as_user):
    client = as_user("agent")
    client.post(URL, SENT)

    page = client.get(URL).content.decode()

    assert ("w****@example.com" in page, "138****1234" in page) == (True, True)
    assert ("wang.fang" in page, "13800001234" in page) == (False, False)


def test_a_channel_muted_while_it_is_off_stays_muted(cast, as_user, settings):
    client = as_user("agent")
    client.post(URL, SENT | {"wanted": ["email"]})
    settings.NOTICE_CHANNELS = ["email"]
    client.post(URL, SENT | {"wanted": []})

    assert stored(cast.agent).muted == ["email", "sms"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@example.com\r\nBcc: b@example.com"),
        ("phone", "12345"),
        ("quiet_from", ""),
        ("quiet_from", "25:00"),
        ("quiet_until", "noon"),
        ("language", "tlh"),
        ("wanted", ["pigeon"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, as_user, field, value):
    answer = as_user("agent").post(URL, SENT | {field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert not Preference.objects.exists()


def test_without_channels_there_is_nothing_to_choose_from(cast, as_user, settings):
    settings.NOTICE_CHANNELS = []
    client = as_user("agent")

    fields = set(client.get(URL).context["form"].fields)

    assert fields == {"wanted", "quiet_from", "quiet_until", "language"}
    assert (
        client.post(URL, {key: SENT[key] for key in ("quiet_from", "quiet_until", "language")})["Location"]
        == URL
    )


def test_everybody_has_the_defaults(cast):
    row = preferences.of(cast.agent)

    assert (row.pk, row.muted, row.quiet_from, row.quiet_until) == (None, [], time(21), time(8))


def test_keys_of_preferences_are_wrapped_anew(cast, as_user, settings):
    as_user("agent").post(URL, SENT)
    settings.FIELD_KEYS = [f"new:{Fernet.generate_key().decode()}", *settings.FIELD_KEYS]
    with seeing_everything():
        key_rotation.rotate(by=cast.administrator, now=NOW, refuse=lambda row, reason: None)

    row = stored(cast.agent)
    assert row.person_key.startswith("new:")
    assert clear(row, "email") == "wang.fang@example.com"
