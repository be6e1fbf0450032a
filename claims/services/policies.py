"""The terms of compensation: the programme's first ones, and new versions of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from claims.models import CompensationPolicy
from claims.models.compensation import PolicyKind
from claims.queries.policies import limits_of, policy_for, terms_of
from claims.rules.damage_tiers import MOST_TIERS, TierError
from claims.rules.policies import FIGURES

FIRST_DAY = date(2020, 1, 1)
FURTHEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Proposal:
    """A version that may be issued: what it takes the place of, the version itself, and what is new in it."""

    before: CompensationPolicy
    policy: CompensationPolicy
    changed: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """The same as long as nobody changes the figures, the place, the day, or what is in force."""
        told = [self.before.pk, self.policy.county_code, self.policy.valid_from.isoformat()]
        told += [getattr(self.policy, name) for name in FIGURES]
        return sha256(json.dumps(told).encode()).hexdigest()


def propose(*, county_code: str, valid_from: date, figures: Mapping[str, Any], now: datetime) -> Proposal:
    """What issuing these figures would come to; writes nothing. Refuses as `issue` does."""
    figures = normal(figures)
    if valid_from <= timezone.localdate(now):
        raise Refused(
            _("New rules count from tomorrow on at the earliest."), code="too_early", field="valid_from"
        )
    if valid_from > timezone.localdate(now) + FURTHEST_AHEAD:
        raise Refused(_("Choose a day within a year."), code="too_far", field="valid_from")
    before = policy_for(county_code, valid_from)
    changed = {name: figures[name] for name in FIGURES if figures[name] != getattr(before, name)}
    if not changed and before.county_code == county_code:
        raise Refused(_("These are the rules that are in force already."), code="nothing_new")
    last = CompensationPolicy.objects.filter(county_code=county_code).aggregate(last=Max("version"))["last"]
    policy = CompensationPolicy(
        county_code=county_code,
        version=(last or 0) + 1,
        valid_from=valid_from,
        **{name: figures[name] for name in FIGURES},
    )
    check(policy)
    return Proposal(before, policy, changed)


def issue(
    *, county_code: str, valid_from: date, figures: Mapping[str, Any], by: User, now: datetime
) -> CompensationPolicy:
    """Write the next version of a county's terms, or of the programme's with an empty county.

    `figures` are all of FIGURES, amounts in fen. A version counts for orders from its first day on, so that
    day lies ahead: what was promised for an order that exists is not changed any more.

    Raises Refused: "too_early", "too_far"; "limits_not_ascending" when an officer would decide less than the
    rule; "cap_below_minimum"; "tiers_missing", "multiplier_with_tiers" and the codes of damage_tiers for a
    table; "unknown_choice" for a figure outside its range; "nothing_new"; "stale" when somebody else issued
    a version at the same moment.
    """
    proposal = propose(county_code=county_code, valid_from=valid_from, figures=figures, now=now)
    policy = proposal.policy
    policy.created_by = by
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
            trail.record(
                "policy.issued",
                by=by,
                obj=policy,
                before={name: getattr(proposal.before, name) for name in proposal.changed},
                after={
                    **proposal.changed,
                    "version": policy.version,
                    "valid_from": valid_from.isoformat(),
                },
                at=now,
            )
    except IntegrityError:
        raise Refused(
            _("Somebody else has just issued new rules. Reload to see them."), code="stale"
        ) from None
    return policy


def normal(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as they are kept: a table only where tiers are what counts."""
    return {**figures, "tiers": figures["tiers"] if figures["kind"] == PolicyKind.TIERS else []}


def check(policy: CompensationPolicy) -> None:
    """Raise Refused, as `issue` says, unless the figures fit together. The policy need not be saved."""
    if policy.kind == PolicyKind.TIERS and not policy.tiers:
        raise Refused(_("Write the table of tiers."), code="tiers_missing", field="tiers")
    try:
        policy.clean_fields(exclude=["county_code", "created_by"])
        terms_of(policy)
        limits_of(policy)
    except ValidationError as wrong:
        field = next(iter(wrong.message_dict))
        raise Refused(" ".join(wrong.message_dict[field]), code="unknown_choice", field=field) from None
    except TierError as wrong:
        raise Refused(_table_sentences()[wrong.code], code=wrong.code, field="tiers") from None
    except InvalidValue as wrong:
        sentences = {
            "cap_below_minimum": (_("The cap is below the minimum."), "cap_fen"),
            "limits_not_ascending": (
                _("A claims officer decides at least what the rule decides."),
                "officer_limit_fen",
            ),
            "multiplier_with_tiers": (
                _("A table says itself what is paid: leave the multiplier at 1000 ‰."),
                "multiplier_permille",
            ),
        }
        sentence, field = sentences[wrong.code]
        raise Refused(sentence, code=wrong.code, field=field) from None


def _table_sentences() -> dict[str, str]:
    shares = _("Shares lie between 0 and 100 %, with at most one decimal.")
    return {
        "empty": _("Write the table of tiers."),
        "too_many": _("A table has at most %(most)s tiers.") % {"most": MOST_TIERS},
        "not_whole": shares,
        "out_of_range": shares,
        "not_ascending": _("Write the tiers from the smallest to the largest, each once."),
        "pays_less": _("A tier must not pay less than the one before it."),
        "not_to_the_end": _("The last tier goes up to 100 %, so that every share is in a tier."),
    }


def ensure_programme_terms(sender, using="default", **kwargs):
    """After every migration: write the programme's first terms, with the defaults, if it has none."""
    if not CompensationPolicy.objects.using(using).filter(county_code="").exists():
        CompensationPolicy(county_code="", version=1, valid_from=FIRST_DAY).save(using=using)
