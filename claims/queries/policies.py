"""Which terms of compensation were in force, and their figures in the form the rules take."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from claims.models import CompensationPolicy
from claims.models.compensation import PolicyKind
from claims.rules import damage_tiers
from claims.rules.approval import Limits
from claims.rules.compensation import Terms


@dataclass(frozen=True)
class Version:
    """A version as it counted in one place: what it took the place of, and its last day where it has one."""

    policy: CompensationPolicy
    before: CompensationPolicy | None
    last_day: date | None


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


def policy_before(policy: CompensationPolicy) -> CompensationPolicy | None:
    """What a version takes the place of: the place's one before it, else the programme's of its first day;
    None for the programme's first."""
    earlier = CompensationPolicy.objects.filter(
        Q(valid_from__lt=policy.valid_from) | Q(valid_from=policy.valid_from, version__lt=policy.version),
        county_code=policy.county_code,
    )
    before = earlier.order_by("-valid_from", "-version").first()
    return before or (policy_for("", policy.valid_from) if policy.county_code else None)


def versions_in(county_code: str) -> list[Version]:
    """Every version that counted, counts or will count in a county, or in the programme for "".

    The newest first. The programme's versions count in a county until its first own one; of several that
    begin on one day the last one counts.
    """
    rows = CompensationPolicy.objects.filter(county_code__in={county_code, ""})
    told = sorted(rows, key=lambda each: (each.valid_from, bool(each.county_code), each.version))
    first_own = next((each.valid_from for each in told if county_code and each.county_code), None)
    if first_own is not None:
        told = [each for each in told if each.county_code or each.valid_from < first_own]
    last_of_day = {each.valid_from: each for each in told}
    told = list(last_of_day.values())
    ends = [each.valid_from - timedelta(days=1) for each in told[1:]]
    return [
        Version(policy, before, last_day)
        for policy, before, last_day in zip(told, [None, *told[:-1]], [*ends, None], strict=True)
    ][::-1]


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
