"""Frozen reports: what was said about a region and a period, edition by edition, never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from aftersales.lib.periods import PeriodKind
from stations.models.regions import LevelChoices


class EditionKind(models.TextChoices):
    MONTH = PeriodKind.MONTH.value, _("monthly report")
    QUARTER = PeriodKind.QUARTER.value, _("quarterly report")


@append_only
class Edition(models.Model):
    """The report of one region and one period as it was frozen.

    `content` is canonical JSON (sorted keys, no blanks, UTF-8) with the figures as they may leave the county,
    the rules by which they were made and their versions; `sha256` is its fingerprint. A correction is an
    edition with the next number that names the one it corrects and why. 000000000000 is the whole country.
    """

    region_code = models.CharField(_("region"), max_length=12)
    region_name = models.CharField(_("name of the region"), max_length=60)
    level = models.SmallIntegerField(_("level"), choices=[(0, _("Nation")), *LevelChoices.choices])
    kind = models.CharField(_("kind"), max_length=7, choices=EditionKind)
    period = models.CharField(_("period"), max_length=7)
    number = models.PositiveSmallIntegerField(_("edition"))
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)
    content = models.TextField(_("content"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("frozen by")
    )
    frozen_at = models.DateTimeField(_("frozen"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="region_code", region="region_code")

    class Meta:
        verbose_name = _("frozen report")
        verbose_name_plural = _("frozen reports")
        ordering = ["-period", "region_code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["region_code", "period", "number"], name="edition_once"),
            models.CheckConstraint(
                condition=Q(number=1, corrects__isnull=True, reason="")
                | Q(number__gt=1, corrects__isnull=False) & ~Q(reason=""),
                name="edition_names_what_it_corrects",
            ),
        ]
        indexes = [models.Index(fields=["level", "period"], name="edition_level_period")]

    def __str__(self):
        return f"{self.region_name} {self.period} ({self.number})"

    @property
    def trace(self) -> dict[str, Any]:
        """What the trail says of it."""
        return {
            "region": self.region_code,
            "period": self.period,
            "number": self.number,
            "sha256": self.sha256,
        }


@append_only
class Publication(models.Model):
    """The decision that an edition is shown to everybody, with the words put in front of it."""

    edition = models.OneToOneField(
        Edition, models.PROTECT, related_name="publication", verbose_name=_("edition")
    )
    foreword = models.TextField(_("foreword"), blank=True, max_length=2000)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-published_at"]

    def __str__(self):
        return str(self.edition_id)


class ReportEdition(models.Model):
    """An edition as every reader finds it, on the connection that cannot write: a view.

    `published_at` is when it was shown to everybody.
    """

    region_code = models.CharField(max_length=12)
    region_name = models.CharField(max_length=60)
    level = models.SmallIntegerField()
    kind = models.CharField(max_length=7, choices=EditionKind)
    period = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField()
    corrects_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="region_code", region="region_code")

    class Meta:
        managed = False
        db_table = "report_edition"

    def __str__(self):
        return f"{self.region_name} {self.period} ({self.number})"
