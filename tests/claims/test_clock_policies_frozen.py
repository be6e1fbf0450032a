"""A published policy never changes: the database itself refuses, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from claims.models import ClockPolicy, ClockRule, PauseRule
from tests.factories import make_clock_policy

pytestmark = pytest.mark.django_db

INSERT_LINE = """INSERT INTO claims_clockrule
    (policy_id, clock, goods_type, nature, severity, amount, basis, warn_percent, climbs, source)
    VALUES (%(policy)s, 'handling', 'seed', 'price', '', 1, 'natural', 80, TRUE, '')"""
STATEMENTS = {
    "a policy's day": "UPDATE claims_clockpolicy SET valid_from = '2026-12-24' WHERE id = %(policy)s",
    "a policy's place": "UPDATE claims_clockpolicy SET county_code = '999999000000' WHERE id = %(policy)s",
    "a policy's kind": "UPDATE claims_clockpolicy SET kind = 'law', county_code = '', version = 9 "
    "WHERE id = %(policy)s",
    "a policy's note": "UPDATE claims_clockpolicy SET note = 'x' WHERE id = %(policy)s",
    "back to a draft": "UPDATE claims_clockpolicy SET state = 'draft' WHERE id = %(policy)s",
    "a policy goes": "DELETE FROM claims_clockpolicy WHERE id = %(policy)s",
    "an amount": "UPDATE claims_clockrule SET amount = 1 WHERE policy_id = %(policy)s",
    "a line goes elsewhere": "UPDATE claims_clockrule SET policy_id = %(other)s WHERE policy_id = %(policy)s "
    "AND clock = 'handling' AND goods_type = 'produce'",
    "a line comes from elsewhere": "UPDATE claims_clockrule SET policy_id = %(policy)s "
    "WHERE policy_id = %(other)s AND clock = 'handling' AND goods_type = 'seed'",
    "a line goes": "DELETE FROM claims_clockrule WHERE policy_id = %(policy)s",
    "a line more": INSERT_LINE,
    "a longest pause": "UPDATE claims_pauserule SET max_minutes = 1 WHERE policy_id = %(policy)s",
    "a pause goes": "DELETE FROM claims_pauserule WHERE policy_id = %(policy)s",
    "a pause more": "INSERT INTO claims_pauserule (policy_id, reason, max_minutes) "
    "VALUES (%(policy)s, 'moon', 5)",
}


def content():
    return (
        list(ClockPolicy.objects.order_by("pk").values_list()),
        list(ClockRule.objects.order_by("pk").values_list()),
        list(PauseRule.objects.order_by("pk").values_list()),
    )


def execute(statement, policy, other):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"policy": policy.pk, "other": other.pk})


def policies(state):
    """The policy somebody wants to change, and a draft of another county with a line for seed."""
    other = make_clock_policy(
        "320324000000",
        state="draft",
        changed={("handling", "seed"): {"amount": 9, "basis": "natural"}},
    )
    other.rules.filter(goods_type="produce").delete()
    return make_clock_policy("520123000000", state=state), other


@pytest.mark.parametrize("state", ["in_force", "dropped"])
@pytest.mark.parametrize("what", STATEMENTS)
def test_the_database_refuses(what, state):
    policy, other = policies(state)
    before = content()

    with pytest.raises(DatabaseError, match="append-only"):
        execute(STATEMENTS[what], policy, other)

    assert content() == before


@pytest.mark.parametrize("what", sorted(STATEMENTS.keys() - {"a policy goes", "back to a draft"}))
def test_a_draft_changes(what):
    policy, other = policies("draft")
    before = content()

    execute(STATEMENTS[what], policy, other)

    assert content() != before
