"""New versions of the rules of compensation."""

from datetime import date

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import CompensationPolicy
from claims.queries.policies import policy_for
from claims.services.policies import FIGURES, issue
from tests.factories import NOW, acting_as, make_policy, seeing_everything

pytestmark = pytest.mark.django_db
XIUWEN = "520123000000"
TOMORROW = date(2026, 11, 21)


def figures(**changed):
    in_force = policy_for(XIUWEN, TOMORROW)
    return {**{name: getattr(in_force, name) for name in FIGURES}, **changed}


def issued(cast, *, county_code=XIUWEN, valid_from=TOMORROW, **changed):
    with acting_as(cast.manager):
        return issue(
            county_code=county_code,
            valid_from=valid_from,
            figures=figures(**changed),
            by=cast.manager,
            now=NOW,
        )


def test_orders_from_the_first_day_on_go_by_the_new_version(cast):
    programme = policy_for(XIUWEN, TOMORROW)

    policy = issued(cast, cap_fen=10_000)

    assert (policy.version, policy.county_code, policy.cap_fen) == (1, XIUWEN, 10_000)
    assert policy_for(XIUWEN, TOMORROW) == policy
    assert policy_for(XIUWEN, date(2026, 11, 20)) == programme
    assert policy_for("320324000000", TOMORROW) == programme


def test_versions_are_counted_by_county(cast):
    make_policy(county_code=XIUWEN, version=7, valid_from=date(2026, 1, 1))

    assert issued(cast, photos_required=3).version == 8


def test_the_trail_tells_what_changed(cast):
    policy = issued(cast, cap_fen=10_000, photos_required=2)

    with seeing_everything():
        event = AuditEvent.objects.get(verb="policy.issued")
    assert event.before == {"cap_fen": None, "photos_required": 1}
    assert event.after == {
        "cap_fen": 10_000,
        "photos_required": 2,
        "version": 1,
        "valid_from": "2026-11-21",
    }
    assert (event.object_id, event.county_code) == (str(policy.pk), XIUWEN)


def test_a_county_may_take_the_programmes_rules_over_as_its_own(cast):
    assert issued(cast).version == 1


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"valid_from": date(2026, 11, 20)}, "too_early", "valid_from"),
        ({"automatic_limit_fen": 20_001}, "limits_not_ascending", "officer_limit_fen"),
        ({"minimum_fen": 500, "cap_fen": 499}, "cap_below_minimum", "cap_fen"),
        ({"coupon_days": -1}, "unknown_choice", "coupon_days"),
        ({"multiplier_permille": None}, "unknown_choice", "multiplier_permille"),
    ],
)
def test_what_makes_no_sense_is_refused(cast, changed, code, field):
    with pytest.raises(Refused) as refusal:
        issued(cast, **changed)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not CompensationPolicy.objects.filter(county_code=XIUWEN).exists()


def test_the_same_rules_are_not_issued_twice(cast):
    issued(cast, cap_fen=10_000)

    with pytest.raises(Refused) as refusal:
        issued(cast, cap_fen=10_000)

    assert refusal.value.code == "nothing_new"
    assert issued(cast, cap_fen=10_001).version == 2
