"""Lines of a draft: what may be written, and what makes no sense."""

import pytest

from claims.services import clock_policy_lines as lines
from tests.claims.clock_drafts import XIUWEN, drafted, line_set, refusal_of, said, told
from tests.factories import NOW, acting_as

pytestmark = pytest.mark.django_db


def test_a_line_is_written_once_and_changed_later(cast):
    policy = drafted(cast.manager)
    about_it = {"clock": "handling", "goods_type": "fresh_fruit", "nature": "logistics", "severity": "major"}

    new = line_set(policy, cast.manager, **about_it, amount=600)
    same = line_set(policy, cast.manager, **about_it, amount=600)
    changed = line_set(policy, cast.manager, **about_it, amount=540, warn_percent=0, climbs=False)

    assert (new.pk, same.pk) == (changed.pk, changed.pk)
    assert policy.rules.filter(**about_it).values_list("amount", "warn_percent", "climbs").get() == (
        540,
        0,
        False,
    )
    name = "handling/fresh_fruit/logistics/major"
    assert told("clock_policy.line_set") == [
        ({name: None}, {name: "600 natural, 80%, climbs"}, XIUWEN),
        ({name: "600 natural, 80%, climbs"}, {name: "540 natural, 0%"}, XIUWEN),
    ]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"clock": "moon"}, "unknown_choice", "clock"),
        ({"clock": "mediation", "climbs": False}, "unknown_choice", "clock"),
        ({"goods_type": "gold"}, "unknown_choice", "goods_type"),
        ({"nature": "gold"}, "unknown_choice", "nature"),
        ({"severity": "gold"}, "unknown_choice", "severity"),
        ({"basis": "lunar_days"}, "unknown_choice", "basis"),
        ({"basis": ""}, "unknown_choice", "basis"),
        ({"amount": 4}, "too_short", "amount"),
        ({"amount": 0, "basis": "working_days"}, "too_short", "amount"),
        ({"amount": 259_201}, "too_long", "amount"),
        ({"amount": 30_001, "basis": "opening_hours"}, "too_long", "amount"),
        ({"amount": 251, "basis": "working_days"}, "too_long", "amount"),
        ({"amount": 367, "basis": "calendar_days"}, "too_long", "amount"),
        ({"warn_percent": 100}, "warns_at_the_end", "warn_percent"),
        ({"warn_percent": -1}, "warns_at_the_end", "warn_percent"),
        ({"clock": "settlement"}, "does_not_climb", "climbs"),
    ],
)
def test_what_makes_no_sense_is_not_written(cast, values, code, field):
    policy = drafted(cast.manager)
    before = said(policy)

    assert refusal_of(line_set, policy, cast.manager, **values) == (code, field)
    assert said(policy) == before


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 5},
        {"amount": 259_200},
        {"amount": 1, "basis": "working_days"},
        {"amount": 366, "basis": "calendar_days"},
        {"warn_percent": 99},
        {"clock": "settlement", "climbs": False},
    ],
)
def test_what_lies_just_within_is_written(cast, values):
    policy = drafted(cast.manager)

    assert line_set(policy, cast.manager, **values) in policy.rules.all()


def test_a_limit_set_by_law_names_its_source(cast):
    policy = drafted(cast.platform, "", "law")
    limit = {"clock": "mediation", "goods_type": "", "amount": 30, "basis": "calendar_days", "climbs": False}

    assert refusal_of(line_set, policy, cast.platform, **limit, source=" ") == ("source_missing", "source")
    assert line_set(policy, cast.platform, **limit, source="某法第一条").source == "某法第一条"
    assert refusal_of(
        lines.set_longest_pause, policy=policy, reason="consumer", max_minutes=60, by=cast.platform, now=NOW
    ) == ("law_does_not_pause", None)


def test_a_line_is_taken_out_but_not_the_one_for_all_claims(cast):
    policy = drafted(cast.manager)
    general, fruit = (
        policy.rules.get(clock="handling", goods_type=""),
        policy.rules.get(goods_type="fresh_fruit"),
    )

    def removed(line):
        with acting_as(cast.manager):
            lines.remove_line(policy=policy, line=line, by=cast.manager, now=NOW)

    removed(fruit)

    assert refusal_of(removed, general) == ("general_line_needed", None)
    assert refusal_of(removed, fruit) == ("line_gone", None)
    assert not policy.rules.filter(goods_type="fresh_fruit").exists()
    assert told("clock_policy.line_removed") == [
        ({"handling/fresh_fruit": "1440 natural, 80%, climbs"}, {}, XIUWEN)
    ]


@pytest.mark.parametrize(
    ("reason", "minutes", "code"),
    [("moon", 60, "unknown_choice"), ("consumer", 4, "too_short"), ("consumer", 259_201, "too_long")],
)
def test_a_pause_that_makes_no_sense_is_not_written(cast, reason, minutes, code):
    policy = drafted(cast.manager)

    def paused():
        lines.set_longest_pause(policy=policy, reason=reason, max_minutes=minutes, by=cast.manager, now=NOW)

    assert refusal_of(paused)[0] == code
