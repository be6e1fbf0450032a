"""What a body may be: anything else is 400 or 413, and never a fault."""

import io

import pytest
from rest_framework.exceptions import ParseError

from aftersales.web.api.parsing import MOST_BYTES, BoundedJsonParser, TooLarge


def parse(raw: bytes):
    return BoundedJsonParser().parse(io.BytesIO(raw))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": "\xe6\xa1\x83"}', {"a": "桃"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"\\ud83c\\udf51"', "🍑"),
        (b"null", None),
    ],
)
def test_json_is_read(raw, value):
    assert parse(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b"[Infinity]",
        b'{"a": "\\ud800"}',
        b'{"\\uDFFF": 1}',
        b"[" * 200_000,
        b"9" * 5_000,
    ],
)
def test_what_is_no_json_is_told_so(raw):
    with pytest.raises(ParseError):
        parse(raw)


def test_a_body_without_end_is_not_read():
    with pytest.raises(TooLarge):
        parse(b'"' + b"a" * MOST_BYTES + b'"')
