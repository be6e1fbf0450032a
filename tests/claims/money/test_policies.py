"""Terms of compensation: the county's before the programme's, the newest in force, and never none."""

from datetime import date

import pytest

from claims.models import CompensationPolicy
from claims.queries.policies import limits_of, policy_for, terms_of
from claims.rules.approval import Limits
from claims.rules.compensation import Terms
from claims.services.policies import FIRST_DAY, ensure_programme_terms
from tests.claims.money.cases import SUINING, XIUWEN
from tests.factories import make_policy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("county", "day", "found"),
    [
        (XIUWEN, date(2026, 6, 30), ("", 1)),
        (XIUWEN, date(2026, 7, 1), (XIUWEN, 1)),
        (XIUWEN, date(2026, 10, 1), (XIUWEN, 2)),
        (SUINING, date(2026, 10, 1), ("", 2)),
        ("", date(2026, 8, 31), ("", 1)),
        ("", date(2026, 9, 1), ("", 2)),
        (SUINING, date(2019, 12, 31), ("", 1)),
    ],
)
def test_terms_in_force(county, day, found):
    make_policy(version=2, valid_from=date(2026, 9, 1))
    make_policy(county_code=XIUWEN, version=1, valid_from=date(2026, 7, 1))
    make_policy(county_code=XIUWEN, version=2, valid_from=date(2026, 10, 1))

    policy = policy_for(county, day)

    assert (policy.county_code, policy.version) == found


@pytest.mark.django_db
def test_later_version_of_the_same_day_counts():
    make_policy(version=2, valid_from=date(2026, 9, 1))
    make_policy(version=3, valid_from=date(2026, 9, 1))

    assert policy_for("", date(2026, 9, 1)).version == 3


@pytest.mark.django_db(transaction=True)
def test_programme_always_has_terms():
    """The tables were emptied after the test before; the terms came back with post_migrate."""
    first = CompensationPolicy.objects.get()
    assert (first.county_code, first.version, first.valid_from) == ("", 1, FIRST_DAY)
    assert (terms_of(first), limits_of(first)) == (Terms(), Limits())

    ensure_programme_terms(sender=None)
    assert CompensationPolicy.objects.count() == 1
    CompensationPolicy.objects.all().delete()
    ensure_programme_terms(sender=None)
    assert CompensationPolicy.objects.get().version == 1
