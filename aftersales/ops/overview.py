"""Background work at a glance, for people: the queue, signs of life, schedules and what has failed."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.models import Failure, OrmQ, Schedule, Task

from aftersales.ops import beats
from aftersales.ops.models import Heartbeat, JobRun

FAILURES_SHOWN = 10
EVERY_DAY = re.compile(r"(\d+) (\d+) \* \* \*")
BEAT_NAMES = {
    "cluster": gettext_lazy("Task cluster"),
    "sweep": gettext_lazy("Escalation of overdue claims"),
    "drain": gettext_lazy("Sending of notices"),
}
TASK_NAMES = {
    "heartbeat": gettext_lazy("Sign of life"),
    "seal_audit": gettext_lazy("Seal the audit trail"),
    "make_daily_heads": gettext_lazy("Write down where each day of the audit trail ended"),
    "fold_figures": gettext_lazy("Bring figures up to date"),
    "verify_figures": gettext_lazy("Compare figures with the claims"),
    "freeze_reports": gettext_lazy("Freeze reports of periods that are over"),
    "freeze_period": gettext_lazy("Freeze the reports of a period"),
    "remind_findings": gettext_lazy("Remind counties of findings that are due"),
    "close_settled": gettext_lazy("Close settled claims"),
    "close_fund_months": gettext_lazy("Close months of funds that are over"),
    "purge_failures": gettext_lazy("Forget counted sign-in failures"),
    "purge_sessions": gettext_lazy("Remove expired sessions"),
    "purge_finished_tasks": gettext_lazy("Forget finished background work"),
    "offer_claims": gettext_lazy("Offer claims that went up to people there"),
    "lapse_offers": gettext_lazy("Offer unanswered claims to the next person"),
    "lapse_provider_orders": gettext_lazy("Offer unanswered visits to the next provider"),
    "sweep_photos": gettext_lazy("Remove photos that were never filed"),
    "sweep_clocks": gettext_lazy("Escalate overdue claims"),
    "drain_outbox": gettext_lazy("Look for notices to send"),
    "drain_channel": gettext_lazy("Send notices"),
    "tell_events": gettext_lazy("Make events for other systems"),
    "send_events": gettext_lazy("Send events to other systems"),
    "purge_events": gettext_lazy("Forget old events for other systems"),
    "purge_api_records": gettext_lazy("Forget old codes, sessions and counts of applications"),
    "warn_of_tokens": gettext_lazy("Warn of tokens that end soon"),
    "purge_notices": gettext_lazy("Forget old notices"),
    "remind_liable_parties": gettext_lazy("Note which liable parties are to be reminded"),
    "remind_callers": gettext_lazy("Remind people of the calls they have to make"),
    "note_results_told": gettext_lazy("Note which results were delivered"),
    "settle_incentives": gettext_lazy("Find the incentives that agents have earned"),
    "remind_certificates": gettext_lazy("Remind holders of certificates that end"),
    "instruct_payout": gettext_lazy("Tell a platform to pay a refund back"),
    "make_certificate_print": gettext_lazy("Make a file of certificates"),
    "make_report_export": gettext_lazy("Make a file of a report"),
    "sweep_report_exports": gettext_lazy("Remove files of reports after a day"),
    "sweep_certificate_prints": gettext_lazy("Remove files of certificates after a week"),
    "remind_classes": gettext_lazy("Remind people of village classes"),
    "erase_class_records": gettext_lazy("Erase names and photos of old village classes"),
    "remind_learners": gettext_lazy("Remind people of courses that are due"),
    "end_exams": gettext_lazy("End exams whose time is over"),
    "propose_cases": gettext_lazy("Propose cases to learn from"),
    "remind_skills_checks": gettext_lazy("Remind people of their check of skills"),
    "remind_handbook_reviews": gettext_lazy("Remind trainers of articles to look over"),
    "run_list_import": gettext_lazy("Look at or bring in a list"),
    "sweep_list_imports": gettext_lazy("Remove files of lists after a week"),
    "recount_clocks": gettext_lazy("Reckon clocks anew after a change of the calendar"),
}


def task_name(dotted: str) -> str:
    """What a task is called; its function's name where it has none in words."""
    name = dotted.rpartition(".")[2]
    return str(TASK_NAMES.get(name, name))


@dataclass(frozen=True)
class Queue:
    """Tasks that wait, since when the oldest does, tasks in hand, and jobs by what became of them."""

    waiting: int
    oldest_at: datetime | None
    in_hand: int
    running: int
    failed: int
    dead: int


@dataclass(frozen=True)
class Sign:
    """One sign of life that is expected."""

    name: str
    beat_at: datetime | None
    is_alive: bool


@dataclass(frozen=True)
class Plan:
    """One schedule; `ended_at` and `went_well` are of its last run, None while it has not ended."""

    title: str
    how_often: str
    next_run: datetime
    ended_at: datetime | None
    went_well: bool | None


def queue(*, now: datetime) -> Queue:
    """The queue and the jobs, each in one query."""
    lines = OrmQ.objects.aggregate(
        waiting=Count("pk", filter=Q(lock__lte=now)),
        in_hand=Count("pk", filter=Q(lock__gt=now)),
        oldest_at=Min("lock", filter=Q(lock__lte=now)),
    )
    state = JobRun.State
    jobs = JobRun.objects.filter(state__in=[state.RUNNING, state.FAILED, state.DEAD]).aggregate(
        **{name.lower(): Count("pk", filter=Q(state=state[name])) for name in ("RUNNING", "FAILED", "DEAD")}
    )
    return Queue(**lines, **jobs)


def signs(*, now: datetime) -> list[Sign]:
    """Signs of life that are expected: the cluster's always, others while their schedule exists."""
    written = dict(Heartbeat.objects.values_list("name", "beat_at"))
    planned = set(Schedule.objects.values_list("name", flat=True))
    return [
        Sign(
            name=str(BEAT_NAMES.get(expected.name, expected.name)),
            beat_at=written.get(expected.name),
            is_alive=beats.is_alive(expected, written.get(expected.name), now=now),
        )
        for expected in beats.EXPECTED
        if not expected.schedule or expected.schedule in planned
    ]


def plans() -> list[Plan]:
    """The stored schedules with their last runs, the next one first."""
    stored = list(Schedule.objects.order_by("next_run", "name"))
    last_runs = Task.objects.filter(id__in=[row.task for row in stored if row.task])
    ended = {task_id: rest for task_id, *rest in last_runs.values_list("id", "stopped", "success")}
    return [
        Plan(task_name(row.func), _how_often(row), row.next_run, *ended.get(row.task, (None, None)))
        for row in stored
    ]


def _how_often(schedule: Schedule) -> str:
    if schedule.cron:
        found = EVERY_DAY.fullmatch(schedule.cron)
        time = found and f"{int(found[2]):02}:{int(found[1]):02}"
        return _("every day at %(time)s") % {"time": time} if time else schedule.cron
    return _("every %(minutes)s min") % {"minutes": schedule.minutes}


def failures() -> list[dict[str, Any]]:
    """The last tasks that failed. What they said stays in the queue's own table: it may name a person."""
    last = Failure.objects.order_by("-stopped").values("func", "stopped", "attempt_count")[:FAILURES_SHOWN]
    return [{**row, "name": task_name(row["func"])} for row in last]
