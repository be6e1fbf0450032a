"""The one table of what runs by the clock; `migrate` makes django-q2's schedules equal to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from croniter import croniter
from django.db import connections
from django.utils import timezone


@dataclass(frozen=True)
class Planned:
    """One recurring task: every so many minutes, or by a cron line read in the local time zone."""

    name: str
    task: str
    minutes: int = 0
    cron: str = ""

    def next_after(self, moment: datetime) -> datetime:
        """Return the first planned run after the moment."""
        if self.cron:
            return croniter(self.cron, timezone.localtime(moment)).get_next(datetime)
        return moment + timedelta(minutes=self.minutes)

    def latest_next(self, moment: datetime) -> datetime:
        """Return how far ahead a next run may lie at a moment: two intervals."""
        return self.next_after(self.next_after(moment))


SCHEDULES = (
    Planned("heartbeat", "aftersales.ops.tasks.heartbeat", minutes=1),
    Planned("drain_outbox", "aftersales.ops.tasks.drain_outbox", minutes=1),
    Planned("tell_events", "aftersales.ops.tasks.tell_events", minutes=1),
    Planned("send_events", "aftersales.ops.tasks.send_events", minutes=1),
    Planned("sweep_clocks", "aftersales.ops.tasks.sweep_clocks", minutes=1),
    Planned("fold_figures", "aftersales.ops.tasks.fold_figures", minutes=1),
    Planned("freeze_reports", "aftersales.ops.tasks.freeze_reports", cron="40 4 * * *"),
    Planned("seal_audit", "aftersales.ops.tasks.seal_audit", minutes=5),
    Planned("make_daily_heads", "aftersales.ops.tasks.make_daily_heads", cron="50 0 * * *"),
    Planned("lapse_offers", "aftersales.ops.tasks.lapse_offers", minutes=1),
    Planned("lapse_provider_orders", "aftersales.ops.tasks.lapse_provider_orders", minutes=5),
    Planned("close_settled", "aftersales.ops.tasks.close_settled", minutes=15),
    Planned("settle_incentives", "aftersales.ops.tasks.settle_incentives", cron="15 4 * * *"),
    Planned("purge_failures", "aftersales.ops.tasks.purge_failures", cron="20 3 * * *"),
    Planned("purge_sessions", "aftersales.ops.tasks.purge_sessions", cron="30 3 * * *"),
    Planned("note_results_told", "aftersales.ops.tasks.note_results_told", minutes=5),
    Planned("purge_finished_tasks", "aftersales.ops.tasks.purge_finished_tasks", cron="10 3 * * *"),
    Planned("close_fund_months", "aftersales.ops.tasks.close_fund_months", cron="30 0 * * *"),
    Planned("verify_figures", "aftersales.ops.tasks.verify_figures", cron="5 4 * * *"),
    Planned("purge_notices", "aftersales.ops.tasks.purge_notices", cron="50 3 * * *"),
    Planned("purge_events", "aftersales.ops.tasks.purge_events", cron="55 3 * * *"),
    Planned("purge_api_records", "aftersales.ops.tasks.purge_api_records", cron="25 3 * * *"),
    Planned("warn_of_tokens", "aftersales.ops.tasks.warn_of_tokens", cron="5 8 * * *"),
    Planned("remind_liable_parties", "aftersales.ops.tasks.remind_liable_parties", cron="30 8 * * *"),
    Planned("remind_callers", "aftersales.ops.tasks.remind_callers", cron="0 8 * * *"),
    Planned("sweep_photos", "aftersales.ops.tasks.sweep_photos", cron="40 3 * * *"),
    Planned("remind_classes", "aftersales.ops.tasks.remind_classes", cron="20 8 * * *"),
    Planned("erase_class_records", "aftersales.ops.tasks.erase_class_records", cron="35 3 * * *"),
    Planned("remind_certificates", "aftersales.ops.tasks.remind_certificates", cron="15 8 * * *"),
    Planned("sweep_certificate_prints", "aftersales.ops.tasks.sweep_certificate_prints", cron="45 3 * * *"),
    Planned("sweep_report_exports", "aftersales.ops.tasks.sweep_report_exports", minutes=30),
    Planned("sweep_list_imports", "aftersales.ops.tasks.sweep_list_imports", minutes=60),
    Planned("remind_learners", "aftersales.ops.tasks.remind_learners", cron="10 8 * * *"),
    Planned("end_exams", "aftersales.ops.tasks.end_exams", minutes=1),
    Planned("propose_cases", "aftersales.ops.tasks.propose_cases", cron="0 7 * * 1"),
    Planned("remind_skills_checks", "aftersales.ops.tasks.remind_skills_checks", cron="25 8 * * *"),
    Planned("remind_findings", "aftersales.ops.tasks.remind_findings", cron="35 8 * * *"),
    Planned("remind_handbook_reviews", "aftersales.ops.tasks.remind_handbook_reviews", cron="10 8 * * 1"),
)


def synchronise(*, now: datetime, planned: tuple[Planned, ...] = SCHEDULES) -> None:
    """Make the stored schedules equal to the table: by name, and nothing beside it.

    A stored next run is kept, so that migrating does not run everything at once, unless it lies too far
    ahead (`bring_back`).
    """
    from django_q.models import Schedule

    Schedule.objects.exclude(name__in=[plan.name for plan in planned]).delete()
    for plan in planned:
        wanted = {
            "func": plan.task,
            "schedule_type": Schedule.CRON if plan.cron else Schedule.MINUTES,
            "minutes": plan.minutes or None,
            "cron": plan.cron or None,
            "repeats": -1,
            "intended_date_kwarg": "planned_at",
        }
        first_run = plan.next_after(now) if plan.cron else now
        if not Schedule.objects.filter(name=plan.name).update(**wanted):
            # Not save(), which reckons the first run from the wall clock.
            Schedule.objects.bulk_create([Schedule(name=plan.name, next_run=first_run, **wanted)])
    bring_back(now=now, planned=planned)


def bring_back(*, now: datetime, planned: tuple[Planned, ...] = SCHEDULES) -> int:
    """Plan anew what lies more than two intervals ahead; returns how many schedules did.

    That is so when a clock that was fast has been set right: until it is there again, nothing would run.
    """
    from django_q.models import Schedule

    stored = dict(Schedule.objects.values_list("name", "next_run"))
    late = [plan for plan in planned if plan.name in stored and stored[plan.name] > plan.latest_next(now)]
    for plan in late:
        Schedule.objects.filter(name=plan.name, next_run=stored[plan.name]).update(
            next_run=plan.next_after(now) if plan.cron else now
        )
    return len(late)


def synchronise_after_migrate(sender, using="default", **kwargs):
    """Signal handler: run after every migrate of the default database that has the task tables."""
    from django_q.models import Schedule

    if using == "default" and Schedule._meta.db_table in connections[using].introspection.table_names():
        synchronise(now=timezone.now())
