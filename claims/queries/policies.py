"""Which terms of compensation were in force, and their figures in the form the rules take."""

from datetime import date

from django.db.models import Q

from claims.models import CompensationPolicy
from claims.models.compensation import PolicyKind
from claims.rules import damage_tiers
from claims.rules.approval import Limits
from claims.rules.compensation import Terms


def policy_for(county_code: str, day: date) -> CompensationPolicy:
    """The county's newest terms in force on a day, else the programme's.

    A day before the programme's first terms gets those first terms, so that an old order is never without.
    """
    in_force = CompensationPolicy.objects.filter(
        Q(county_code=county_code) | Q(county_code=""), valid_from__lte=day
    ).order_by("-county_code", "-valid_from", "-version")
    return (
        in_force.first()
        or CompensationPolicy.objects.filter(county_code="").order_by("valid_from", "version")[:1].get()
    )


def terms_of(policy: CompensationPolicy) -> Terms:
    """The figures that an amount is worked out by."""
    return Terms(
        tolerance_permille=policy.tolerance_permille,
        multiplier_permille=policy.multiplier_permille,
        minimum_fen=policy.minimum_fen,
        cap_fen=policy.cap_fen,
        includes_freight=policy.includes_freight,
        tiers=damage_tiers.read(policy.tiers) if policy.kind == PolicyKind.TIERS else (),
    )


def limits_of(policy: CompensationPolicy) -> Limits:
    """The amounts up to which the rule and an officer decide."""
    return Limits(automatic_fen=policy.automatic_limit_fen, officer_fen=policy.officer_limit_fen)
