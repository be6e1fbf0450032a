"""Reading policies: the one in force, all it says, and the line a claim falls under."""

from datetime import date

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import ClockPolicy, ClockRule
from claims.queries import clock_policies as reading
from claims.queries.clock_policies import allowances_of, in_force, policy_on, rule_for, versions_in
from claims.rules.clocks import LEGAL_ALLOWANCES, LONGEST_PAUSE, SERVICE_ALLOWANCES, Clock
from tests.factories import make_clock_policy

XIUWEN, SUINING = "520123000000", "320324000000"
DAY = date(2026, 11, 20)


def line(goods_type="", nature="", severity="", *, clock="handling", amount=60):
    return ClockRule(clock=clock, goods_type=goods_type, nature=nature, severity=severity, amount=amount)


GENERAL, MAJOR, QUALITY = line(), line(severity="major"), line(nature="quality")
QUALITY_MAJOR = line(nature="quality", severity="major")
PRODUCE, PRODUCE_QUALITY = line("produce"), line("produce", nature="quality")
FRUIT, FRUIT_MAJOR = line("fresh_fruit"), line("fresh_fruit", severity="major")
SEED, OTHER_CLOCK = line("seed"), line("fresh_fruit", clock="settlement")


@pytest.mark.parametrize(
    ("rules", "goods_type", "nature", "severity", "nearest"),
    [
        ([GENERAL], "fresh_fruit", "quality", "minor", GENERAL),
        ([GENERAL, PRODUCE], "fresh_fruit", "quality", "minor", PRODUCE),
        ([GENERAL, PRODUCE, FRUIT], "fresh_fruit", "quality", "minor", FRUIT),
        ([GENERAL, PRODUCE, FRUIT], "vegetables", "quality", "minor", PRODUCE),
        ([GENERAL, PRODUCE, FRUIT], "produce", "quality", "minor", PRODUCE),
        ([GENERAL, PRODUCE, FRUIT], "appliance", "quality", "minor", GENERAL),
        ([GENERAL, SEED], "agricultural_inputs", "quality", "minor", GENERAL),
        ([GENERAL, SEED], "seed", "quality", "minor", SEED),
        # the goods type outweighs the nature, the nature the severity
        ([QUALITY_MAJOR, PRODUCE], "fresh_fruit", "quality", "major", PRODUCE),
        ([PRODUCE_QUALITY, FRUIT], "fresh_fruit", "quality", "major", FRUIT),
        ([PRODUCE_QUALITY, PRODUCE], "fresh_fruit", "quality", "major", PRODUCE_QUALITY),
        ([PRODUCE_QUALITY, PRODUCE], "fresh_fruit", "price", "major", PRODUCE),
        ([MAJOR, QUALITY], "clothing", "quality", "major", QUALITY),
        ([MAJOR, QUALITY, QUALITY_MAJOR], "clothing", "quality", "major", QUALITY_MAJOR),
        ([MAJOR, QUALITY, QUALITY_MAJOR], "clothing", "price", "major", MAJOR),
        ([GENERAL, FRUIT, FRUIT_MAJOR], "fresh_fruit", "quality", "minor", FRUIT),
        # nothing that fits
        ([MAJOR], "clothing", "quality", "minor", None),
        ([OTHER_CLOCK], "fresh_fruit", "quality", "minor", None),
        ([], "fresh_fruit", "quality", "minor", None),
    ],
)
def test_the_nearest_line_counts(rules, goods_type, nature, severity, nearest):
    about = {"goods_type": goods_type, "nature": nature, "severity": severity}

    assert rule_for(rules, Clock.HANDLING, **about) is nearest
    assert rule_for(rules[::-1], Clock.HANDLING, **about) is nearest


@pytest.mark.django_db
def test_a_county_goes_by_its_own_newest_published_policy():
    programme = policy_on("", DAY)
    first = make_clock_policy(XIUWEN, valid_from=date(2026, 5, 1))
    second = make_clock_policy(XIUWEN, valid_from=date(2026, 11, 20))
    make_clock_policy(XIUWEN, valid_from=date(2026, 11, 21))
    make_clock_policy(XIUWEN, valid_from=date(2026, 11, 20), state="dropped")
    make_clock_policy(XIUWEN, valid_from=date(2026, 11, 20), state="draft")
    corrected = make_clock_policy("", valid_from=date(2026, 11, 1))

    assert [
        policy_on(XIUWEN, date(2026, 4, 30)),
        policy_on(XIUWEN, date(2026, 11, 19)),
        policy_on(XIUWEN, DAY),
        policy_on(SUINING, date(2026, 10, 31)),
        policy_on(SUINING, DAY),
        policy_on("", date(1999, 1, 1)),
    ] == [programme, first, second, programme, corrected, programme]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2026, 4, 14), (45, "working_days")),
        (date(2026, 4, 15), (60, "calendar_days")),
        (date(2019, 1, 1), (45, "working_days")),
    ],
)
def test_limits_set_by_law_go_by_the_day_of_the_event(day, limit):
    _policy, law = in_force(XIUWEN, day, "law")

    rule = law.rule(Clock.MEDIATION, goods_type="seed", nature="price", severity="minor")
    assert (rule.amount, rule.basis) == limit


@pytest.mark.django_db
def test_all_a_policy_says():
    policy, allowances = in_force("", DAY)

    said = {
        (rule.clock, rule.amount, rule.basis, rule.goods_type, rule.climbs, rule.source, rule.warn_percent)
        for rule in allowances.rules
    }
    assert said == {
        (each.clock, each.amount, each.basis, each.goods_type or "", each.climbs, each.source, 80)
        for each in SERVICE_ALLOWANCES
    }
    assert allowances.longest_pause == LONGEST_PAUSE
    assert {rule.policy for rule in allowances.rules} == {policy}
    assert set(ClockRule.objects.filter(policy=policy)) == set(allowances.rules)


@pytest.mark.django_db
def test_policies_are_read_in_one_statement_and_published_ones_once():
    published = list(ClockPolicy.objects.values_list("pk", flat=True))
    draft = make_clock_policy(XIUWEN, state="draft")

    with CaptureQueriesContext(connection) as first:
        everything = allowances_of([*published, draft.pk])
    draft.rules.filter(clock=Clock.FOLLOW_UP).update(amount=1)
    with CaptureQueriesContext(connection) as second:
        again = allowances_of([*published, draft.pk])
    with CaptureQueriesContext(connection) as third:
        in_force("", DAY)

    assert (len(first), len(second), len(third)) == (1, 1, 1)
    assert len(published) == 1 + len(LEGAL_ALLOWANCES)
    assert all(again[key] is everything[key] for key in published)
    assert [
        each[draft.pk].rule(Clock.FOLLOW_UP, goods_type="seed", nature="price", severity="minor").amount
        for each in (everything, again)
    ] == [7 * 24 * 60, 1]


@pytest.mark.django_db
def test_nothing_is_remembered_after_a_migration():
    policy, _allowances = in_force("", DAY)
    assert policy.pk in reading._published

    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

    assert reading._published == {}


@pytest.mark.django_db
def test_versions_follow_each_other_until_a_county_has_its_own():
    first = policy_on("", DAY)
    spring = make_clock_policy("", valid_from=date(2026, 3, 1))
    own = make_clock_policy(XIUWEN, valid_from=date(2026, 6, 1))
    autumn = make_clock_policy("", valid_from=date(2026, 9, 1))
    ahead = make_clock_policy(XIUWEN, valid_from=date(2027, 1, 1))
    make_clock_policy(XIUWEN, state="dropped")
    make_clock_policy(XIUWEN, state="draft")

    assert versions_in(XIUWEN) == [(ahead, own), (own, spring), (spring, first), (first, None)]
    assert versions_in(SUINING) == [(autumn, spring), (spring, first), (first, None)] == versions_in("")
    assert [(policy.version, before and before.version) for policy, before in versions_in(XIUWEN, "law")] == [
        (2, 1),
        (1, None),
    ]
