"""What the task cluster runs by the clock. Every task may run twice, or late, without harm.

`planned_at` is the ISO moment the run was planned for; the cluster passes it to every scheduled task.
"""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_q.models import Success

from aftersales.accounts.models import system_user
from aftersales.audit import sealing
from aftersales.audit.trail import system_scope
from aftersales.ops import health
from aftersales.web import throttle
from claims.services import closing, evidence

FINISHED_TASKS_KEPT = timedelta(days=7)
FAILURES_KEPT = timedelta(days=1)


def heartbeat(planned_at: str = "") -> None:
    """Say that the cluster takes tasks and finishes them; /healthz reads it."""
    health.beat(health.CLUSTER, now=timezone.now())


def seal_audit(planned_at: str = "") -> int:
    """Seal the audit events that have settled; returns the number of blocks written."""
    # Quiet: the block that is written says by itself that everything was read.
    with system_scope("seal the audit trail", quiet=True):
        return sealing.seal_due(now=timezone.now())


def purge_finished_tasks(planned_at: str = "") -> int:
    """Forget successful tasks after a week, failed ones never; returns how many were forgotten."""
    forgotten, _per_model = Success.objects.filter(stopped__lt=timezone.now() - FINISHED_TASKS_KEPT).delete()
    return forgotten


def sweep_photos(planned_at: str = "") -> tuple[int, int]:
    """Drop photos that were never filed with a claim; returns how many rows and files went."""
    return evidence.sweep(now=timezone.now())


def close_settled(planned_at: str = "") -> int:
    """File away resolved claims that can no longer be opened again; returns how many."""
    with system_scope("close settled claims", quiet=True):
        return closing.close_settled(by=system_user(), now=timezone.now())


def purge_failures(planned_at: str = "") -> int:
    """Forget counted failures whose window is long over; returns how many."""
    return throttle.purge(before=timezone.now() - FAILURES_KEPT)


def purge_sessions(planned_at: str = "") -> None:
    """Remove sessions that have expired."""
    call_command("clearsessions")
