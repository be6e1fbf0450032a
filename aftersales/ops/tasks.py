"""What the task cluster runs. Every task may run twice, or late, without harm, and is a job (`jobs`).

`planned_at` is the ISO moment the run was planned for; the cluster passes it to every scheduled task.
"""

from dataclasses import asdict
from datetime import date, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User, system_user
from aftersales.audit import heads, sealing
from aftersales.audit.trail import system_scope
from aftersales.imports import running
from aftersales.integration.services import deliveries, event_retention, events, usage
from aftersales.integration.services import retention as token_retention
from aftersales.lib.periods import Period
from aftersales.notices import outbox, retention
from aftersales.ops import case_feed, purging
from aftersales.ops.beats import beat
from aftersales.ops.jobs import job
from aftersales.reports import export_making, freezing
from aftersales.web import throttle
from aftersales.web.queueing import enqueue
from claims.services import (
    clock_rebuild,
    closing,
    demands,
    dispatch,
    evidence,
    figures,
    findings,
    follow_up_turns,
    fund_months,
    incentives,
    payout_calls,
    provider_orders,
    results,
    sweep,
)
from training.services import (
    certificate_prints,
    certificates,
    class_attendees,
    class_photos,
    class_reminders,
    enrolments,
    review_reminders,
    sittings,
    skills_reminders,
)

FAILURES_KEPT = timedelta(days=1)


def heartbeat(planned_at: str = "") -> None:
    """Do nothing, so that a cluster without work finishes something and is seen to be alive (`beats`).

    The only task that is no job: a run that was missed is not worth a second one.
    """


@job
def seal_audit(planned_at: str = "") -> int:
    """Seal the audit events that have settled; returns the number of blocks written."""
    # Quiet: the block that is written says by itself that everything was read.
    with system_scope("seal the audit trail", quiet=True):
        return sealing.seal_due(now=timezone.now())


@job
def make_daily_heads(planned_at: str = "") -> int:
    """Write the heads of the audit chains of the days that are over; returns how many."""
    with system_scope("make the heads of the days", quiet=True):
        return heads.make_due(now=timezone.now())


@job
def purge_finished_tasks(planned_at: str = "") -> dict[str, int]:
    """Forget what the queue, the jobs and the submission keys no longer need; returns how much of each."""
    return purging.purge(now=timezone.now())


@job
def sweep_photos(planned_at: str = "") -> tuple[int, int]:
    """Drop photos that were never filed with a claim; returns how many rows and files went."""
    return evidence.sweep(now=timezone.now())


@job
def offer_claims(*claim_ids: int) -> tuple[int, int]:
    """Offer claims that have come to another level to people there; returns for how many somebody and nobody
    was found."""
    with system_scope("offer claims", quiet=True):
        done = dispatch.offer_all(claim_ids, by=system_user(), now=timezone.now())
    return done.offered, done.unassigned


@job
def lapse_offers(planned_at: str = "") -> int:
    """Go on to the next person where an offer was not answered in time; returns how many offers lapsed."""
    return dispatch.lapse(now=timezone.now())


@job
def lapse_provider_orders(planned_at: str = "") -> int:
    """Ask the next provider where one did not answer in time; returns how many orders lapsed."""
    return provider_orders.lapse_due(now=timezone.now())


@job
def sweep_clocks(planned_at: str = "") -> dict[str, int]:
    """Carry out what has fallen due on the clocks of claims; returns how much of each. A sign of life."""
    # Quiet: every step is an event of its own, and most runs find nothing.
    with system_scope("sweep the clocks", quiet=True):
        result = sweep.sweep(now=sweep.present(), by=system_user())
    beat("sweep", now=timezone.now())
    return asdict(result)


@job
def freeze_reports(planned_at: str = "") -> int:
    """Freeze the reports of the last month and quarter once they are due; returns how many were made."""
    with system_scope("freeze the reports of a period", quiet=True):
        return len(freezing.freeze_due(by=system_user(), now=timezone.now()))


@job
def freeze_period(name: str, user_id: int) -> int:
    """Freeze the reports of a period that somebody asked for; returns how many there are."""
    with system_scope("freeze the reports of a period", quiet=True):
        by = User.objects.get(pk=user_id)
        return len(freezing.freeze(Period.named(name), by=by, now=timezone.now()))


@job
def fold_figures(planned_at: str = "") -> int:
    """Bring the figures of places and periods up to date with the trail; returns how many changed."""
    with system_scope("fold the figures", quiet=True):
        return figures.fold(now=timezone.now())


@job
def verify_figures(planned_at: str = "") -> int:
    """Compare figures with the claims and put right what is different; returns how many were."""
    with system_scope("verify the figures", quiet=True):
        return figures.verify(by=system_user(), now=timezone.now())


@job
def recount_clocks(first: str, last: str) -> int:
    """Count the clocks anew that pass over one of these days, which have changed in the calendar; returns
    how many claims are due at another time now."""
    with system_scope("count clocks after a change of the calendar", quiet=True):
        return clock_rebuild.recount_days(
            date.fromisoformat(first), date.fromisoformat(last), by=system_user(), now=timezone.now()
        )


@job
def close_settled(planned_at: str = "") -> int:
    """File away resolved claims that can no longer be opened again; returns how many."""
    with system_scope("close settled claims", quiet=True):
        return closing.close_settled(by=system_user(), now=timezone.now())


@job
def remind_liable_parties(planned_at: str = "") -> int:
    """Note the reminders of demands that are due today and tell the officers; returns how many."""
    with system_scope("remind liable parties", quiet=True):
        return demands.remind(by=system_user(), now=timezone.now())


@job
def remind_callers(planned_at: str = "") -> int:
    """Tell people how many consumers they have to call today; returns how many messages are new."""
    with system_scope("remind callers of follow-ups", quiet=True):
        return follow_up_turns.remind(now=timezone.now())


@job
def close_fund_months(planned_at: str = "") -> int:
    """Close the months of all funds that are over; returns how many were closed."""
    with system_scope("close months of funds", quiet=True):
        return len(fund_months.close_due(by=system_user(), now=timezone.now()))


@job
def note_results_told(planned_at: str = "") -> int:
    """Note whose message with the result has been delivered; returns how many."""
    with system_scope("note delivered results", quiet=True):
        return results.note_delivered(by=system_user(), now=timezone.now())


@job
def instruct_payout(payout_id: int) -> str:
    """Tell a platform to pay a refund back the way it was paid; returns what came of it."""
    return payout_calls.call(payout_id, by=system_user(), now=timezone.now())


@job
def settle_incentives(planned_at: str = "") -> int:
    """Write down the incentives that agents have earned; returns how many are new."""
    with system_scope("settle incentives", quiet=True):
        return incentives.settle(by=system_user(), now=timezone.now())


@job
def purge_failures(planned_at: str = "") -> int:
    """Forget counted failures whose window is long over; returns how many."""
    return throttle.purge(before=timezone.now() - FAILURES_KEPT)


@job
def purge_sessions(planned_at: str = "") -> None:
    """Remove sessions that have expired."""
    call_command("clearsessions")


@job
def drain_outbox(planned_at: str = "") -> list[str]:
    """Have every channel that has something to send do so; returns their codes."""
    with transaction.atomic():
        due = outbox.channels_due(now=timezone.now())
        for code in due:
            enqueue("aftersales.ops.tasks.drain_channel", code)
    beat("drain", now=timezone.now())
    return due


@job
def drain_channel(code: str) -> int:
    """Send one batch through a channel and enqueue the next one if there is more; returns how many left."""
    drained = outbox.drain(code, now=timezone.now())
    if drained.is_more:
        with transaction.atomic():
            enqueue("aftersales.ops.tasks.drain_channel", code)
    return drained.delivered


@job
def tell_events(planned_at: str = "") -> int:
    """Make the events for other systems that the trail calls for; returns how many are new."""
    with system_scope("tell other systems", quiet=True):
        return events.fold(now=timezone.now())


@job
def send_events(planned_at: str = "") -> int:
    """Send one batch of events to subscriptions and enqueue the next one if there is more; returns how many
    arrived."""
    with system_scope("tell other systems", quiet=True):
        sent = deliveries.deliver(now=timezone.now())
    if sent.is_more:
        with transaction.atomic():
            enqueue("aftersales.ops.tasks.send_events")
    return sent.delivered


@job
def purge_events(planned_at: str = "") -> int:
    """Forget events for other systems that are old enough; returns how many."""
    return event_retention.purge(now=timezone.now())


@job
def purge_api_records(planned_at: str = "") -> dict[str, int]:
    """Forget codes, sessions and counts of applications that are old enough; returns how many of each."""
    return token_retention.purge(now=timezone.now())


@job
def warn_of_tokens(planned_at: str = "") -> int:
    """Tell who issued tokens which of them end soon; returns how many messages are new."""
    with system_scope("warn of tokens that end", quiet=True):
        return usage.warn_of_ends(now=timezone.now())


@job
def purge_notices(planned_at: str = "") -> dict[str, int]:
    """Forget messages and deliveries that have had their time; returns how many of each."""
    return retention.purge(now=timezone.now())


@job
def remind_certificates(planned_at: str = "") -> int:
    """Remind holders of certificates that end soon, and tell those whose has ended; returns how many."""
    return certificates.send_reminders(timezone.now())


@job
def make_certificate_print(print_id: int) -> str:
    """Make one file of many certificates; returns what came of it."""
    return certificate_prints.make(print_id, now=timezone.now())


@job
def make_report_export(export_id: int) -> str:
    """Make one file of a report, or go on with it; returns what came of it."""
    return export_making.make(export_id, now=timezone.now())


@job
def sweep_report_exports(planned_at: str = "") -> int:
    """Remove files of reports whose day is over; returns how many."""
    return export_making.sweep(now=timezone.now())


@job
def run_list_import(import_id: int) -> str:
    """Look at a list that somebody uploaded or bring it in, or go on with it; returns what came of it."""
    return running.run(import_id, now=timezone.now())


@job
def sweep_list_imports(planned_at: str = "") -> int:
    """Remove uploaded lists whose seven days are over; returns how many."""
    return running.sweep(now=timezone.now())


@job
def sweep_certificate_prints(planned_at: str = "") -> int:
    """Remove files of certificates that were kept long enough; returns how many."""
    return certificate_prints.sweep(now=timezone.now())


@job
def remind_classes(planned_at: str = "") -> int:
    """Tell people what is to be done about village classes; returns how many messages are new."""
    with system_scope("remind of village classes", quiet=True):
        return class_reminders.remind(now=timezone.now())


@job
def erase_class_records(planned_at: str = "") -> dict[str, int]:
    """Erase names and photos of village classes that have had their time; returns how many of each."""
    with system_scope("erase old records of village classes"):
        now = timezone.now()
        return {
            "names": class_attendees.erase(by=system_user(), now=now),
            "photos": class_photos.erase(by=system_user(), now=now),
        }


@job
def remind_learners(planned_at: str = "") -> int:
    """Remind people of courses that are due within a week; returns how many are told."""
    return enrolments.remind_due(now=timezone.now())


@job
def end_exams(planned_at: str = "") -> int:
    """Mark and end exams whose time is over; returns how many."""
    return sittings.sweep_expired(timezone.now())


@job
def propose_cases(planned_at: str = "") -> int:
    """Propose instructive closed claims as cases to learn from; returns how many are new."""
    with system_scope("propose cases to learn from", quiet=True):
        return case_feed.propose(by=system_user(), now=timezone.now())


@job
def remind_skills_checks(planned_at: str = "") -> int:
    """Tell people of the check of skills that is still to do; returns how many messages are new."""
    return skills_reminders.remind(now=timezone.now())


@job
def remind_handbook_reviews(planned_at: str = "") -> int:
    """Tell trainers how many articles are to be looked over; returns how many messages are new."""
    return review_reminders.remind(now=timezone.now())


@job
def remind_findings(planned_at: str = "") -> int:
    """Tell counties of findings that are due or overdue; returns how many findings that were."""
    with system_scope("remind of findings", quiet=True):
        return findings.remind(now=timezone.now())
