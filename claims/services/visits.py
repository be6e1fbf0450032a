"""Visits at the consumer's home: planned, made, come to nothing, moved, called off. docs/rules/visits.md.

A visit changes by one conditional UPDATE on its state and version. What hangs on it follows in the same
transaction: the repair, the goods taken along, the parts put aside, the provider's order.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import post, post_outside
from claims.models import Claim, ProviderOrder, Visit
from claims.models.visits import VisitFailureChoices, VisitOutcomeChoices
from claims.queries import home_help
from claims.rules.provider_orders import OrderState
from claims.rules.visits import (
    OUTCOMES,
    WINDOW,
    VisitFailure,
    VisitKind,
    VisitStep,
)
from claims.services import parts, reach, visit_notices, visit_results, visit_seats
from claims.services.transactions import money_move
from claims.services.visit_ends import let_go
from claims.services.visit_proofs import keep_proof
from claims.services.visit_results import GoodsTaken
from claims.services.visit_rows import (
    book,
    check_claim,
    check_day,
    known_transport,
    lock,
    sentence,
    take_step,
)
from claims.services.visit_seats import check_certificate, check_window, facts, fresh, goer
from stations.models import Party, Region, Station

TASK_SIGNS, TASK_LIMIT = 2, 300
TEXT_LIMIT, NOTE_LIMIT, REASON_SIGNS = 500, 200, 4
MOST_METRES = 500_000
"""A way longer than 500 km is a slip of the pen."""


def plan(
    *,
    claim: Claim,
    kind: str,
    task: str,
    place: Region,
    starts_at: datetime,
    technician: User | None = None,
    provider: Party | None = None,
    station: Station,
    transport: str = "",
    is_home_help: bool = False,
    override_reason: str = "",
    by: User,
    now: datetime,
) -> Visit:
    """Book a window for a visit, in its first free seat; without technician and provider nobody goes yet.

    `is_home_help` marks it for a consumer who cannot come and has agreed that this is known. `station` is
    where whoever goes sets out from: further than its radius, or for nobody knows how far, only with a
    reason. The technician and the claim's handler are told, and the consumer when.

    Raises Refused: "unknown_claim", "claim_ended", "unknown_choice", "text_missing", "unknown_place",
    "consent_missing", "window_unknown", "window_over", "window_too_far", "kind_planned", "slot_taken" with
    details["alternatives"], and what visit_seats.goer refuses.
    """
    claim = reach.claim(claim)
    check_claim(claim, kind)
    if not place.code.startswith(claim.county_code[:6]):
        raise Refused(_("Choose a village of this county."), code="unknown_place", field="place")
    if is_home_help and home_help.of_consumer(claim.consumer) is None:
        raise Refused(
            _("Say how the consumer agreed. Without consent nothing is kept."),
            code="consent_missing",
            field="is_home_help",
        )
    check_window(starts_at, now=now)
    who = goer(
        claim=claim,
        place=place,
        technician=technician,
        provider=provider,
        station=station,
        override_reason=override_reason,
        now=now,
    )
    visit = Visit(
        claim=claim,
        round=claim.round,
        county_code=claim.county_code,
        place=place,
        kind=kind,
        task=sentence(task, "task", least=TASK_SIGNS, limit=TASK_LIMIT),
        is_home_help=is_home_help,
        starts_at=starts_at,
        ends_at=starts_at + WINDOW,
        transport=known_transport(transport),
        planned_by=by,
        planned_at=now,
        **who.columns,
    )
    with transaction.atomic():
        lock(claim.pk)
        check_claim(reach.claim(claim), kind)
        booked = book(visit, who, now)
        trail.record("visit.planned", by=by, obj=booked, after=facts(booked), at=now)
        post(visit_notices.planned(booked, by=by) + visit_notices.unassigned(booked, by=by, now=now), now=now)
        post_outside(visit_notices.announced(booked), now=now)
    return booked


def start(*, visit: Visit, by: User, now: datetime, expected_version: int | None = None) -> Visit:
    """Whoever goes has set out; a provider on the visit's day or later.

    Raises Refused: "illegal_step", "nobody_goes", "technician_uncertified", "claim_ended", "too_early",
    "stale".
    """
    visit = fresh(visit)
    if visit.technician_id is None and visit.provider_id is None:
        raise Refused(_("Nobody goes yet. Say who goes first."), code="nobody_goes")
    check_certificate(visit.technician, timezone.localdate(now))
    check_claim(visit.claim, visit.kind)
    check_day(visit, VisitStep.START, now=now)
    with transaction.atomic():
        return take_step(
            visit, VisitStep.START, {"started_at": now}, "visit.started", expected_version, by=by, now=now
        )


@money_move
def finish(
    *,
    visit: Visit,
    outcome: str,
    found: str,
    done: str,
    proof: str,
    transport: str = "",
    distance_m: int | None = None,
    strokes: object = None,
    form_token: str = "",
    goods: GoodsTaken | None = None,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Visit:
    """Write down what came of a visit that was made, once, with the proof that somebody was there.

    `proof` is "signature" with its `strokes` on the screen, "photo" with photos staged under `form_token`, or
    "paper". `distance_m` is the way that was driven, where it differs from the map. `goods` is what a
    technician took along; a provider hands it in at the counter.

    In the same transaction: the repair begins or goes on and ends as the outcome says, goods taken along are
    in custody at the visit's station, an inspection that the claim waits for is noted, parts that were not
    used are put back, and the provider's order is carried out.

    Raises Refused: "illegal_step", "nobody_goes", "unknown_choice", "outcome_unfit", "text_missing",
    "too_early", "too_long", "too_far_to_be_true", "stale", and what visit_proofs.keep_proof and
    visit_results refuse.
    """
    visit = fresh(visit)
    if visit.technician_id is None and visit.provider_id is None:
        raise Refused(_("Nobody goes yet. Say who goes first."), code="nobody_goes")
    if outcome not in VisitOutcomeChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="outcome")
    if outcome not in OUTCOMES[VisitKind(visit.kind)]:
        raise Refused(_("This cannot come of a visit of this kind."), code="outcome_unfit", field="outcome")
    check_day(visit, VisitStep.FINISH, now=now)
    if distance_m is not None and not 0 <= distance_m <= MOST_METRES:
        raise Refused(_("The number is too large."), code="too_far_to_be_true", field="distance_m")
    changes = {
        "outcome": str(outcome),
        "found": sentence(found, "found", least=0, limit=TEXT_LIMIT),
        "done": sentence(done, "done", least=TASK_SIGNS, limit=TEXT_LIMIT),
        "proof": proof,
        "transport": known_transport(transport) or visit.transport,
        "distance_m": visit.distance_m if distance_m is None else distance_m,
        "ended_at": now,
        "ended_by": by,
    }
    finished = take_step(visit, VisitStep.FINISH, changes, "visit.done", expected_version, by=by, now=now)
    visit_results.take_goods(finished, goods, form_token=form_token, by=by, now=now)
    keep_proof(finished, strokes=strokes, form_token=form_token, by=by, now=now)
    visit_results.note_repair(finished, by=by, now=now)
    visit_results.note_inspection(finished, by=by, now=now)
    let_go(finished, by=by, now=now)
    return fresh(finished)


def fail(
    *,
    visit: Visit,
    failure: str,
    note: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Visit:
    """Write down that a visit came to nothing, and why; what was put aside for it is put back.

    "other" takes a word of explanation. Raises Refused: "illegal_step", "unknown_choice", "text_missing",
    "too_early", "too_long", "stale".
    """
    if failure not in VisitFailureChoices.values:
        raise Refused(_("Choose one of the reasons."), code="unknown_choice", field="failure")
    least = REASON_SIGNS if failure == VisitFailure.OTHER else 0
    changes = {
        "failure": str(failure),
        "failure_note": sentence(note, "note", least=least, limit=NOTE_LIMIT),
        "ended_at": now,
        "ended_by": by,
    }
    visit = fresh(visit)
    check_day(visit, VisitStep.FAIL, now=now)
    with transaction.atomic():
        failed = take_step(visit, VisitStep.FAIL, changes, "visit.failed", expected_version, by=by, now=now)
        let_go(failed, by=by, now=now)
        post(visit_notices.failed(failed, by=by), now=now)
    return failed


def move(
    *,
    visit: Visit,
    starts_at: datetime,
    technician: User | None = None,
    provider: Party | None = None,
    station: Station | None = None,
    override_reason: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Visit:
    """Let a planned visit, or one that came to nothing, go on at another time as a row of its own.

    Parts that are put aside go along; an order to a provider ends with the old time. Returns the new visit.
    Raises Refused: "illegal_step", "stale", "claim_ended", and what `plan` refuses about the window.
    """
    visit = fresh(visit)
    check_claim(visit.claim, visit.kind)
    check_window(starts_at, now=now)
    who = goer(
        claim=visit.claim,
        place=visit.place,
        technician=technician,
        provider=provider,
        station=station or visit.station,
        override_reason=override_reason,
        now=now,
    )
    successor = Visit(
        claim=visit.claim,
        round=visit.claim.round,
        county_code=visit.county_code,
        place=visit.place,
        kind=visit.kind,
        task=visit.task,
        is_home_help=visit.is_home_help,
        starts_at=starts_at,
        ends_at=starts_at + WINDOW,
        transport=visit.transport,
        planned_by=by,
        planned_at=now,
        moved_from=visit,
        **who.columns,
    )
    with transaction.atomic():
        ended = {} if visit.ended_at else {"ended_at": now, "ended_by": by}
        old = take_step(visit, VisitStep.MOVE, ended, "visit.moved", expected_version, by=by, now=now)
        booked = book(successor, who, now)
        trail.record(
            "visit.planned", by=by, obj=booked, before={"visit": old.pk}, after=facts(booked), at=now
        )
        parts.carry_over(visit=old, to=booked, by=by, now=now)
        let_go(old, by=by, now=now)
        told = visit_notices.moved(booked, before=old, by=by)
        post(told + visit_notices.unassigned(booked, by=by, now=now), now=now)
        post_outside(visit_notices.announced(booked) or visit_notices.called_off(old), now=now)
    return booked


def cancel(*, visit: Visit, note: str, by: User, now: datetime, expected_version: int | None = None) -> Visit:
    """Call a planned visit off, with a word why. Raises Refused: "illegal_step", "text_missing", "stale"."""
    changes = {
        "failure_note": sentence(note, "note", least=REASON_SIGNS, limit=NOTE_LIMIT),
        "ended_at": now,
        "ended_by": by,
    }
    with transaction.atomic():
        cancelled = take_step(
            fresh(visit), VisitStep.CANCEL, changes, "visit.cancelled", expected_version, by=by, now=now
        )
        let_go(cancelled, by=by, now=now)
        post(visit_notices.cancelled(cancelled, by=by), now=now)
        post_outside(visit_notices.called_off(cancelled), now=now)
    return cancelled


def give(
    *,
    visit: Visit,
    technician: User | None = None,
    override_reason: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Visit:
    """Let somebody else go in the same window, or nobody until somebody is found.

    Raises Refused: "order_open" while the visit is on order from a provider, and what
    visit_seats.give_to refuses.
    """
    waiting = (OrderState.OFFERED, OrderState.ACCEPTED)
    if ProviderOrder._base_manager.filter(visit_id=visit.pk, state__in=waiting).exists():
        raise Refused(
            _("This visit is on order already. Take that order back first."), code="order_open", field="who"
        )
    return visit_seats.give_to(
        visit=fresh(visit),
        technician=technician,
        station=None if technician else visit.claim.station,
        override_reason=override_reason,
        by=by,
        now=now,
        expected_version=expected_version,
    )
