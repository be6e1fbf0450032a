"""Large files of reports, made in the background for one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.reports.models.editions import Edition


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WORKING = "working", _("being made")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")


class ExportForm(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"


class ReportExport(models.Model):
    """One file asked for by one person; it lies under MEDIA_ROOT until `kept_until`.

    Made within the reach that who asked has when it is made, from an edition or from the cases that `asked`
    names; `done` of `count` rows are written. Only who asked can fetch it, by a signed link; every fetch is
    in the trail.
    """

    what = models.CharField(_("what"), max_length=20)
    asked = models.JSONField(_("asked for"), default=dict)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("frozen report")
    )
    form = models.CharField(_("form"), max_length=4, choices=ExportForm)
    state = models.CharField(_("state"), max_length=7, choices=ExportState, default=ExportState.WAITING)
    count = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows written"), default=0)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    file_name = models.CharField(max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=120)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)
    byte_size = models.PositiveBigIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    fetched = models.PositiveIntegerField(_("fetched"), default=0)
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of a report")
        verbose_name_plural = _("files of reports")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("count")), name="report_export_within_count"),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="report_export_mine")]

    def __str__(self):
        return self.title
