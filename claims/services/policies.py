"""The terms of compensation: the programme's first ones, and new versions of them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from claims.models import CompensationPolicy
from claims.queries.policies import limits_of, policy_for, terms_of

FIRST_DAY = date(2020, 1, 1)
FIGURES = (
    "kind",
    "tiers",
    "includes_freight",
    "tolerance_permille",
    "multiplier_permille",
    "minimum_fen",
    "cap_fen",
    "coupon_bonus_permille",
    "coupon_days",
    "photos_required",
    "automatic_limit_fen",
    "officer_limit_fen",
    "station_day_limit_fen",
    "fund_month_limit_fen",
    "claim_limit_fen",
    "person_day_limit_fen",
    "review_sample_permille",
    "appeal_days",
    "demand_days",
    "incentive_fen",
    "published_text",
)
"""What a version says, beside where and from when it counts."""


def issue(
    *, county_code: str, valid_from: date, figures: Mapping[str, int | str | None], by: User, now: datetime
) -> CompensationPolicy:
    """Write the next version of a county's terms, or of the programme's with an empty county.

    `figures` are all of FIGURES, amounts in fen. A version counts for orders from its first day on, so that
    day lies ahead: what was promised for an order that exists is not changed any more.

    Raises Refused: "too_early"; "limits_not_ascending" when an officer would decide less than the rule;
    "cap_below_minimum"; "unknown_choice" for a figure outside its range; "nothing_new"; "stale" when
    somebody else issued a version at the same moment.
    """
    if valid_from <= timezone.localdate(now):
        raise Refused(
            _("New rules count from tomorrow on at the earliest."), code="too_early", field="valid_from"
        )
    before = policy_for(county_code, valid_from)
    changed = {name: figures[name] for name in FIGURES if figures[name] != getattr(before, name)}
    if not changed and before.county_code == county_code:
        raise Refused(_("These are the rules that are in force already."), code="nothing_new")
    last = CompensationPolicy.objects.filter(county_code=county_code).aggregate(last=Max("version"))["last"]
    policy = CompensationPolicy(
        county_code=county_code,
        version=(last or 0) + 1,
        valid_from=valid_from,
        created_by=by,
        **{name: figures[name] for name in FIGURES},
    )
    _check(policy)
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
            trail.record(
                "policy.issued",
                by=by,
                obj=policy,
                before={name: getattr(before, name) for name in changed},
                after={**changed, "version": policy.version, "valid_from": valid_from.isoformat()},
                at=now,
            )
    except IntegrityError:
        raise Refused(
            _("Somebody else has just issued new rules. Reload to see them."), code="stale"
        ) from None
    return policy


def _check(policy: CompensationPolicy) -> None:
    try:
        policy.clean_fields(exclude=["county_code", "created_by"])
        terms_of(policy)
        limits_of(policy)
    except ValidationError as wrong:
        field = next(iter(wrong.message_dict))
        raise Refused(" ".join(wrong.message_dict[field]), code="unknown_choice", field=field) from None
    except InvalidValue as wrong:
        sentences = {
            "cap_below_minimum": (_("The cap is below the minimum."), "cap_fen"),
            "limits_not_ascending": (
                _("A claims officer decides at least what the rule decides."),
                "officer_limit_fen",
            ),
        }
        sentence, field = sentences[wrong.code]
        raise Refused(sentence, code=wrong.code, field=field) from None


def ensure_programme_terms(sender, using="default", **kwargs):
    """After every migration: write the programme's first terms, with the defaults, if it has none."""
    if not CompensationPolicy.objects.using(using).filter(county_code="").exists():
        CompensationPolicy(county_code="", version=1, valid_from=FIRST_DAY).save(using=using)
