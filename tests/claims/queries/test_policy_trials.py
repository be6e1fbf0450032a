"""What other rules would have given: amounts on one line, levels, worth, and what is left out."""

from datetime import date, timedelta

from claims.models import Compensation, CompensationPolicy
from claims.models.compensation import CompensationState
from claims.queries.policy_trials import Both, Total, try_out
from claims.rules.approval import Level
from claims.rules.damage_tiers import DEFAULT_TIERS, written
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_policy,
    seeing_everything,
)

XIUWEN = "520123000000"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
TIERS = {"kind": "tiers", "tiers": written(DEFAULT_TIERS)}


def past(cast, *, line=None, bad_milli=2000, state="executed", amount_fen=600, filed_at=NOW, **fields):
    """A compensation as it stands: two of ten pieces for 30.00 are bad, 6.00 was paid, unless said else."""
    line = line or make_line(cast.guangcheng, paid_fen=3000, quantity_milli=10_000)
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        line=line,
        consumer=make_consumer(cast.guangcheng),
        procedure=fields.pop("procedure", "quality_proportional"),
        bad_milli=bad_milli,
        filed_at=filed_at,
        **fields.pop("claim", {}),
    )
    granted = amount_fen if state in ("approved", "executed") else 0
    values = {"remedy": "refund", "granted_fen": granted, "level_reasons": [], **fields}
    with seeing_everything():
        return Compensation.objects.create(
            claim=claim,
            station=claim.station,
            county_code=claim.county_code,
            policy=values.pop("policy", None) or make_policy(photos_required=0),
            bad_milli=bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=line.paid_fen,
            amount_fen=amount_fen,
            state=state,
            worked_out_by=cast.agent,
            worked_out_at=filed_at,
            **values,
        )


def tried(cast, *, county=XIUWEN, most=100, **figures):
    policy = CompensationPolicy(
        county_code=county, version=9, valid_from=FIRST, **{"photos_required": 0, **figures}
    )
    with acting_as(cast.manager):
        return try_out(policy, county_code=county, first=FIRST, last=LAST, most=most)


def amounts(trial):
    return [tuple(each.amount) for each in trial.rows]


def test_the_same_rules_give_the_same(cast):
    past(cast)

    trial = tried(cast)

    assert (amounts(trial), trial.changed) == ([(600, 600)], ())
    assert trial.total == Total(1, 600, 600)


def test_tiers_and_freight_give_more(cast):
    line = make_line(cast.guangcheng, paid_fen=3000, quantity_milli=10_000, freight_fen=600)
    past(cast, line=line)

    trial = tried(cast, includes_freight=True, **TIERS)

    assert amounts(trial) == [(600, 1080)]
    assert (trial.raised, trial.lowered, trial.total.difference) == (1, 0, 480)
    assert trial.by_goods() == [("fresh_fruit", Total(1, 600, 1080))]


def test_claims_on_one_line_stand_on_each_other_under_the_other_rules(cast):
    line = make_line(cast.guangcheng, paid_fen=3000, quantity_milli=10_000)
    past(cast, line=line, bad_milli=1000, amount_fen=300)
    past(cast, line=line, bad_milli=2000, amount_fen=600, filed_at=NOW + timedelta(hours=1))
    past(cast, line=line, bad_milli=5000, amount_fen=1500, filed_at=NOW + timedelta(hours=2))

    assert amounts(tried(cast, **TIERS)) == [(300, 300), (600, 600), (1500, 1500)]
    assert amounts(tried(cast, cap_fen=1000)) == [(300, 300), (600, 600), (1500, 100)]


def test_what_was_granted_before_the_period_stays(cast):
    line = make_line(cast.guangcheng, paid_fen=3000, quantity_milli=10_000)
    past(cast, line=line, amount_fen=600, filed_at=NOW - timedelta(days=40))
    past(cast, line=line, bad_milli=3000, amount_fen=900)

    assert amounts(tried(cast, multiplier_permille=2000)) == [(900, 2400)]
    assert amounts(tried(cast, multiplier_permille=5000)) == [(900, 2400)]


def test_what_other_limits_move_to_another_level(cast):
    past(cast)
    past(cast, level_reasons=["flagged"], needs_level="officer")

    trial = tried(cast, automatic_limit_fen=500, officer_limit_fen=500)

    assert [tuple(each.level) for each in trial.rows] == [
        (Level.RULE, Level.MANAGER),
        (Level.OFFICER, Level.MANAGER),
    ]
    assert trial.levels() == [(Level.RULE, 1, 0), (Level.OFFICER, 1, 0), (Level.MANAGER, 0, 2)]
    assert (len(trial.changed), trial.total.difference) == (2, 0)


def test_more_photos_asked_move_a_claim_without_them_to_a_person(cast):
    past(cast)

    assert tried(cast, photos_required=2).rows[0].level == Both(Level.RULE, Level.OFFICER)


def test_a_coupon_shows_in_what_the_remedy_is_worth(cast):
    past(cast, remedy="coupon", granted_fen=660)

    trial = tried(cast, coupon_bonus_permille=500)

    assert amounts(trial) == [(600, 600)]
    assert (trial.rows[0].worth, trial.rows[0].changes) == (Both(660, 900), True)
    assert trial.worth == Total(1, 660, 900)


def test_goods_sent_again_are_worth_what_they_were(cast):
    past(cast, remedy="reship", granted_fen=600)

    assert tried(cast, cap_fen=100).rows[0].worth == Both(600, 600)


def test_what_was_refused_because_nothing_was_due_is_looked_at(cast):
    strict = make_policy(county_code=XIUWEN, version=1, tolerance_permille=300)
    past(cast, state="refused", amount_fen=0, policy=strict)
    past(cast, state="refused", amount_fen=600)
    past(cast, state="voided", amount_fen=600)

    assert amounts(tried(cast)) == [(0, 600)]


def test_what_no_terms_work_out_is_left_out_and_counted(cast):
    past(cast, remedy="repair", granted_fen=0)
    past(cast, remedy="return", claim={"is_without_reason": True})
    past(cast)

    trial = tried(cast, multiplier_permille=500)

    assert (amounts(trial), trial.left_out) == ([(600, 300)], 2)


def test_only_the_period_and_the_place_count(cast):
    past(cast, filed_at=NOW - timedelta(days=40))
    past(cast, filed_at=NOW + timedelta(days=20))
    own = make_policy(county_code=XIUWEN, version=1, photos_required=0, valid_from=date(2026, 1, 1))
    past(cast, policy=own)

    assert amounts(tried(cast)) == [(600, 600)]
    assert tried(cast, county="").rows == ()
    assert tried(cast, county="320324000000").rows == ()


def test_a_long_period_is_cut_and_that_is_said(cast):
    for hour in range(3):
        past(cast, filed_at=NOW + timedelta(hours=hour))

    trial = tried(cast, most=2)

    assert (len(trial.rows), trial.has_more) == (2, True)


def test_open_compensations_take_nothing_off_the_line(cast):
    line = make_line(cast.guangcheng, paid_fen=3000, quantity_milli=10_000)
    past(cast, line=line, bad_milli=9000, amount_fen=2700, state=CompensationState.PROPOSED, remedy="")
    past(cast, line=line, bad_milli=9000, amount_fen=2700, filed_at=NOW + timedelta(hours=1))

    assert amounts(tried(cast, multiplier_permille=500)) == [(2700, 1350), (2700, 1350)]


def test_queries_do_not_grow_with_rows(cast, django_assert_max_num_queries):
    for hour in range(8):
        past(cast, filed_at=NOW + timedelta(hours=hour))

    with django_assert_max_num_queries(4):
        tried(cast)
