"""Personal data at rest: unreadable without its keys, findable by phone alone, gone for good once erased."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from aftersales.accounts.sealing import (
    BrokenSeal,
    Erased,
    MasterKeyMissing,
    comparable_phone,
    is_sealed,
    master_id_of,
    new_person_key,
    phone_index,
    rewrap,
    same_phone,
    seal,
    unseal,
)

OLD = "2025:" + Fernet.generate_key().decode()
NEW = "2026:" + Fernet.generate_key().decode()
TEXTS = [
    "李小明",
    "13800000007",
    "贵州省贵阳市修文县龙场镇某村 3 组",
    "6217 0000 1111 2222",
    "a",
    "😀" * 200,
    " ",
]


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.FIELD_KEYS = [NEW, OLD]
    settings.PHONE_INDEX_KEY = "k" * 32


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_sealed_comes_back(text):
    person = new_person_key()

    assert unseal(person, seal(person, text)) == text


def test_the_empty_string_stays_empty_even_after_erasure():
    assert seal(new_person_key(), "") == ""
    assert unseal("", "") == ""


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) > 1])
def test_a_token_shows_neither_the_text_nor_that_two_are_equal(text):
    person = new_person_key()

    first, second = seal(person, text), seal(person, text)

    assert text not in first
    assert text.encode().hex() not in first
    assert first != second
    assert is_sealed(first)
    assert not is_sealed(text)


def test_every_person_has_a_key_of_their_own():
    mine, yours = new_person_key(), new_person_key()
    token = seal(mine, "李小明")

    with pytest.raises(BrokenSeal, match="another person"):
        unseal(yours, token)
    assert unseal(mine, token) == "李小明"


def test_a_new_key_is_wrapped_by_the_newest_master_key(settings):
    assert master_id_of(new_person_key()) == "2026"

    settings.FIELD_KEYS = [OLD]

    assert master_id_of(new_person_key()) == "2025"


def test_rotation_rewraps_the_key_and_leaves_the_tokens_alone(settings):
    settings.FIELD_KEYS = [OLD]
    person = new_person_key()
    token = seal(person, "李小明")

    settings.FIELD_KEYS = [NEW, OLD]
    rotated = rewrap(person)
    settings.FIELD_KEYS = [NEW]

    assert master_id_of(rotated) == "2026"
    assert unseal(rotated, token) == "李小明"
    with pytest.raises(MasterKeyMissing, match="2025"):
        unseal(person, token)


def test_rotation_can_be_repeated():
    person = new_person_key()

    assert rewrap(person) == person
    assert rewrap("") == ""


def _altered(text, position):
    other = "A" if text[position] != "A" else "B"
    return text[:position] + other + text[position + 1 :]


def test_any_altered_character_of_a_token_is_noticed():
    person = new_person_key()
    token = seal(person, "13800000007")

    # The last characters before the padding carry spare bits that decoding ignores.
    for position in range(len(token.rstrip("=")) - 1):
        with pytest.raises(BrokenSeal):
            unseal(person, _altered(token, position))


@pytest.mark.parametrize("token", ["李小明", "f1:", "f1:abc", "f2:0123456789ab:x", "f1::x", ":"])
def test_what_is_no_token_is_an_error(token):
    with pytest.raises(BrokenSeal):
        unseal(new_person_key(), token)


def test_a_shortened_token_is_an_error():
    person = new_person_key()
    token = seal(person, "13800000007")

    with pytest.raises(BrokenSeal):
        unseal(person, token[:-8])


def test_an_altered_person_key_is_an_error():
    person = new_person_key()

    with pytest.raises(BrokenSeal, match="2026"):
        seal(_altered(person, 30), "李小明")


def test_without_a_person_key_nothing_is_sealed_or_opened():
    token = seal(new_person_key(), "李小明")

    with pytest.raises(Erased) as refusal:
        unseal("", token)
    with pytest.raises(Erased):
        seal("", "李小明")

    assert refusal.value.code == "personal_data_erased"


def test_no_error_repeats_the_value_or_a_key():
    person, other = new_person_key(), new_person_key()
    token = seal(person, "李小明")
    said = []
    for key, value in [
        (other, token),
        (person, token[:-8]),
        (person, "李小明"),
        (_altered(person, 40), token),
    ]:
        with pytest.raises(BrokenSeal) as error:
            unseal(key, value)
        said.append(f"{error.value!r} {error.value.__cause__!r}")

    secrets = ["李小明", person, other, token, NEW.partition(":")[2], OLD.partition(":")[2]]
    assert [secret for secret in secrets for text in said if secret in text] == []


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ([], "empty"),
        (["nocolon"], "entry 1 is not of the form"),
        ([NEW, ":" + NEW], "entry 2 is not of the form"),
        (["short:abc"], "entry short is not a Fernet key"),
        ([NEW, NEW], "2026 twice"),
    ],
)
def test_wrong_master_keys_are_named_without_being_shown(settings, keys, complaint):
    settings.FIELD_KEYS = keys

    with pytest.raises(ImproperlyConfigured, match=complaint) as error:
        new_person_key()

    assert NEW.partition(":")[2] not in str(error.value)
    assert "abc" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13800000007", "13800000007"),
        ("+86 138-0000-0007", "13800000007"),
        ("0086 138 0000 0007", "13800000007"),
        ("８６１３８０００００００７", "13800000007"),
        ("１３８００００ 0007", "13800000007"),
        ("0851-8765 4321", "085187654321"),
        ("400-820-8820", "4008208820"),
        ("无", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_number_compare_equal(text, digits):
    assert comparable_phone(text) == digits


def test_the_index_finds_a_number_whatever_its_spelling():
    index = phone_index("138 0000 0007")

    assert index == phone_index("+86-13800000007")
    assert index != phone_index("13800000008")
    assert len(index) == 64
    assert same_phone("13800000007", index)
    assert not same_phone("13800000008", index)


def test_the_index_depends_on_its_own_key_alone(settings):
    index = phone_index("13800000007")

    settings.FIELD_KEYS = [OLD]
    assert phone_index("13800000007") == index

    settings.PHONE_INDEX_KEY = "j" * 32
    assert phone_index("13800000007") != index


def test_no_number_has_no_index_and_matches_nobody():
    assert phone_index("") == ""
    assert phone_index("无") == ""
    assert not same_phone("", "")


def test_a_short_index_key_is_refused(settings):
    settings.PHONE_INDEX_KEY = "k" * 31

    with pytest.raises(ImproperlyConfigured, match="PHONE_INDEX_KEY"):
        phone_index("13800000007")
