"""Chinese telephone numbers in one written form, so that equal numbers compare equal."""

import re
import unicodedata

from aftersales.lib.errors import InvalidValue

_SEPARATORS = re.compile(r"[\s\-‐-―()（）.]")
_COUNTRY = re.compile(r"(?:\+|00)86|86(?=1[3-9]\d{9}$)", re.ASCII)
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_MOBILE_WITHIN = re.compile(r"(?<![0-9])1[3-9](?:[ \-]?[0-9]){9}(?![0-9])", re.ASCII)
# Area codes have three digits (010, 02x) or four; local numbers have seven or eight.
_LANDLINE = re.compile(r"0(?:10|2[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}", re.ASCII)


class PhoneError(InvalidValue):
    """Text that is not a Chinese telephone number. Codes: empty, not_a_phone."""


def normalise_phone(text: str) -> str:
    """Digits of a mobile number (11) or a landline with its area code (10 to 12).

    Takes off spaces, dashes, brackets and the country code 86; full-width digits count as
    digits. Raises PhoneError otherwise.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not digits:
        raise PhoneError("empty", "the text is empty")
    digits = _COUNTRY.sub("", digits, count=1) if _COUNTRY.match(digits) else digits
    if not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        raise PhoneError("not_a_phone", "not a Chinese telephone number")
    return digits


def names_mobile(text: str) -> bool:
    """Whether somewhere in a text stands what looks like a mobile number, with separators or without."""
    return _MOBILE_WITHIN.search(unicodedata.normalize("NFKC", text)) is not None
