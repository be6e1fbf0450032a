"""A person's row: masked to look at, opened by name of method alone, empty after erasure."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ValidationError
from django.forms import modelform_factory

from aftersales.accounts.personal import SealedTextField
from aftersales.accounts.sealing import Erased, master_id_of, phone_index
from claims.models import Consumer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CLEAR = {
    "name": "李小明",
    "phone": "13800000007",
    "address": "贵州省贵阳市修文县龙场镇新春村三组",
    "account": "6217000011112222",
}
PARTS = ["name", "phone", "address", "account"]


@pytest.fixture
def person():
    person = Consumer()
    person.set_personal(**CLEAR)
    return person


def _columns(person):
    return {field.attname: getattr(person, field.attname) for field in person._meta.concrete_fields}


def test_setting_seals_masks_and_indexes(person):
    assert {part: getattr(person, f"clear_{part}")() for part in PARTS} == CLEAR
    assert {part: getattr(person, f"{part}_masked") for part in PARTS} == {
        "name": "李**",
        "phone": "138****0007",
        "address": "贵州省贵阳市修文县龙场镇****",
        "account": "****2222",
    }
    assert person.phone_index == phone_index("13800000007")


def test_no_column_and_no_text_form_holds_the_clear_text(person):
    shown = [*map(str, _columns(person).values()), str(person), repr(person)]

    assert [text for text in shown for clear in CLEAR.values() if clear in text] == []
    assert str(person) == "李** 138****0007"


def test_only_the_values_given_change(person):
    before = _columns(person)

    changed = person.set_personal(phone="+86 139 0000 0008")

    after = _columns(person)
    assert sorted(changed) == ["phone_index", "phone_masked", "phone_sealed"]
    assert sorted(name for name in after if after[name] != before[name]) == sorted(changed)
    assert person.clear_phone() == "+86 139 0000 0008"
    assert person.phone_masked == "139****0008"


def test_an_empty_value_empties_its_columns(person):
    person.set_personal(phone="", address="")

    assert [person.phone_sealed, person.phone_masked, person.phone_index] == ["", "", ""]
    assert [person.address_sealed, person.address_masked] == ["", ""]
    assert person.clear_phone() == ""
    assert person.clear_name() == "李小明"


def test_the_first_value_brings_the_key_and_later_ones_keep_it():
    person = Consumer()

    assert person.set_personal() == []
    assert "person_key" in person.set_personal(name="王五")
    key = person.person_key
    assert "person_key" not in person.set_personal(name="王小五")
    assert person.person_key == key


def test_a_mask_fits_its_column():
    person = Consumer()

    person.set_personal(address="贵州省" + "某" * 300 + "县", account="1" * 300)

    longest = {part: person._meta.get_field(f"{part}_masked").max_length for part in PARTS}
    assert [part for part in PARTS if len(getattr(person, f"{part}_masked")) > longest[part]] == []
    assert person.clear_address() == "贵州省" + "某" * 300 + "县"


def test_erasure_leaves_nothing_about_the_person(person):
    changed = person.erase_personal(now=NOW)

    left = {name: value for name, value in _columns(person).items() if value not in ("", None, False)}
    assert left == {"erased_at": NOW}
    assert sorted(changed) == sorted(
        [
            "person_key",
            "phone_index",
            "erased_at",
            *(f"{part}_{kind}" for part in PARTS for kind in ("sealed", "masked")),
        ]
    )


@pytest.mark.parametrize("part", PARTS)
def test_an_erased_person_is_neither_shown_nor_filled_again(person, part):
    person.erase_personal(now=NOW)

    with pytest.raises(Erased):
        getattr(person, f"clear_{part}")()
    with pytest.raises(Erased):
        person.set_personal(**{part: CLEAR[part]})


def test_erasing_twice_keeps_the_first_moment(person):
    person.erase_personal(now=NOW)

    assert person.erase_personal(now=NOW.replace(year=2027)) == []
    assert person.erased_at == NOW


@pytest.mark.django_db
def test_the_database_keeps_no_key_of_an_erased_person(person):
    (constraint,) = (c for c in Consumer._meta.constraints if c.name.endswith("erased_without_key"))
    constraint.validate(Consumer, person)

    person.erased_at = NOW
    with pytest.raises(ValidationError):
        constraint.validate(Consumer, person)

    person.person_key = ""
    with pytest.raises(ValidationError):
        constraint.validate(Consumer, person)

    person.phone_index = ""
    constraint.validate(Consumer, person)


def test_rotation_moves_a_person_to_the_newest_master_key(person, settings):
    settings.FIELD_KEYS = ["next:" + Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    assert person.rewrap_key() == ["person_key"]
    assert person.rewrap_key() == []

    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert master_id_of(person.person_key) == "next"
    assert {part: getattr(person, f"clear_{part}")() for part in PARTS} == CLEAR


LOOKUPS = ["exact", "iexact", "contains", "icontains", "startswith", "regex", "in", "gt", "range", "length"]


@pytest.mark.parametrize("lookup", LOOKUPS)
@pytest.mark.parametrize("part", PARTS)
def test_a_sealed_column_cannot_be_searched(part, lookup):
    with pytest.raises(FieldError, match="sealed"):
        Consumer._base_manager.filter(**{f"{part}_sealed__{lookup}": "x"})


def test_a_sealed_column_cannot_be_excluded_or_compared_without_a_word():
    with pytest.raises(FieldError, match="sealed"):
        Consumer._base_manager.exclude(name_sealed="x")


def test_the_index_can_be_searched():
    found = Consumer._base_manager.filter(phone_index=phone_index("13800000007"), name_sealed__isnull=False)

    assert "phone_index" in str(found.query)


def test_a_sealed_column_takes_no_clear_text(person):
    field = Consumer._meta.get_field("name_sealed")

    assert field.get_prep_value(person.name_sealed) == person.name_sealed
    assert field.get_prep_value("") == ""
    with pytest.raises(ValueError, match="sealed text only"):
        field.get_prep_value("李小明")


def test_no_form_offers_the_columns_of_a_person():
    form = modelform_factory(Consumer, exclude=["station", "user"])

    assert [
        name for name in form.base_fields if name.endswith(("_sealed", "_masked", "_index", "_key"))
    ] == []
    assert [f.name for f in Consumer._meta.fields if isinstance(f, SealedTextField)] == [
        f"{p}_sealed" for p in PARTS
    ]
