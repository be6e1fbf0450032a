"""What anybody may read: published editions, the heads of the days, and what transparency is measured by.

Rows of views on the connection that cannot write; nothing in them tells of a person, so they know no scope.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.lib.periods import Period
from aftersales.reports.models.editions import EditionKind


class PublishedEdition(models.Model):
    """A frozen report that was published, as it was frozen, with the words put in front of it."""

    region_code = models.CharField(max_length=12)
    region_name = models.CharField(max_length=60)
    level = models.SmallIntegerField()
    kind = models.CharField(max_length=7, choices=EditionKind)
    period = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    foreword = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "report_published"
        verbose_name = _("published report")
        verbose_name_plural = _("published reports")

    def __str__(self):
        return f"{self.region_name} {self.period} ({self.number})"

    @property
    def span(self) -> Period:
        return Period.named(self.period)


class PublishedHead(models.Model):
    """The head of a day, see aftersales.audit.heads."""

    day = models.DateField()
    heads = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "report_head"

    def __str__(self):
        return str(self.day)


class StationContact(models.Model):
    """Whether an operating station can be reached: is there a telephone number for the public?"""

    county_code = models.CharField(max_length=12)
    has_phone = models.IntegerField()

    class Meta:
        managed = False
        db_table = "report_contact"

    def __str__(self):
        return str(self.pk)


class FindingDue(models.Model):
    """A finding of an inspection by the day it was to be rectified, and when that was accepted."""

    county_code = models.CharField(max_length=12)
    due_on = models.DateField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "report_finding_due"

    def __str__(self):
        return str(self.pk)
