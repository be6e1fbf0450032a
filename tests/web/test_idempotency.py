from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from aftersales.lib.errors import Refused
from aftersales.web.idempotency import Answer, fingerprint, is_known, once
from aftersales.web.models import SubmissionKey
from tests.processes import at_once

EFFECT = "effects"


def make_row(text="made") -> Answer:
    """An effect that can be counted: a row of the only table this area has, under another client."""
    row = SubmissionKey.objects.create(client=EFFECT, key=uuid4().hex, created_at=timezone.now())
    return Answer.to(row, response={"text": text})


def effects() -> int:
    return SubmissionKey.objects.filter(client=EFFECT).count()


def send(client="user:1", key="key-00000001", content="same", effect=make_row):
    return once(client=client, key=key, fingerprint=fingerprint({"content": content}), effect=effect)


@pytest.mark.django_db
def test_a_second_submission_gets_the_first_answer_and_has_no_effect():
    first, was_replay = send()
    second, is_replay = send(effect=lambda: make_row("again"))

    assert (was_replay, is_replay) == (False, True)
    assert first == second
    assert first.object_type == "web.submissionkey"
    assert first.response == {"text": "made"}
    assert effects() == 1


@pytest.mark.django_db
def test_other_content_under_the_same_key_is_refused():
    send(content="one")

    with pytest.raises(Refused) as refused:
        send(content="two")

    assert refused.value.code == "key_reused"
    assert effects() == 1


@pytest.mark.django_db
def test_keys_of_different_clients_and_other_keys_never_meet():
    send(client="user:1")
    send(client="user:2")
    send(client="user:1", key="key-00000002")

    assert effects() == 3


@pytest.mark.django_db
def test_a_refused_effect_leaves_the_key_free():
    def refuse():
        make_row()
        raise Refused("not now", code="not_now")

    with pytest.raises(Refused):
        send(effect=refuse)

    _answer, was_replay = send()
    assert not was_replay
    assert effects() == 1


@pytest.mark.parametrize(
    "key", ["", "short", "k" * 65, "has blank 1", "line\nfeed-1", "nul\x00-12345", "键键键键键键键键"]
)
def test_a_malformed_key_is_refused_before_the_database_is_asked(key):
    with pytest.raises(Refused) as refused:
        send(key=key)

    assert refused.value.code == "key_malformed"


def test_a_fingerprint_depends_on_the_values_and_not_on_their_order():
    values = {"a": 1, "b": [date(2026, 11, 21), None], "c": {"d": "杨"}}
    photo = SimpleUploadedFile("a.jpg", b"12345")

    assert fingerprint(values) == fingerprint(dict(reversed(values.items())))
    assert fingerprint(values) != fingerprint({**values, "a": 2})
    assert fingerprint({"photo": photo}) != fingerprint({"photo": SimpleUploadedFile("a.jpg", b"123456")})
    assert len(fingerprint({})) == 64


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_have_one_effect_and_one_answer():
    outcomes = at_once(send, [("user:1", f"key-0000000{number % 2}") for number in range(12)])

    assert [outcome.error for outcome in outcomes] == [""] * 12
    for parity in (0, 1):
        answers = [outcome.value for outcome in outcomes[parity::2]]
        assert len({answer.object_id for answer, _replayed in answers}) == 1
        assert sorted(replayed for _answer, replayed in answers) == [False] + [True] * 5
    assert effects() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_contents_under_one_key_one_wins_and_the_other_is_refused():
    outcomes = at_once(send, [("user:1", "key-00000001", f"content {number % 2}") for number in range(8)])

    winners = [outcome.value[0] for outcome in outcomes if not outcome.error]
    assert len(winners) == 4
    assert len({answer.object_id for answer in winners}) == 1
    assert {outcome.error for outcome in outcomes if outcome.error} == {"Refused"}
    assert effects() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_when_the_first_of_the_twins_is_refused_another_one_takes_its_place():
    def sometimes(number):
        def effect():
            if number % 3 == 0:
                raise Refused("not now", code="not_now")
            return make_row()

        return send(effect=effect)

    outcomes = at_once(sometimes, [(number,) for number in range(9)])

    done = [outcome.value for outcome in outcomes if not outcome.error]
    assert sum(not replayed for _answer, replayed in done) == 1
    assert effects() == 1


@pytest.mark.django_db
def test_what_can_be_no_key_is_not_asked_for():
    assert not any(is_known(client="c", key=key) for key in ("", "\0" * 8, "\ud800" * 8, "k" * 65))
