"""What the task cluster runs by the clock. Every task may run twice, or late, without harm.

`planned_at` is the ISO moment the run was planned for; the cluster passes it to every scheduled task.
"""

from datetime import timedelta

from django.utils import timezone
from django_q.models import Success

from aftersales.audit import sealing
from aftersales.audit.trail import system_scope
from aftersales.ops import health
from claims.services import evidence

FINISHED_TASKS_KEPT = timedelta(days=7)


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
