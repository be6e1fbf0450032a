from datetime import UTC, datetime

import pytest
from django import forms

from aftersales.lib.errors import Refused
from aftersales.web.service_forms import (
    ChineseNameField,
    KeyedForm,
    LineField,
    MomentField,
    NoteField,
    PhoneField,
    QuantityField,
    ServiceForm,
    YuanField,
)


class AmountForm(ServiceForm):
    fields_by_code = {"too_much": "amount"}

    amount = YuanField()
    note = NoteField(max_length=20, required=False)


def filled():
    form = AmountForm({"amount": "12.5"})
    assert form.is_valid()
    return form


def refusing(**refusal):
    def service(**arguments):
        raise Refused("不行", **refusal)

    return service


def test_a_service_gets_the_arguments_and_its_result_is_kept():
    form = filled()

    assert form.call(lambda **given: given, amount=form.cleaned_data["amount"], by="luo") is True
    assert form.result == {"amount": 1250, "by": "luo"}
    assert form.refused is None


@pytest.mark.parametrize(
    ("refusal", "shown_at"),
    [
        ({"code": "too_much"}, "amount"),
        ({"code": "other", "field": "note"}, "note"),
        ({"code": "other", "field": "not_here"}, "__all__"),
        ({"code": "other"}, "__all__"),
    ],
)
def test_a_refusal_is_shown_where_the_person_will_look(refusal, shown_at):
    form = filled()

    assert form.call(refusing(**refusal)) is False
    assert form.errors.get_json_data() == {shown_at: [{"message": "不行", "code": refusal["code"]}]}
    assert form.refused.code == refusal["code"]


def test_a_fault_in_a_service_is_no_form_error():
    with pytest.raises(ZeroDivisionError):
        filled().call(lambda: 1 / 0)


class NamedForm(KeyedForm):
    name = forms.CharField()


def test_a_form_has_a_key_of_its_own_that_stays_while_it_is_corrected():
    first, second = NamedForm()["form_key"].value(), NamedForm()["form_key"].value()
    again = NamedForm({"form_key": first, "name": ""})

    assert len(first) == 24
    assert first != second
    assert not again.is_valid()
    assert again["form_key"].value() == first


def test_what_was_sent_is_told_apart_without_the_key():
    form = NamedForm({"form_key": "k" * 24, "name": "杨"})

    assert form.is_valid()
    assert form.shown_values == {"name": "杨"}


@pytest.mark.parametrize("key", ["", "short", "k" * 65, "../../../etc/passwd", "<script>alert(1)"])
def test_a_key_that_is_not_ours_is_refused(key):
    form = NamedForm({"form_key": key, "name": "杨"})

    assert list(form.errors) == ["form_key"]


def cleaned(field, value):
    """The value a field gives, or the code of its error."""
    try:
        return field.clean(value)
    except forms.ValidationError as error:
        return error.error_list[0].code


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12", 1200),
        ("12.3", 1230),
        ("12.34", 1234),
        (" ¥12.34 ", 1234),
        ("￥１２．５", 1250),
        ("12.5元", 1250),
        ("0", 0),
        ("12.345", "too_many_decimals"),
        ("-1", "negative"),
        ("1,000", "not_a_number"),
        ("1e3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("", "required"),
        ("  ", "required"),
        ("9" * 30, "not_a_number"),
        ("99999999999", "too_large"),
        ("٣", "not_a_number"),
        ("1\x00", "not_a_number"),
        ("¥", "not_a_number"),
    ],
)
def test_yuan_are_read_exactly_or_not_at_all(typed, fen):
    assert cleaned(YuanField(), typed) == fen


def test_yuan_are_shown_again_as_they_are_written():
    assert YuanField().prepare_value(1250) == "12.50"
    assert YuanField().prepare_value("abc") == "abc"


@pytest.mark.parametrize(
    ("typed", "milli"),
    [("2.5", 2500), ("3", 3000), ("0.001", 1), ("0.0001", "too_many_decimals"), ("-2", "negative")],
)
def test_quantities_are_read_in_thousandths(typed, milli):
    assert cleaned(QuantityField(), typed) == milli


def test_a_number_may_have_to_be_positive_or_below_a_limit():
    assert cleaned(YuanField(positive=True), "0") == "zero"
    assert cleaned(YuanField(positive=True), "0.01") == 1
    assert cleaned(YuanField(maximum=5000), "50.01") == "too_large"
    assert cleaned(YuanField(maximum=5000), "50") == 5000
    assert cleaned(YuanField(required=False), "") is None


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86-138-0000-1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("0851-82321234", "085182321234"),
        ("1380000123", "not_a_phone"),
        ("13800001234;", "not_a_phone"),
        ("", "required"),
    ],
)
def test_phones_become_digits(typed, digits):
    assert cleaned(PhoneField(), typed) == digits


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("杨昌荣", "杨昌荣"),
        (" 阿卜杜拉·买买提 ", "阿卜杜拉·买买提"),
        ("Li Ming", "Li Ming"),
        ("𠮷田", "𠮷田"),
        ("<b>杨", "not_a_name"),
        ("杨1", "not_a_name"),
        ("杨\n昌", "unprintable"),
        ("杨\u202e昌", "unprintable"),
        ("杨" * 41, "max_length"),
        ("杨\x00", "null_characters_not_allowed"),
        ("   ", "required"),
    ],
)
def test_names_are_letters_of_any_script(typed, name):
    assert cleaned(ChineseNameField(), typed) == name


@pytest.mark.parametrize("control", ["\n", "\t", "\x1b", "\x07", "\x85", "\u2028", "\u202e", "\ud800"])
def test_a_line_holds_no_control_characters(control):
    assert cleaned(LineField(max_length=20), f"a{control}b") == "unprintable"
    assert cleaned(LineField(max_length=20), "a b <'\">&=") == "a b <'\">&="


def test_a_note_keeps_its_lines_and_nothing_else_that_controls():
    assert cleaned(NoteField(max_length=20), " a\r\nb\rc\td ") == "a\nb\nc d"
    assert cleaned(NoteField(max_length=20), "a\x0bb") == "unprintable"


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-21T10:30", datetime(2026, 11, 21, 2, 30, tzinfo=UTC)),
        ("2026-11-21 10:30", datetime(2026, 11, 21, 2, 30, tzinfo=UTC)),
        ("2026-11-21T10:30:15.25+00:00", datetime(2026, 11, 21, 10, 30, 15, 250_000, tzinfo=UTC)),
        ("21/11/2026 10:30", "invalid"),
        ("2026-02-30T10:30", "invalid"),
        ("10000-01-01T00:00", "invalid"),
        ("1999-12-31T23:59", "min_value"),
        ("0001-01-01T00:00:00+14:00", "min_value"),
        ("9999-12-31T23:59:59-12:00", "max_value"),
    ],
)
def test_a_moment_is_one_that_every_clock_can_show(typed, moment):
    assert cleaned(MomentField(), typed) == moment
