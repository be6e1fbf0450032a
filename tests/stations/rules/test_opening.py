from datetime import time

import pytest

from aftersales.lib.errors import Refused
from stations.rules.opening import opening_slots

EIGHT, NOON, TWO, SIX = time(8), time(12), time(14), time(18)


@pytest.mark.parametrize(
    ("given", "slots"),
    [
        ((None, None, None, None), ()),
        ((EIGHT, None, None, SIX), ((EIGHT, SIX),)),
        ((EIGHT, NOON, TWO, SIX), ((EIGHT, NOON), (TWO, SIX))),
        ((time(0), None, None, time(23, 59)), ((time(0), time(23, 59)),)),
    ],
)
def test_one_span_or_two(given, slots):
    assert opening_slots(*given) == slots


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((EIGHT, None, None, None), "half_hours"),
        ((None, None, None, SIX), "half_hours"),
        ((EIGHT, NOON, None, SIX), "half_hours"),
        ((None, NOON, TWO, None), "half_hours"),
        ((SIX, None, None, EIGHT), "hours_order"),
        ((EIGHT, None, None, EIGHT), "hours_order"),
        ((EIGHT, TWO, NOON, SIX), "hours_order"),
        ((NOON, NOON, TWO, SIX), "hours_order"),
    ],
)
def test_hours_that_cannot_be_are_refused(given, code):
    with pytest.raises(Refused) as refused:
        opening_slots(*given)

    assert refused.value.code == code
