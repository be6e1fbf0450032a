"""A version of the rules of compensation in words: every figure with its value, and what changes to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.formats import money, permille
from claims.models import CompensationPolicy
from claims.models.compensation import PolicyKind
from claims.rules import damage_tiers
from claims.rules.damage_tiers import Tier
from claims.rules.policies import FIGURES

LABELS = {
    "kind": gettext_lazy("How the amount is worked out"),
    "tiers": gettext_lazy("Tiers"),
    "includes_freight": gettext_lazy("Freight"),
    "tolerance_permille": gettext_lazy("Nothing is due below"),
    "multiplier_permille": gettext_lazy("Multiplier"),
    "minimum_fen": gettext_lazy("At least, once anything is due"),
    "cap_fen": gettext_lazy("At most on one kind of goods in an order"),
    "coupon_bonus_permille": gettext_lazy("More with a coupon"),
    "coupon_days": gettext_lazy("A coupon is valid for"),
    "photos_required": gettext_lazy("Photos that are needed"),
    "automatic_limit_fen": gettext_lazy("Approved by rule up to"),
    "officer_limit_fen": gettext_lazy("A claims officer decides up to"),
    "station_day_limit_fen": gettext_lazy("A station pays out in a day at most"),
    "fund_month_limit_fen": gettext_lazy("A fund pays out in a month at most"),
    "claim_limit_fen": gettext_lazy("A fund advances on one claim at most"),
    "person_day_limit_fen": gettext_lazy("A person pays out in a day at most"),
    "review_sample_permille": gettext_lazy("Approved by rule and looked at again"),
    "appeal_days": gettext_lazy("An appeal is possible for"),
    "demand_days": gettext_lazy("The liable party pays within"),
    "incentive_fen": gettext_lazy("Incentive for a claim well handled"),
    "published_text": gettext_lazy("Published text"),
}
PUBLIC = (
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
    "claim_limit_fen",
    "appeal_days",
    "published_text",
)
"""What bears on what a consumer gets; the other figures are between the county, its stations and its fund."""


@dataclass(frozen=True)
class Said:
    """One figure of a version: its name in the code, its label, and its value in words."""

    name: str
    label: str
    words: str


@dataclass(frozen=True)
class Changed:
    """A figure that two versions say differently."""

    label: str
    before: str
    after: str


def said(policy: CompensationPolicy, names: Collection[str] = FIGURES) -> list[Said]:
    """What a version says, without what does not bear on its kind."""
    return [Said(name, str(LABELS[name]), words(policy, name)) for name in names if bears(policy, name)]


def changes(
    before: CompensationPolicy, after: CompensationPolicy, names: Iterable[str] = FIGURES
) -> list[Changed]:
    """What one version says differently from another, in the order of the page."""
    told = []
    for name in names:
        if not (bears(before, name) or bears(after, name)):
            continue
        was = words(before, name) if bears(before, name) else ""
        becomes = words(after, name) if bears(after, name) else ""
        if was != becomes:
            told.append(Changed(str(LABELS[name]), was or _("nothing"), becomes or _("nothing")))
    return told


def bears(policy: CompensationPolicy, name: str) -> bool:
    """Whether a figure means anything in this version: tiers and the multiplier exclude each other."""
    has_tiers = policy.kind == PolicyKind.TIERS
    return {"tiers": has_tiers, "multiplier_permille": not has_tiers}.get(name, True)


def words(policy: CompensationPolicy, name: str) -> str:
    """The value of one figure as people read it."""
    value: Any = getattr(policy, name)
    if name == "kind":
        return str(PolicyKind(value).label)
    if name == "tiers":
        return tiers_words(damage_tiers.read(value))
    if name == "includes_freight":
        return _("counts as paid") if value else _("does not count")
    if name == "published_text":
        return value
    if name.endswith("_permille"):
        return permille(value)
    if name.endswith("_days"):
        return _("%(days)s days") % {"days": value}
    if name.endswith("_fen"):
        return _("no limit") if value is None else money(value)
    return str(value)


def tiers_words(tiers: Iterable[Tier]) -> str:
    """A table on one line: up to 10% → 10%, up to 30% → 30%."""
    return _(", ").join(
        _("up to %(up_to)s → %(pays)s")
        % {"up_to": permille(tier.up_to_permille), "pays": permille(tier.pays_permille)}
        for tier in tiers
    )
