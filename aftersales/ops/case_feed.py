"""From closed claims to cases to learn from: chosen by signs, told in codes and counts, never in free text.

docs/rules/handbook.md, section 7. What people typed (descriptions, names of goods, answers, notes) is not
read here at all, so that it cannot get into a case; nor are numbers, days, places, names or exact sums.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from claims.models import Appeal, Claim, Compensation, Diagnosis, Inspection, Refusal, Score, Visit
from claims.models.appeals import AppealState
from claims.models.compensation import CompensationState
from claims.models.visits import VisitStateChoices
from claims.rules.diagnosis import Advice
from claims.rules.status import Status
from stations.models import Region
from training.models import CaseStudy
from training.queries.keepers import keepers
from training.rules.cases import (
    DESK_FULL,
    HIGH_STARS,
    LARGE_FEN,
    LONG_DAYS,
    LOW_STARS,
    PER_COUNTY,
    Candidate,
    Sign,
    ranked,
)
from training.services import case_studies

log = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=14)
READ_AT_ONCE = 500
BANDS_FEN = (5_000, 20_000, 50_000)


@dataclass
class Story:
    """What is known of a claim in codes: everything a case may tell."""

    claim: Claim
    compensation: Compensation | None = None
    refusal: Refusal | None = None
    appeal: Appeal | None = None
    diagnosis: Diagnosis | None = None
    inspections: int = 0
    visits: int = 0
    lowest: int | None = None
    highest: int | None = None

    @property
    def days(self) -> int:
        """Whole days from filing to the remedy."""
        ended = self.claim.resolved_at or self.claim.closed_at or self.claim.filed_at
        return max(0, (ended - self.claim.filed_at).days)

    @property
    def signs(self) -> frozenset[Sign]:
        holds = {
            Sign.APPEAL: self.appeal is not None,
            Sign.INSPECTION: self.inspections > 0,
            Sign.LOW_SCORE: self.lowest is not None and self.lowest <= LOW_STARS,
            Sign.AGAIN: self.claim.round > 1,
            Sign.LARGE: self.compensation is not None and self.compensation.amount_fen >= LARGE_FEN,
            Sign.CLIMBED: self.claim.level > 0,
            Sign.BY_PHONE: self.diagnosis is not None and self.diagnosis.advice == Advice.SOLVED_BY_PHONE,
            Sign.LONG: self.days >= LONG_DAYS,
            Sign.HIGH_SCORE: self.highest is not None and self.highest >= HIGH_STARS,
        }
        return frozenset(sign for sign, is_so in holds.items() if is_so)

    @property
    def candidate(self) -> Candidate:
        claim = self.claim
        return Candidate(claim.pk, claim.goods_type, claim.nature, self.signs)


def propose(*, by: User, now: datetime) -> int:
    """Put the most instructive of the claims closed in the last fortnight on the desks of their counties.

    At most two for each county and run, none where ten are waiting; each claim once for ever. Trainers of a
    county are told how many are new. Wants a scope that reaches everything; running it twice proposes
    nothing twice. Returns how many are new.
    """
    closed = Claim.objects.filter(status=Status.CLOSED, closed_at__gt=now - LOOKS_BACK, closed_at__lte=now)
    counties = closed.order_by("county_code").values_list("county_code", flat=True).distinct()
    return sum(_propose_in(county, closed.filter(county_code=county), by, now) for county in counties)


def digest_of(number: str) -> str:
    """What stands for a claim on its case: nobody reads the number from it."""
    return salted_hmac("training.case_study", number, algorithm="sha256").hexdigest()


def _propose_in(county: str, closed, by: User, now: datetime) -> int:
    waiting = CaseStudy.objects.filter(
        county_code=county, published_at__isnull=True, dropped_at__isnull=True
    ).count()
    room = min(PER_COUNTY, DESK_FULL - waiting)
    if room <= 0:
        return 0
    told = {each.claim.pk: each for each in _stories(closed)}
    known = set(
        CaseStudy.objects.filter(
            claim_digest__in=[digest_of(each.claim.number) for each in told.values()]
        ).values_list("claim_digest", flat=True)
    )
    new = 0
    fresh = [each.candidate for each in told.values() if digest_of(each.claim.number) not in known]
    with transaction.atomic():
        for candidate in ranked(fresh):
            if new == room:
                break
            new += _write(told[candidate.key], candidate, by, now)
        if new:
            _tell(county, new, now)
    return new


def _write(story: Story, candidate: Candidate, by: User, now: datetime) -> int:
    """One proposal; a text that leads to a person after all is not proposed."""
    with override(settings.LANGUAGE_CODE):
        texts = words_of(story, candidate)
    try:
        case = case_studies.propose(
            **texts,
            goods_type=story.claim.goods_type,
            problem=story.claim.nature,
            county_code=story.claim.county_code,
            claim_digest=digest_of(story.claim.number),
            by=by,
            now=now,
        )
    except Refused as refused:
        log.warning("not proposed", extra={"code": refused.code})
        return 0
    return 1 if case else 0


def _stories(closed) -> Iterable[Story]:
    """The claims with what hangs on them, a few queries for all of them; free text is not read."""
    rows = list(
        closed.select_related("liable_party")
        .only(
            "number",
            "county_code",
            "goods_type",
            "nature",
            "severity",
            "status",
            "round",
            "level",
            "filed_at",
            "resolved_at",
            "closed_at",
            "is_urgent",
            "liable_party__kind",
        )
        .order_by("-closed_at")[:READ_AT_ONCE]
    )
    told = {claim.pk: Story(claim) for claim in rows}
    for each in Compensation.objects.filter(claim__in=told, state=CompensationState.EXECUTED).order_by("pk"):
        told[each.claim_id].compensation = each
    for each in Refusal.objects.filter(claim__in=told).defer("text").order_by("pk"):
        told[each.claim_id].refusal = each
    for each in Appeal.objects.filter(claim__in=told).defer("text", "answer").order_by("pk"):
        told[each.claim_id].appeal = each
    for each in Diagnosis.objects.filter(claim__in=told).defer("note", "answers").order_by("pk"):
        told[each.claim_id].diagnosis = each
    for pk in Inspection.objects.filter(claim__in=told).values_list("claim_id", flat=True):
        told[pk].inspections += 1
    done = Visit.objects.filter(claim__in=told, state=VisitStateChoices.DONE)
    for pk in done.values_list("claim_id", flat=True):
        told[pk].visits += 1
    stars = Score.objects.filter(claim__in=told).order_by().values("claim_id")
    for row in stars.annotate(lowest=Min("stars"), highest=Max("stars")):
        told[row["claim_id"]].lowest = row["lowest"]
        told[row["claim_id"]].highest = row["highest"]
    return told.values()


def words_of(story: Story, candidate: Candidate) -> dict[str, str]:
    """Title and two paragraphs in the language that is switched on, made of codes and counts alone."""
    claim = story.claim
    title = _("%(goods)s, %(problem)s: %(why)s") % {
        "goods": claim.get_goods_type_display(),
        "problem": claim.get_nature_display(),
        "why": _why(candidate.first_sign),
    }
    return {
        "title": title[:80],
        "what_happened": "\n".join(_happened(story)),
        "what_was_done": "\n".join(_done(story)),
    }


def _why(sign: Sign | None) -> str:
    words = {
        Sign.APPEAL: _("refused, then heard again"),
        Sign.INSPECTION: _("decided by an inspection"),
        Sign.LOW_SCORE: _("settled, but not to satisfaction"),
        Sign.AGAIN: _("settled only the second time"),
        Sign.LARGE: _("a large sum"),
        Sign.CLIMBED: _("handed up to a higher level"),
        Sign.BY_PHONE: _("solved on the phone"),
        Sign.LONG: _("took long"),
        Sign.HIGH_SCORE: _("the villager was content"),
    }
    return words[sign] if sign else _("worth looking at")


def _happened(story: Story) -> Iterable[str]:
    claim = story.claim
    yield _("A villager reported %(goods)s; kind of problem: %(problem)s, severity: %(severity)s.") % {
        "goods": claim.get_goods_type_display(),
        "problem": claim.get_nature_display(),
        "severity": claim.get_severity_display(),
    }
    paid = story.compensation
    if paid is not None and paid.total_milli:
        yield _("About %(percent)s %% of the goods were affected.") % {
            "percent": min(100, max(1, round(100 * paid.bad_milli / paid.total_milli)))
        }
    if claim.is_urgent:
        yield _("People or property were in danger.")
    if story.refusal is not None:
        yield _("At first the claim was refused. Reason: %(reason)s.") % {
            "reason": story.refusal.get_code_display()
        }


def _done(story: Story) -> Iterable[str]:
    claim, paid = story.claim, story.compensation
    if story.diagnosis is not None:
        yield _("Diagnosis by phone: %(advice)s.") % {"advice": story.diagnosis.get_advice_display()}
    if story.visits:
        yield _("Home visits: %(count)s.") % {"count": story.visits}
    if story.inspections:
        yield _("A sample went to an inspection body.")
    if story.appeal is not None and story.appeal.state == AppealState.UPHELD:
        yield _("The villager appealed; somebody else at a higher level upheld the appeal.")
    elif story.appeal is not None and story.appeal.state == AppealState.DISMISSED:
        yield _("The villager appealed; somebody else at a higher level dismissed the appeal.")
    if paid is not None and paid.remedy:
        yield _("Remedy: %(remedy)s, %(band)s.") % {
            "remedy": paid.get_remedy_display(),
            "band": _band(paid.amount_fen),
        }
    if claim.liable_party is not None:
        yield _("Liable in the end: %(party)s.") % {"party": claim.liable_party.get_kind_display()}
    yield _("Days from report to remedy: %(days)s; rounds: %(rounds)s.") % {
        "days": story.days,
        "rounds": claim.round,
    }
    if story.lowest is not None:
        yield _("Score of the villager: %(stars)s of 5.") % {"stars": story.lowest}


def _band(fen: int) -> str:
    """An amount so roughly that nobody finds the claim by it."""
    if fen < BANDS_FEN[0]:
        return _("less than 50 yuan")
    if fen < BANDS_FEN[1]:
        return _("50 to 200 yuan")
    return _("200 to 500 yuan") if fen < BANDS_FEN[2] else _("500 yuan or more")


def _tell(county: str, count: int, now: datetime) -> None:
    day = timezone.localdate(now)
    name = Region.objects.filter(code=county).values_list("name", flat=True).first() or county
    post(
        [
            Message(
                "case_study.proposed",
                person,
                f"cases of {county} on {day}",
                {"count": count, "county": name},
                reverse("training:case_desk"),
                county,
            )
            for person in keepers(now=now, county=county)
        ],
        now=now,
    )
