"""What happened: append-only events, and the blocks that seal them.

Events hold no foreign keys, so that nothing that is deleted or renamed elsewhere touches history.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only


class Outcome(models.TextChoices):
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


@append_only
class AuditEvent(models.Model):
    """One change of state, money, grant or master data, or one look at personal data.

    Written by services in the transaction of the change itself; never changes afterwards.
    `recorded_at` is the moment of writing and is what seals go by; `at` is when it happened.
    """

    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("event"), max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=80)
    object_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    object_id = models.CharField(_("object"), max_length=40, blank=True)
    claim_id = models.BigIntegerField(null=True, blank=True)
    county_code = models.CharField(_("county"), max_length=12, blank=True)
    station_id = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.DONE)
    door = models.CharField(_("door"), max_length=12, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", station="station_id")

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["claim_id", "id"], name="audit_event_claim"),
            models.Index(fields=["county_code", "recorded_at"], name="audit_event_county"),
            models.Index(fields=["object_type", "object_id"], name="audit_event_object"),
        ]

    def __str__(self):
        return f"{self.verb} {self.object_type} {self.object_id}"


@append_only
class AuditBlock(models.Model):
    """The seal over one county's events up to an instant, chained to the block before it."""

    county_code = models.CharField(_("county"), max_length=12, blank=True)
    number = models.PositiveIntegerField(_("number"))
    covers_until = models.DateTimeField(_("covers until"))
    event_count = models.PositiveIntegerField(_("events"))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"), default=timezone.now)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("audit block")
        verbose_name_plural = _("audit blocks")
        ordering = ["county_code", "number"]
        constraints = [models.UniqueConstraint(fields=["county_code", "number"], name="audit_block_once")]

    def __str__(self):
        return f"{self.county_code}/{self.number}"


@append_only
class DailyHead(models.Model):
    """The head of every county's chain at the end of a day in one hash, to be copied outside.

    `heads` lists county, number of the last block and its hash, sorted by county; `hash` is the SHA-256 of
    the hash of the day before and, behind it, day and list as canonical JSON (`heads.text_of`).
    """

    day = models.DateField(_("day"), unique=True)
    heads = models.JSONField(_("heads"))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("head of the day")
        verbose_name_plural = _("heads of the days")
        ordering = ["-day"]

    def __str__(self):
        return str(self.day)
