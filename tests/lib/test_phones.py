import pytest

from aftersales.lib.phones import PhoneError, names_mobile, normalise_phone


@pytest.mark.parametrize(
    "text",
    [
        "13812341234",
        "138 1234 1234",
        "138-1234-1234",
        "+86 13812341234",
        "+8613812341234",
        "008613812341234",
        "8613812341234",
        "１３８１２３４１２３４",
        " (138)12341234 ",
    ],
)
def test_one_mobile_number_has_one_form(text):
    assert normalise_phone(text) == "13812341234"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0516-83881234", "051683881234"),
        ("（0516）8388 1234", "051683881234"),
        ("010-62345678", "01062345678"),
        ("0851-2345678", "08512345678"),
        ("+86 0851 22345678", "085122345678"),
    ],
)
def test_landlines_keep_their_area_code(text, digits):
    assert normalise_phone(text) == digits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  -", "empty"),
        ("12812341234", "not_a_phone"),
        ("1381234123", "not_a_phone"),
        ("138123412345", "not_a_phone"),
        ("+1 212 555 0100", "not_a_phone"),
        ("83881234", "not_a_phone"),
        ("0516-13881234", "not_a_phone"),
        ("1381234123a", "not_a_phone"),
        ("+86+8613812341234", "not_a_phone"),
    ],
)
def test_other_text_is_refused(text, code):
    with pytest.raises(PhoneError) as refused:
        normalise_phone(text)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("不脱水，打13985123456", True),
        ("139 8512-3456找老龙", True),
        ("１３９８５１２３４５６", True),
        ("型号 XQB80-1398512", False),
        ("编号 20261398512345678", False),
        ("不脱水，检查排水泵", False),
        ("", False),
    ],
)
def test_a_mobile_number_inside_a_text_is_found(text, names):
    assert names_mobile(text) is names
