"""A line of text as every service takes it."""

import pytest

from aftersales.lib.errors import Refused
from aftersales.web.lines import checked_line


@pytest.mark.parametrize(
    ("text", "line"),
    [("  农优鲜   小程序 ", "农优鲜 小程序"), ("a\n\tb", "a b"), ("", ""), ("一" * 9, "一" * 9)],
)
def test_blanks_are_put_in_order(text, line):
    assert checked_line(text, limit=10, field="name") == line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一" * 11, "too_long"),
        ("a\0b", "unprintable"),
        ("a\ud800", "unprintable"),
        ("a\u202eb", "unprintable"),
    ],
)
def test_what_cannot_stand_on_a_line_is_refused_at_its_field(text, code):
    with pytest.raises(Refused) as refused:
        checked_line(text, limit=10, field="name")

    assert (refused.value.code, refused.value.field) == (code, "name")
