"""Jobs: tasks whose attempts are counted before they start, and stop.

The queue delivers at least once and counts only what comes back, so work that kills its process would be
delivered for ever. A job counts for itself: `@job` raises and commits the attempt before the work, keeps the
line in the queue until the job is done, and lists it as dead after the fifth attempt. Then it does not run
again until a person releases it.

A job may arrive twice, late, and twice at the same moment. What was done under a key is not begun again.
With `one_transaction` the work and the mark that it is done are one transaction, so that of two deliveries
at work at the same moment one is undone: use it for effects that may happen once only. Without it the
work commits as it likes and must look for what is due each time.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import datetime
from functools import partial, wraps
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_q.exceptions import TimeoutException

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.ops.models import JobRun
from aftersales.ops.schedules import SCHEDULES
from aftersales.web.queueing import enqueue

State = JobRun.State
SHORTEST_REASON = 5

logger = logging.getLogger(__name__)
# What the queue has just handed to this worker; empty when a task is called by hand.
_delivery: ContextVar[dict[str, Any] | None] = ContextVar("delivery", default=None)


class DoneElsewhere(Exception):
    """Another delivery of the same job was done first; what this one did is undone."""


class JobFailed(Exception):
    """What the queue is told and keeps instead of an error, whose words may name a person: its code."""


def job(work: Callable | None = None, *, one_transaction: bool = False):
    """Decorate a task so that its attempts are counted. See the module for what the flag means.

    The task keeps its own arguments; `key`, which `enqueue` passes, goes to the counting alone. Called by
    hand without a key or planned time it simply runs.
    """
    if work is None:
        return partial(job, one_transaction=one_transaction)
    task = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def run(*ids, key: str = "", planned_at: str = ""):
        delivery = _delivery.get() or {}
        named = {"planned_at": planned_at} if planned_at else {}
        is_named = bool(key)
        key = key or planned_at or delivery.get("id", "")
        if not key:
            return work(*ids, **named)
        # Whatever goes wrong, the line stays in the queue and comes again, until nothing more is to be tried.
        delivery["ack_failure"] = False
        attempt = _begin(task, key, ids, planned_at, is_named)
        if attempt is None:
            return None
        try:
            with transaction.atomic() if one_transaction else nullcontext():
                result = work(*ids, **named)
                if not _finish(task, key) and one_transaction:
                    raise DoneElsewhere
        except DoneElsewhere:
            return None
        except BaseException as error:
            delivery["ack_failure"] = _fail(task, key, attempt, error)
            if delivery.get("id") and isinstance(error, Exception):
                raise JobFailed(error_code(error)) from None
            raise
        return result

    run.is_job = True
    return run


def note_delivery(sender, task: dict, **kwargs) -> None:
    """Signal handler, before a worker runs a task: remember which one the queue has delivered."""
    _delivery.set(task)


def forget_delivery(sender, **kwargs) -> None:
    """Signal handler, when a worker has run a task."""
    _delivery.set(None)


def _begin(task: str, key: str, ids: tuple, planned_at: str, is_named: bool) -> int | None:
    """Count an attempt and commit it; returns its number, or None when there is nothing to begin."""
    now = timezone.now()
    planned = parse_datetime(planned_at) if planned_at else None
    runs = JobRun.objects.filter(task=task, key=key)
    with transaction.atomic(durable=True):
        row = JobRun(
            task=task,
            key=key,
            is_named=is_named,
            arguments=list(ids),
            planned_at=planned,
            created_at=now,
        )
        JobRun.objects.bulk_create([row], ignore_conflicts=True)
        if planned and _is_frequent(task) and _later_is_done(task, planned):
            runs.filter(state__in=JobRun.OPEN).update(state=State.OVERTAKEN, finished_at=now)
            return None
        open_runs = runs.filter(state__in=JobRun.OPEN)
        begun = open_runs.filter(attempts__lt=JobRun.MOST_ATTEMPTS).update(
            attempts=F("attempts") + 1, state=State.RUNNING, started_at=now
        )
        if begun:
            return runs.values_list("attempts", flat=True).get()
        if open_runs.update(state=State.DEAD, finished_at=now, last_error="killed"):
            logger.error("a job was given up: its process was killed", extra={"task": task})
        return None


def _finish(task: str, key: str) -> bool:
    """Mark a job as done, unless another delivery has done so; a later run makes up for earlier ones."""
    now = timezone.now()
    with transaction.atomic():
        runs = JobRun.objects.filter(task=task, key=key)
        done = runs.exclude(state=State.DONE).update(state=State.DONE, finished_at=now, last_error="")
        if done and _is_frequent(task):
            planned = runs.values_list("planned_at", flat=True).get()
            if planned is not None:
                JobRun.objects.filter(task=task, planned_at__lt=planned, state=State.DEAD).update(
                    state=State.OVERTAKEN
                )
    return bool(done)


def _fail(task: str, key: str, attempt: int, error: BaseException) -> bool:
    """Write down why an attempt failed; returns whether it was the last one."""
    now = timezone.now()
    # A time limit strikes in the middle of a statement and leaves the connection unusable.
    if isinstance(error, TimeoutException) and not connection.in_atomic_block:
        connection.close()
    is_last = attempt >= JobRun.MOST_ATTEMPTS
    code = error_code(error)
    ended = {"state": State.DEAD, "finished_at": now} if is_last else {"state": State.FAILED}
    # Not where another delivery is at work or has done it meanwhile.
    mine = JobRun.objects.filter(task=task, key=key, state=State.RUNNING, attempts=attempt)
    given_up = bool(mine.update(**ended, last_error=code)) and is_last
    logger.error(
        "a job was given up" if given_up else "a job failed",
        exc_info=error,
        extra={"task": task, "code": code, "count": attempt},
    )
    return given_up


def error_code(error: BaseException) -> str:
    """What an error is called without what it says, which may name a person."""
    if isinstance(error, TimeoutException):
        return "timeout"
    return (error.code if isinstance(error, Refused | InvalidValue) else type(error).__name__)[:80]


def _is_frequent(task: str) -> bool:
    """Whether each run looks for all that is due, so that a later one makes up for one that was missed.

    A run of the night works for its own day and is never made up for by the next.
    """
    return any(plan.minutes for plan in SCHEDULES if plan.task == task)


def _later_is_done(task: str, planned: datetime) -> bool:
    return JobRun.objects.filter(task=task, planned_at__gt=planned, state=State.DONE).exists()


def release(*, job: JobRun, reason: str, by: User, now: datetime) -> None:
    """Let a dead job run again, with five new attempts, and enqueue it.

    Raises Refused("job_not_dead") unless it is dead, Refused("reason_missing") without a reason.
    """
    _decide(job, State.WAITING, "job.released", reason=reason, by=by, now=now)


def set_aside(*, job: JobRun, reason: str, by: User, now: datetime) -> None:
    """Give a dead job up for good: it is no longer listed and never runs again under its key.

    Raises Refused("job_not_dead") unless it is dead, Refused("reason_missing") without a reason.
    """
    _decide(job, State.SET_ASIDE, "job.set_aside", reason=reason, by=by, now=now)


def _decide(job: JobRun, state: str, verb: str, *, reason: str, by: User, now: datetime) -> None:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Say in a few words why."), code="reason_missing", field="reason")
    changed = {"state": state}
    if state == State.WAITING:
        changed |= {"attempts": 0, "finished_at": None}
    with transaction.atomic():
        if not JobRun.objects.filter(pk=job.pk, state=State.DEAD).update(**changed):
            raise Refused(_("This job is not waiting for a decision (any more)."), code="job_not_dead")
        if state == State.WAITING:
            planned_at = job.planned_at.isoformat() if job.planned_at else ""
            enqueue(job.task, *job.arguments, key=job.key, planned_at=planned_at)
        trail.record(
            verb,
            by=by,
            obj=job,
            before={"attempts": job.attempts, "last_error": job.last_error},
            reason=reason,
            at=now,
        )


def purge(*, before: datetime, named_before: datetime) -> int:
    """Forget jobs that ended before a moment, those with a caller's key later; returns how many.

    Dead jobs stay until a person has decided. A key that is forgotten may have its effect again.
    """
    over = JobRun.objects.filter(state__in=JobRun.OVER)
    forgotten, _models = over.filter(is_named=False, finished_at__lt=before).delete()
    more, _models = over.filter(is_named=True, finished_at__lt=named_before).delete()
    return forgotten + more
