from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last sign of life of one part of the system, one row for each name.

    The task cluster writes its own row when it has finished something; a health probe writes another one to
    prove that the database takes writes. Rows are overwritten, never deleted.
    """

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.name


class JobRun(models.Model):
    """One job of the task cluster and how often it was begun; written by `jobs` alone.

    A job is a task with a key: the caller's, the moment a scheduled run was planned for, or the queue's own
    id. The row is made, and each attempt counted and committed, before the work starts, so that work which
    kills its process is counted too. It changes until the job is done, and is purged some time after.
    """

    MOST_ATTEMPTS = 5

    class State(models.TextChoices):
        WAITING = "waiting", _("released, waiting")
        RUNNING = "running", _("begun")
        FAILED = "failed", _("failed, will be tried again")
        DONE = "done", _("done")
        OVERTAKEN = "overtaken", _("made up for by a later run")
        DEAD = "dead", _("given up after five attempts")
        SET_ASIDE = "set_aside", _("set aside")

    # May be begun, and may not.
    OPEN = (State.WAITING, State.RUNNING, State.FAILED)
    OVER = (State.DONE, State.OVERTAKEN, State.SET_ASIDE)

    task = models.CharField(_("task"), max_length=120)
    key = models.CharField(_("job key"), max_length=100)
    is_named = models.BooleanField(_("key given by the caller"), default=False)
    arguments = models.JSONField(_("ids"), default=list)
    planned_at = models.DateTimeField(_("planned for"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("first begun"))
    started_at = models.DateTimeField(_("last begun"), null=True)
    finished_at = models.DateTimeField(_("ended at"), null=True)
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("background work")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "key"], name="ops_jobrun_once"),
            models.CheckConstraint(
                condition=Q(attempts__gte=0, attempts__lte=5), name="ops_jobrun_attempts_stop"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "failed"], finished_at__isnull=True)
                | Q(state__in=["done", "overtaken", "dead", "set_aside"], finished_at__isnull=False),
                name="ops_jobrun_ended_or_not",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "finished_at"], name="ops_jobrun_state"),
            models.Index(
                fields=["task", "planned_at"],
                condition=Q(planned_at__isnull=False),
                name="ops_jobrun_planned",
            ),
        ]

    def __str__(self):
        return f"{self.task.rsplit('.', 1)[-1]} {self.key}"
