"""Certificates of training, and the batches in which they are printed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_columns
from stations.models import Station
from training.models.exams import PracticalExam, Sitting


@frozen_columns(
    "number",
    "user_id",
    "holder_name",
    "county_code",
    "issued_on",
    "valid_until",
    "sitting_id",
    "practical_id",
    when="OLD.id IS NOT NULL",
)
class Certificate(models.Model):
    """The training certificate (农村电商售后员培训证书) of one person. Issued by rule, revoked with a reason.

    `number` has a check sign and says nothing about how many there are. `shows_name` is the holder's consent
    to be named on the public page; without it the page says only what the certificate is worth.
    """

    number = models.CharField(_("certificate number"), max_length=20, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="certificates",
        verbose_name=pgettext_lazy("certificate", "holder"),
    )
    holder_name = models.CharField(_("name of the holder"), max_length=60)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    sitting = models.OneToOneField(
        Sitting, models.PROTECT, related_name="certificate", verbose_name=_("exam sat")
    )
    practical = models.OneToOneField(
        PracticalExam, models.PROTECT, related_name="certificate", verbose_name=_("practical exam")
    )
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    renews = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewed_by",
        verbose_name=_("renews"),
    )
    shows_name = models.BooleanField(_("name on the public page"), default=False)
    consented_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoked_reason = models.CharField(_("reason for revoking"), max_length=300, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_on", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "valid_until"],
                name="certificate_running",
                condition=Q(revoked_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(issued_on__lt=F("valid_until")), name="certificate_in_order"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason=""),
                name="certificate_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(shows_name=False) | Q(consented_at__isnull=False),
                name="certificate_name_by_consent",
            ),
            models.CheckConstraint(condition=~Q(issued_by=F("user")), name="certificate_issued_by_another"),
        ]

    def __str__(self):
        return self.number


class PrintState(models.TextChoices):
    WAITING = "waiting", _("Waits to be made")
    RUNNING = "running", _("Being made")
    READY = "ready", pgettext_lazy("file", "Ready")
    FAILED = "failed", pgettext_lazy("file", "Failed")


class CertificatePrint(models.Model):
    """One file of many certificates, made in the background; the same certificates give the same bytes.

    `certificate_ids` in printing order; `done` says how far it is; the file lies under MEDIA_ROOT until
    `kept_until`.
    """

    county_code = models.CharField(_("county"), max_length=12, editable=False)
    certificate_ids = models.JSONField(_("certificates"), default=list)
    count = models.PositiveIntegerField(_("certificates"))
    done = models.PositiveIntegerField(pgettext_lazy("certificate", "done"), default=0)
    state = models.CharField(_("state"), max_length=7, choices=PrintState, default=PrintState.WAITING)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    file_name = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)
    byte_size = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("printing of certificates")
        verbose_name_plural = _("printing of certificates")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, done__lte=F("count")), name="print_within_count")
        ]

    def __str__(self):
        return f"{self.county_code} {self.count}"
