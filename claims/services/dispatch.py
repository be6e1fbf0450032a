"""Finding somebody for a claim: offering it to the best person, and to the next after silence.

Rule: docs/rules/dispatch.md. Every function locks the claim's row first, then the offers; a claim has at most
one open offer, by constraint.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.audit.trail import system_scope
from aftersales.lib.worktime import WorkCalendar
from aftersales.notices import posting
from claims.models import Claim, Offer
from claims.models.dispatch import OfferState
from claims.queries.clocks import LazyDays
from claims.queries.dispatch import Pool, claims_to_rank
from claims.rules.dispatch import ANSWER_MINUTES, Excluded, Ranked, Ranking
from claims.services import dispatch_notices, offers
from stations.queries.calendar import HoursBook

BATCH = 200
MOST_AT_ONCE = 10_000
NOTE_SIGNS = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dispatched:
    """What offering came to: how many claims were offered to somebody, and for how many nobody is left."""

    offered: int = 0
    unassigned: int = 0


def offer(*, claim: Claim, by: User, now: datetime) -> Dispatched:
    """Offer a claim that nobody handles to the person who suits it best at its level. See `offer_all`."""
    return offer_all([claim.pk], by=by, now=now)


def offer_all(claim_ids: Sequence[int], *, by: User, now: datetime) -> Dispatched:
    """Offer each of these claims to the best person, in a constant number of statements for all of them.

    One transaction; a claim that has ended, has a handler or is on offer at its level is passed over, so
    that calling again changes nothing. An open offer of another level or round is taken back first. Where
    nobody is left the heads are told. Load grows with each offer made here, so that one person does not get
    all of them.
    """
    with system_scope("find people for claims", quiet=True), transaction.atomic():
        claims = [
            claim
            for claim in claims_to_rank(claim_ids).select_for_update(of=("self",), no_key=True)
            if claim.is_open and claim.handler_id is None
        ]
        if not claims:
            return Dispatched()
        pool = Pool(claims, now=now)
        stale = [
            (claim, known)
            for claim in claims
            if (known := pool.open_offer(claim)) is not None
            and (known.level, known.round) != (claim.level, claim.round)
        ]
        events = _end_all(stale, OfferState.WITHDRAWN, by=by, now=now)
        taken_back = {claim.pk for claim, _known in stale}
        waiting = [claim for claim in claims if claim.pk in taken_back or pool.open_offer(claim) is None]
        made, nobody = _best(waiting, pool, by=by, now=now)
        Offer._base_manager.bulk_create([row for _claim, row in made])
        events += [
            _event("offer.made", row, claim, by=by, after=offers.facts(row), now=now) for claim, row in made
        ]
        events += [
            trail.prepare(
                "claim.unassigned",
                by=by,
                obj=claim,
                after={"round": claim.round, "level": claim.level, "asked": len(pool.earlier[claim.pk])},
                at=now,
            )
            for claim in nobody
        ]
        AuditEvent.objects.bulk_create(events)
        posting.post(
            [
                *dispatch_notices.offered(made),
                *dispatch_notices.unassigned(
                    [(claim, pool.heads(claim), len(pool.earlier[claim.pk])) for claim in nobody]
                ),
            ],
            now=now,
        )
        return Dispatched(offered=len(made), unassigned=len(nobody))


def lapse(*, now: datetime) -> int:
    """Take silence for an answer where the time to answer is over; return how many offers.

    Each such claim is offered to the next. In batches, each a transaction of a constant number of
    statements; claims that somebody else has locked come next time. A batch that fails is done again claim
    by claim, and what fails then is logged and left for the next run.
    """
    with system_scope("offers without an answer", quiet=True):
        due = Offer.objects.filter(state=OfferState.OPEN, answer_by__lt=now).order_by("answer_by", "id")
        claims = list(due.values_list("claim_id", flat=True)[:MOST_AT_ONCE])
        by = system_user() if claims else None
        lapsed = 0
        for first in range(0, len(claims), BATCH):
            batch = claims[first : first + BATCH]
            try:
                lapsed += _lapse(batch, by=by, now=now)
            except Exception:
                logger.exception("a batch of silent offers failed", extra={"count": len(batch)})
                lapsed += _lapse_one_by_one(batch, by=by, now=now)
        return lapsed


def ranking_of(claim: Claim, *, now: datetime, wide: bool = False) -> Ranking:
    """The order for one claim as it stands now; `wide` adds colleagues nearby who have no right there."""
    with system_scope("people for one claim", quiet=True):
        (row,) = claims_to_rank([claim.pk])
        return Pool([row], now=now, wide=wide).ranking(row)


def kept(found: Ranked | Excluded | None) -> list[dict[str, str | int]]:
    """What is kept on an offer of why this person: codes, points, numbers; exclusions that were put aside."""
    if found is None:
        return []
    if isinstance(found, Excluded):
        return [{"code": code.value, "against": 1} for code in found.why]
    return [
        {"code": each.code.value, "points": each.points}
        | ({} if each.number is None else {"number": each.number})
        for each in found.grounds
    ]


def _best(
    claims: Iterable[Claim], pool: Pool, *, by: User, now: datetime
) -> tuple[list[tuple[Claim, Offer]], list[Claim]]:
    """An offer for each claim to the best person, not yet written, and the claims without anybody left."""
    claims = list(claims)
    hours = HoursBook({claim.county_code for claim in claims}, on=timezone.localdate(now)) if claims else None
    days, made, nobody = LazyDays(), [], []
    for claim in claims:
        ranked = pool.ranking(claim).ranked
        if not ranked:
            nobody.append(claim)
            continue
        best = ranked[0]
        pool.note_offer(best.candidate.key)
        calendar = WorkCalendar(days.is_working_day, hours.windows(claim.holder, claim.county_code))
        row = Offer(
            claim=claim,
            county_code=claim.county_code,
            round=claim.round,
            level=claim.level,
            person_id=best.candidate.key,
            rank=best.rank,
            score=best.score,
            reasons=kept(best),
            offered_at=now,
            answer_by=calendar.add(now, ANSWER_MINUTES).astimezone(UTC),
            by=by,
        )
        made.append((claim, row))
    return made, nobody


def _end_all(
    rows: Sequence[tuple[Claim, Offer]], state: OfferState, *, by: User, now: datetime
) -> list[AuditEvent]:
    """End open offers of locked claims in one statement; returns the events, not written yet."""
    if not rows:
        return []
    Offer._base_manager.filter(pk__in=[row.pk for _claim, row in rows], state=OfferState.OPEN).update(
        state=state, answered_at=now
    )
    for _claim, row in rows:
        row.state, row.answered_at = state, now
    return [
        _event(offers.VERBS[state], row, claim, by=by, after=offers.facts(row), now=now)
        for claim, row in rows
    ]


def _event(verb: str, row: Offer, claim: Claim, *, by: User, after: dict, now: datetime) -> AuditEvent:
    return trail.prepare(verb, by=by, obj=row, station_id=claim.station_id, after=after, at=now)


def _lapse(claim_ids: Sequence[int], *, by: User, now: datetime) -> int:
    with transaction.atomic():
        claims = {
            claim.pk: claim
            for claim in Claim._base_manager.select_for_update(skip_locked=True, no_key=True)
            .filter(pk__in=claim_ids)
            .order_by("pk")
        }
        open_ones = Offer._base_manager.filter(
            claim_id__in=list(claims), state=OfferState.OPEN, answer_by__lt=now
        ).order_by("id")
        rows = [(claims[row.claim_id], row) for row in open_ones]
        AuditEvent.objects.bulk_create(_end_all(rows, OfferState.SILENT, by=by, now=now))
        posting.post(dispatch_notices.silent(rows), now=now)
        offer_all([claim.pk for claim, _row in rows], by=by, now=now)
    return len(rows)


def _lapse_one_by_one(claim_ids: Sequence[int], *, by: User, now: datetime) -> int:
    lapsed = 0
    for claim_id in claim_ids:
        try:
            lapsed += _lapse([claim_id], by=by, now=now)
        except Exception:
            logger.exception("a silent offer failed", extra={"claim": claim_id})
    return lapsed
