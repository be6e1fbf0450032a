"""The steps of a claim's way: accepting, working, waiting, resolving, refusing, reopening."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import Appeal, Claim
from claims.models.appeals import AppealState
from claims.models.choices import PauseReasonChoices, RejectionCode
from claims.queries import claims as reading
from claims.rules.clocks import Clock, Level
from claims.rules.status import Action, Status, may_reopen
from claims.services import (
    clocks,
    dispatch,
    follow_ups,
    handlers,
    holdings,
    moves,
    reasons,
    refusals,
    results,
    undecided,
)
from claims.services.ladder import level_of
from stations.access.scope import authority_of

REPLY_SIGNS = 200
EXPLANATION_SIGNS = 500


def accept(
    *,
    claim: Claim,
    progress: str,
    finish_at: datetime,
    method: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Give the first reply to the consumer and take the claim on; whoever accepts it handles it.

    A claim that has climbed is taken over with it by somebody of its level; from below it still waits for
    that level.

    `progress`, `finish_at` (when it is expected to be finished) and `method` are the three facts of the
    first reply. Stores the minutes from filing to this reply.

    Raises Refused("reply_incomplete") without one of the texts, Refused("finish_not_ahead") when the
    expected finish is not in the future.
    """
    progress, method = progress.strip(), method.strip()
    for field, text in (("progress", progress), ("method", method)):
        if not text or len(text) > REPLY_SIGNS:
            raise Refused(
                _("Say in at most %(limit)s characters what is being done and how.") % {"limit": REPLY_SIGNS},
                code="reply_incomplete",
                field=field,
            )
    if finish_at <= now:
        raise Refused(
            _("The expected finish must lie in the future."), code="finish_not_ahead", field="finish_at"
        )
    with transaction.atomic():
        accepted = moves.move(
            claim=claim,
            action=Action.ACCEPT,
            by=by,
            now=now,
            expected_version=expected_version,
            changes={
                "accepted_at": now,
                "response_minutes": minutes_between(claim.filed_at, now),
                "reply_progress": progress,
                "reply_finish_at": finish_at,
                "reply_method": method,
                "handler": by,
            },
        )
        clocks.accepted(accepted, now=now)
        if accepted.level == Level.VILLAGE or _works_there(by, accepted, now=now):
            holdings.taken(accepted, now=now)
    return accepted


def start(*, claim: Claim, by: User, now: datetime, expected_version: int | None = None) -> Claim:
    """Begin to work on an accepted claim: the first handling of an urgent one."""
    with transaction.atomic():
        started = moves.move(
            claim=claim, action=Action.START, by=by, now=now, expected_version=expected_version
        )
        if started.is_urgent:
            clocks.stop(started, Clock.URGENT_FIRST, at=now)
    return started


def wait(
    *,
    claim: Claim,
    reason_code: str,
    note: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Put a claim on hold because somebody outside has to do something first; `reason_code` says who, a
    PauseReason, and `note` what, if more is to be said.

    The promises to the consumer stand still, at the longest for the time that the claim's policy allows.
    Raises Refused("unknown_reason"), Refused("too_long").
    """
    if reason_code not in PauseReasonChoices.values:
        raise Refused(_("Choose one of the reasons."), code="unknown_reason", field="reason_code")
    note = note.strip()
    if len(note) > clocks.NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": clocks.NOTE_SIGNS},
            code="too_long",
            field="note",
        )
    with transaction.atomic():
        waiting = moves.move(
            claim=claim,
            action=Action.WAIT,
            by=by,
            now=now,
            expected_version=expected_version,
            facts={"waits_for": str(reason_code)},
            reason=note,
        )
        clocks.pause(waiting, reason=reason_code, note=note, by=by, now=now)
    return waiting


def resume(*, claim: Claim, by: User, now: datetime, expected_version: int | None = None) -> Claim:
    """Take a claim up again that was waiting."""
    with transaction.atomic():
        resumed = moves.move(
            claim=claim, action=Action.RESUME, by=by, now=now, expected_version=expected_version
        )
        clocks.resume(resumed, by=by, now=now)
    return resumed


def resolve(
    *,
    claim: Claim,
    by: User,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
    is_settled: bool = False,
    is_told: bool = False,
    then: Mapping[Clock, datetime] | None = None,
) -> Claim:
    """Say that the consumer has got what was due: a remedy carried out, or an explanation (`reason`).

    A claim on hold is resumed first, as a step of its own. Stores the minutes the claim was in work.
    A proposal that the procedure can do without is voided (undecided.void_unchosen). `is_settled` says that
    a compensation was carried out; the clocks in `then` start with it, each from its moment on. Unless the
    consumer stands there (`is_told`), a message with the result is posted to them, else one that asks for a
    rating. A follow-up is opened.

    Raises Refused("compensation_open") while an amount is still to be chosen, decided or carried out.
    """
    with transaction.atomic():
        undecided.void_unchosen(claim=claim, by=by, now=now)
        if claim.status == Status.WAITING:
            claim = resume(claim=claim, by=by, now=now, expected_version=expected_version)
            expected_version = None
        resolved = moves.move(
            claim=claim,
            action=Action.RESOLVE,
            by=by,
            now=now,
            expected_version=expected_version,
            changes={"resolved_at": now, "resolution_minutes": reading.minutes_in_work(claim, until=now)},
            reason=reason.strip(),
        )
        asked_by = clocks.resolved(resolved, is_settled=is_settled, is_told=is_told, then=then or {}, now=now)
        follow_ups.open_first(resolved, due_at=asked_by, by=by, now=now)
        (results.ask_for_rating if is_told else results.post_result)(resolved, now=now)
    return resolved


def close(*, claim: Claim, by: User, now: datetime, expected_version: int | None = None) -> Claim:
    """File a resolved claim away."""
    with transaction.atomic():
        closed = moves.move(
            claim=claim,
            action=Action.CLOSE,
            by=by,
            now=now,
            expected_version=expected_version,
            changes={"closed_at": now},
        )
        clocks.closed(closed, now=now)
    return closed


def reject(
    *, claim: Claim, code: str, text: str, by: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """Refuse a claim with a reason code and the rule in plain words for the consumer (`text`).

    Voids a compensation that nobody has decided yet. Refusing a claim that was never accepted counts as
    the first response. What the consumer's letter says is kept (`services.refusals`).

    Raises Refused("unknown_reason"), Refused("explanation_missing"), and
    Refused("compensation_approved") once an amount has been approved.
    """
    if code not in RejectionCode.values:
        raise Refused(_("Choose one of the reasons."), code="unknown_reason", field="code")
    text = text.strip()
    if len(text) < reasons.REASON_SIGNS or len(text) > EXPLANATION_SIGNS:
        raise Refused(
            _("Explain the refusal to the consumer in %(least)s to %(limit)s characters.")
            % {"least": reasons.REASON_SIGNS, "limit": EXPLANATION_SIGNS},
            code="explanation_missing",
            field="text",
        )
    changes = {"closed_at": now, "rejection_code": code, "rejection_text": text}
    if claim.response_minutes is None:
        changes["response_minutes"] = minutes_between(claim.filed_at, now)
    with transaction.atomic():
        undecided.void(claim=claim, by=by, now=now)
        rejected = moves.move(
            claim=claim,
            action=Action.REJECT,
            by=by,
            now=now,
            expected_version=expected_version,
            changes=changes,
        )
        clocks.end_all(rejected, is_refusal=True, by=by, now=now)
        refusals.write(rejected, by=by, now=now)
    return rejected


def withdraw(
    *, claim: Claim, reason: str, by: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """End a claim that the consumer no longer wants. Voids a compensation that nobody has decided yet.

    Raises Refused("reason_missing"), and Refused("compensation_approved") once an amount has been approved.
    """
    reason = reasons.given(reason)
    with transaction.atomic():
        undecided.void(claim=claim, by=by, now=now)
        withdrawn = moves.move(
            claim=claim,
            action=Action.WITHDRAW,
            by=by,
            now=now,
            expected_version=expected_version,
            changes={"closed_at": now},
            reason=reason,
        )
        clocks.end_all(withdrawn, is_refusal=False, by=by, now=now)
    return withdrawn


def reopen(
    *,
    claim: Claim,
    reason: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
    is_on_appeal: bool = False,
    is_after_low_call: bool = False,
) -> Claim:
    """Take up an ended claim in a new round with a new due time, within seven days.

    The days run from the resolution, for a refused claim from the refusal; closing does not prolong them.
    An appeal that is upheld (`is_on_appeal`) reopens a refused claim also later, a low score at the second
    call (`is_after_low_call`, services.second_calls) a settled one.
    Its handler goes on, if that person still works on claims there; else it is offered to somebody else.

    Raises Refused("reason_missing"), Refused("reopening_over") after the seven days, and
    Refused("appeal_open") while an appeal waits for its answer, which decides about it.
    """
    reason = reasons.given(reason)
    ended_at = claim.resolved_at or claim.closed_at
    if not is_on_appeal:
        _check_no_appeal(claim)
    is_later = is_on_appeal or is_after_low_call
    if ended_at is not None and not is_later and not may_reopen(ended_at, now):
        raise Refused(
            _("The seven days for reopening are over. File a new claim instead."), code="reopening_over"
        )
    changes = {
        "round": claim.round + 1,
        "resolved_at": None,
        "closed_at": None,
        "resolution_minutes": None,
        "rejection_code": "",
        "rejection_text": "",
    }
    if claim.handler is not None and not handlers.may_handle(claim.handler, claim, now=now):
        changes["handler"] = None
    with transaction.atomic():
        reopened = moves.move(
            claim=claim,
            action=Action.REOPEN,
            by=by,
            now=now,
            expected_version=expected_version,
            changes=changes,
            reason=reason,
        )
        clocks.reopened(reopened, by=by, now=now)
        follow_ups.claim_reopened(reopened, by=by, now=now)
        if reopened.handler_id is None:
            dispatch.offer(claim=reopened, by=by, now=now)
    return reopened


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that have passed, round the clock; never negative."""
    return max(0, int((end - start).total_seconds() // 60))


def _works_there(person: User, claim: Claim, *, now: datetime) -> bool:
    """Whether somebody works at the level that holds a claim, or above."""
    works_at = level_of(authority_of(person, now=now), claim)
    return works_at is not None and works_at >= claim.level


def _check_no_appeal(claim: Claim) -> None:
    if Appeal._base_manager.filter(claim=claim, state=AppealState.OPEN).exists():
        raise Refused(_("An appeal waits for its answer; it decides about this claim."), code="appeal_open")
