"""Versions of the rules as rows: what a version takes the place of, and what an issued one refuses."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from claims.models import CompensationPolicy
from claims.queries.policies import policy_before, terms_of
from claims.rules.compensation import Terms
from claims.rules.damage_tiers import DEFAULT_TIERS, written
from tests.factories import make_policy

pytestmark = pytest.mark.django_db
XIUWEN = "520123000000"


def test_a_version_takes_the_place_of_the_one_before_it():
    first = make_policy()
    second = make_policy(version=2, valid_from=date(2026, 5, 1))
    own = make_policy(county_code=XIUWEN, version=1, valid_from=date(2026, 6, 1))
    own_next = make_policy(county_code=XIUWEN, version=2, valid_from=date(2026, 6, 1))

    assert [policy_before(each) for each in (first, second, own, own_next)] == [None, first, second, own]


def test_terms_know_the_table_of_a_policy_by_tiers_alone():
    tiers = {"tiers": written(DEFAULT_TIERS), "includes_freight": True}

    by_share = make_policy(version=2, kind="share", **tiers)
    by_tiers = make_policy(version=3, kind="tiers", **tiers)

    assert terms_of(by_share) == Terms(includes_freight=True)
    assert terms_of(by_tiers) == Terms(includes_freight=True, tiers=DEFAULT_TIERS)


@pytest.mark.parametrize(
    "change",
    [
        {"cap_fen": 1},
        {"tiers": [{"up_to_permille": 1000, "pays_permille": 1}]},
        {"valid_from": date(2026, 1, 2)},
        {"published_text": "x"},
    ],
)
def test_the_database_refuses_to_change_what_somebody_issued(cast, change):
    issued = make_policy(version=2, valid_from=date(2026, 1, 1), created_by=cast.manager)
    rows = CompensationPolicy.objects.filter(pk=issued.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM claims_compensationpolicy WHERE id = %s", [issued.pk])

    issued.refresh_from_db()
    assert (issued.cap_fen, issued.tiers, issued.published_text) == (None, [], "")
