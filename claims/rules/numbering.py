"""docs/rules/numbering.md: numbers people read out, type and print."""

import re
import secrets
import unicodedata
from datetime import date, datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 signs without I, L, O, U and Z. A prime number of them, so that the weighted check sum
finds every wrong sign and every swap of two."""

CLAIM_PREFIX = "SH"
COUPON_PREFIX = "YH"
LABEL_PREFIX = "DG"

_CLAIM_RANDOM = 7
_COUPON_RANDOM = 9
_LABEL_RANDOM = 6
_RANDOM_BYTES = 16
_LOOKALIKES = str.maketrans("ILOUZ", "110V2")
_IGNORED = re.compile(r"[\s\-‐-―_]")


def make_number(day: date, random_bytes: bytes | None = None) -> str:
    """A claim number for a day in Shanghai: SH, yymmdd, seven random signs, a check sign.

    The day is readable; the neighbour is not guessable (27 thousand million numbers a day).
    Sixteen or more random bytes may be passed in, else they come from the system.
    """
    return _sealed(CLAIM_PREFIX, f"{day:%y%m%d}" + _random_signs(_CLAIM_RANDOM, random_bytes))


def is_valid_number(text: str) -> bool:
    """Whether a normalised claim number has the right form, a real day and the right check sign."""
    if not _is_sealed(text, CLAIM_PREFIX, 6 + _CLAIM_RANDOM):
        return False
    try:
        datetime.strptime(text[2:8], "%y%m%d")
    except ValueError:
        return False
    return True


def make_coupon_code(random_bytes: bytes | None = None) -> str:
    """A coupon code: YH, nine random signs, a check sign."""
    return _sealed(COUPON_PREFIX, _random_signs(_COUPON_RANDOM, random_bytes))


def is_valid_coupon_code(text: str) -> bool:
    """Whether a normalised coupon code has the right form and the right check sign."""
    return _is_sealed(text, COUPON_PREFIX, _COUPON_RANDOM)


def make_label(random_bytes: bytes | None = None) -> str:
    """The label of goods in custody: DG, six random signs, a check sign; short enough to write by hand."""
    return _sealed(LABEL_PREFIX, _random_signs(_LABEL_RANDOM, random_bytes))


def is_valid_label(text: str) -> bool:
    """Whether a normalised label has the right form and the right check sign."""
    return _is_sealed(text, LABEL_PREFIX, _LABEL_RANDOM)


def normalise_number(text: str) -> str:
    """What a person typed, in the written form: upper case, no blanks or dashes, look-alikes
    (O for 0, I and L for 1, Z for 2, U for V) corrected. Full-width signs are understood."""
    written = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper()
    return written[:2] + written[2:].translate(_LOOKALIKES)


def check_sign(signs: str) -> str:
    """The sign that makes the weighted sum of all signs a multiple of 31."""
    weighted = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(reversed(signs), start=2))
    return ALPHABET[-weighted % len(ALPHABET)]


def _sealed(prefix: str, signs: str) -> str:
    return f"{prefix}{signs}{check_sign(signs)}"


def _is_sealed(text: str, prefix: str, length: int) -> bool:
    signs = text.removeprefix(prefix)
    return (
        text.startswith(prefix)
        and len(signs) == length + 1
        and all(sign in ALPHABET for sign in signs)
        and check_sign(signs[:-1]) == signs[-1]
    )


def _random_signs(count: int, random_bytes: bytes | None) -> str:
    source = secrets.token_bytes(_RANDOM_BYTES) if random_bytes is None else random_bytes
    if len(source) < _RANDOM_BYTES:
        raise ValueError(f"at least {_RANDOM_BYTES} random bytes are needed")
    number = int.from_bytes(source)
    signs = []
    for _ in range(count):
        number, index = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[index])
    return "".join(signs)
