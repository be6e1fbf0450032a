"""Why somebody is asked, or is not, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Offer
from claims.models.dispatch import OfferState
from claims.rules.dispatch import Exclusion, Reason

REASONS = {
    Reason.SAME_STATION: gettext_lazy("same station"),
    Reason.SAME_TOWNSHIP: gettext_lazy("same township"),
    Reason.SAME_COUNTY: gettext_lazy("same county"),
    Reason.SKILL: gettext_lazy("knows this kind of case"),
    Reason.DIALECT: gettext_lazy("speaks the consumer's dialect"),
    Reason.LOAD: gettext_lazy("claims in hand: %(number)s"),
    Reason.GRADE_A: gettext_lazy("provider of grade A"),
    Reason.GRADE_B: gettext_lazy("provider of grade B"),
}
EXCLUSIONS = {
    Exclusion.LEFT: gettext_lazy("has left"),
    Exclusion.NO_RIGHT: gettext_lazy("has no role for this station"),
    Exclusion.INVOLVED: gettext_lazy("is the consumer"),
    Exclusion.PROVIDER_SUSPENDED: gettext_lazy("the provider is suspended"),
    Exclusion.PROVIDER_GRADE_C: gettext_lazy("the provider has grade C"),
    Exclusion.BELOW_LEVEL: gettext_lazy("works below the level the claim is at"),
    Exclusion.HEAD: gettext_lazy("is the head: gives claims to others"),
    Exclusion.UNCERTIFIED: gettext_lazy("no valid certificate"),
    Exclusion.UNQUALIFIED: gettext_lazy("lacks the skill for a major case"),
    Exclusion.TOO_FAR: gettext_lazy("too far for a home visit"),
    Exclusion.DECLINED: gettext_lazy("has declined it"),
    Exclusion.SILENT: gettext_lazy("did not answer"),
    Exclusion.AWAY: gettext_lazy("away today"),
    Exclusion.FULL: gettext_lazy("has enough to do"),
}
OFFER_TONES = {
    OfferState.OPEN: "info",
    OfferState.ACCEPTED: "good",
    OfferState.DECLINED: "warn",
    OfferState.SILENT: "warn",
    OfferState.WITHDRAWN: "neutral",
}


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """What an offer keeps of why this person, in words; a distance of nothing is not worth a word."""
    return [words for each in kept if (words := _words(each))]


def exclusions(why: Iterable[str]) -> list[str]:
    """Why somebody is not offered a claim, in words."""
    return [str(EXCLUSIONS[Exclusion(code)]) for code in why]


def told(offers: Iterable[Offer]) -> list[Offer]:
    """Offers with their reasons in words, their tone, and whether somebody decided against the order."""
    rows = list(offers)
    for offer in rows:
        offer.words = reasons(offer.reasons)
        offer.tone = OFFER_TONES[OfferState(offer.state)]
        offer.is_override = offer.state == OfferState.ACCEPTED and offer.offered_at == offer.answered_at
        offer.is_given_back = offer.state == OfferState.DECLINED and offer.offered_at == offer.answered_at
    return rows


def _words(kept: Mapping[str, Any]) -> str:
    code, number = kept.get("code", ""), kept.get("number")
    if kept.get("against"):
        return _("although: %(reason)s") % {"reason": EXCLUSIONS.get(code, code)}
    if code == Reason.DISTANCE:
        return _distance(number)
    words = str(REASONS.get(code, code))
    return words if number is None else words % {"number": number}


def _distance(metres: int | None) -> str:
    if not metres:
        return ""
    if metres < 1000:
        return _("distance: %(metres)s m") % {"metres": metres}
    return _("distance: %(km)s km") % {"km": f"{metres / 1000:.1f}"}
