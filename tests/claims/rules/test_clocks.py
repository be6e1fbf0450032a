"""The programme's first promises and the limits set by law, as the published tables state them."""

from datetime import date

import pytest

from claims.rules.classification import PARENT, PERISHABLE, GoodsType
from claims.rules.clocks import (
    AFTER_REFUSAL,
    AFTER_RESOLUTION,
    DAY,
    FAMILIES,
    HOUR,
    LEGAL_ALLOWANCES,
    LONGEST_PAUSE,
    RESPONSE_OF,
    SERVICE_ALLOWANCES,
    Basis,
    Clock,
    Family,
    Level,
    PauseReason,
)

LINES = {(line.clock, line.goods_type): line for line in SERVICE_ALLOWANCES}


def line_for(clock, goods_type=None):
    """The nearest line: of the goods type, its group, or any."""
    for each in (goods_type, PARENT.get(goods_type), None):
        if (clock, each) in LINES:
            return LINES[clock, each]
    raise KeyError(clock)


@pytest.mark.parametrize(
    ("goods_type", "hours", "basis"),
    [
        (GoodsType.PRODUCE, 24, Basis.OPENING_HOURS),
        (GoodsType.FRESH_FRUIT, 24, Basis.NATURAL),
        (GoodsType.AQUATIC, 24, Basis.NATURAL),
        (GoodsType.TEA_DRY_GOODS, 24, Basis.OPENING_HOURS),
        (GoodsType.APPLIANCE, 48, Basis.OPENING_HOURS),
        (GoodsType.CLOTHING, 48, Basis.OPENING_HOURS),
        (GoodsType.AGRICULTURAL_INPUTS, 72, Basis.OPENING_HOURS),
        (GoodsType.SEED, 72, Basis.OPENING_HOURS),
    ],
)
def test_handling_depends_on_the_goods(goods_type, hours, basis):
    line = line_for(Clock.HANDLING, goods_type)

    assert (line.amount, line.basis, line.climbs) == (hours * HOUR, basis, True)


@pytest.mark.parametrize(
    ("clock", "amount", "basis"),
    [
        (Clock.FIRST_RESPONSE, 2 * HOUR, Basis.OPENING_HOURS),
        (Clock.FRESH_INSPECTION, 2 * HOUR, Basis.NATURAL),
        (Clock.SETTLEMENT, 24 * HOUR, Basis.NATURAL),
        (Clock.EXCHANGE_SHIPPED, 48 * HOUR, Basis.NATURAL),
        (Clock.RESHIP_SHIPPED, 24 * HOUR, Basis.NATURAL),
        (Clock.RESULT_NOTICE, 3, Basis.WORKING_DAYS),
        (Clock.FOLLOW_UP, 7 * DAY, Basis.NATURAL),
        (Clock.COMPLAINT_HANDLING, 7, Basis.WORKING_DAYS),
        (Clock.URGENT_FIRST, 12 * HOUR, Basis.NATURAL),
        (Clock.URGENT_SOLVED, 24 * HOUR, Basis.NATURAL),
        *((clock, 24 * HOUR, Basis.NATURAL) for clock in RESPONSE_OF.values()),
    ],
)
def test_the_other_promises_are_the_same_for_all_goods(clock, amount, basis):
    line = line_for(clock)

    assert (line.amount, line.basis) == (amount, basis)


def test_mediation_has_sixty_days_since_the_day_the_law_changed():
    mediation = {
        day: (line.amount, line.basis)
        for day, lines in LEGAL_ALLOWANCES.items()
        for line in lines
        if line.clock == Clock.MEDIATION
    }

    assert mediation == {
        date(2020, 1, 1): (45, Basis.WORKING_DAYS),
        date(2026, 4, 15): (60, Basis.CALENDAR_DAYS),
    }


def test_every_clock_is_timed_and_belongs_to_one_family():
    timed = {line.clock for line in SERVICE_ALLOWANCES}
    by_law = [{line.clock for line in lines} for lines in LEGAL_ALLOWANCES.values()]

    assert set(FAMILIES) == set(Clock)
    assert all(each == {clock for clock in Clock if FAMILIES[clock] == Family.LAW} for each in by_law)
    assert timed | by_law[0] == set(Clock)
    assert set(RESPONSE_OF) == set(Level)
    assert {FAMILIES[clock] for clock in RESPONSE_OF.values()} == {Family.HAND_OVER}
    assert set(LONGEST_PAUSE) == set(PauseReason)
    assert AFTER_REFUSAL < AFTER_RESOLUTION
    assert {goods_type for clock, goods_type in LINES if goods_type} >= PERISHABLE
