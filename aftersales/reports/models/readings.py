"""What reports may read: cases, places and stations, without any person."""

from django.db import models

from aftersales.accounts.scoping import ScopedManager, ScopePaths


class ReportCase(models.Model):
    """One claim as figures need it: class, state, times and amounts; no consumer, no text, no photo."""

    county_code = models.CharField(max_length=12)
    region_code = models.CharField(max_length=12)
    station_id = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    goods_type = models.CharField(max_length=20)
    nature = models.CharField(max_length=9)
    severity = models.CharField(max_length=8)
    status = models.CharField(max_length=12)
    round = models.PositiveSmallIntegerField()
    filed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    handling_due_at = models.DateTimeField()
    response_minutes = models.PositiveIntegerField(null=True)
    resolution_minutes = models.PositiveIntegerField(null=True)
    remedy = models.CharField(max_length=6, null=True)  # noqa: DJ001
    decided_at_level = models.CharField(max_length=8, null=True)  # noqa: DJ001
    amount_fen = models.BigIntegerField(null=True)
    executed_at = models.DateTimeField(null=True)
    stars = models.PositiveSmallIntegerField(null=True)
    follow_up_state = models.CharField(max_length=9, null=True)  # noqa: DJ001

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_code", station="station_id")

    class Meta:
        managed = False
        db_table = "report_case"

    def __str__(self):
        return str(self.pk)


class ReportPlace(models.Model):
    """A province, city or county by name; public knowledge."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=12, null=True)  # noqa: DJ001

    class Meta:
        managed = False
        db_table = "report_place"

    def __str__(self):
        return self.name


class ReportStation(models.Model):
    """A station as a report counts it."""

    county_code = models.CharField(max_length=12)
    region_code = models.CharField(max_length=12)
    tier = models.CharField(max_length=8)
    state = models.CharField(max_length=9)
    name = models.CharField(max_length=80)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_code", station="id")

    class Meta:
        managed = False
        db_table = "report_station"

    def __str__(self):
        return self.name
