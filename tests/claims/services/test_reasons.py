import pytest

from aftersales.lib.errors import Refused
from claims.services import reasons


def test_a_reason_is_kept_without_the_space_around_it():
    assert reasons.given("  赶集去了\n", limit=4) == "赶集去了"


@pytest.mark.parametrize(
    ("text", "code"), [("", "reason_missing"), (" 赶集去 ", "reason_missing"), ("赶集去了呀", "too_long")]
)
def test_no_reason_and_one_that_is_too_long_are_told_apart(text, code):
    with pytest.raises(Refused) as refused:
        reasons.given(text, limit=4)

    assert (refused.value.code, refused.value.field) == (code, "reason")
