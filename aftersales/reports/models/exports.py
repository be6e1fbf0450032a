"""Large files of reports, made in the background for one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.reports.models.editions import Edition


class ExportState(models.TextChoices):
    HELD = "held", _("waits for approval")
    WAITING = "waiting", _("waiting")
    WORKING = "working", _("being made")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")
    REFUSED = "refused", _("refused")
    STOPPED = "stopped", _("stopped")


class ExportForm(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"


class ReportExport(models.Model):
    """One export of a report by one person: the log of exports, and the file while it is kept.

    A download of a page is a row that is done at once and keeps no file. A list of claims is made in the
    background within the reach that who asked has when it is made, and lies under MEDIA_ROOT until
    `kept_until`; `done` of `count` rows are written, `position` says where the writing goes on. Only who
    asked can fetch it, by a link signed with `link_mark`, which changes when somebody else tries it. Every
    fetch is in the trail. docs/rules/exports.md.
    """

    what = models.CharField(_("what"), max_length=20)
    asked = models.JSONField(_("asked for"), default=dict)
    region_code = models.CharField(_("region"), max_length=12)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("frozen report")
    )
    form = models.CharField(_("form"), max_length=4, choices=ExportForm)
    state = models.CharField(_("state"), max_length=7, choices=ExportState, default=ExportState.WAITING)
    count = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows written"), default=0)
    position = models.JSONField(default=dict, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    link_mark = models.CharField(max_length=22, blank=True)
    file_name = models.CharField(max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=120)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)
    byte_size = models.PositiveBigIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    fetched = models.PositiveIntegerField(_("fetched"), default=0)
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="region_code", region="region_code")

    class Meta:
        verbose_name = _("file of a report")
        verbose_name_plural = _("files of reports")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("count")), name="report_export_within_count"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="report_export_decided_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="report_export_mine"),
            models.Index(fields=["-asked_at", "-id"], name="report_export_recent"),
        ]

    def __str__(self):
        return self.title
