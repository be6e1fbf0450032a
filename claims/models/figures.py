"""Figures of claims by place and period, so that boards and reports never count claims one by one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.lib.periods import PeriodKind
from stations.models.regions import LevelChoices


class CellKind(models.TextChoices):
    DAY = PeriodKind.DAY.value, _("day")
    MONTH = PeriodKind.MONTH.value, _("month")


class FigureColumns(models.Model):
    """What came of the claims filed at one place in one day or month, whatever happened to them later.

    The place is a station (`station_id` above 0, at the region of the station and the lowest level) or a
    region of a level from the township up with everything in it; 000000000000 is the whole country. What
    belongs to no place of a level stands there under its own code: a county centre among the townships of
    its county. `county_code` is the county of a place within one, else the region itself. Everything in it
    adds up over places and periods: counts, sums of fen and minutes, and distributions.
    """

    kind = models.CharField(_("period"), max_length=5, choices=CellKind)
    level = models.SmallIntegerField(_("level"), choices=[(0, _("Nation")), *LevelChoices.choices])
    county_code = models.CharField(_("county"), max_length=12)
    region_code = models.CharField(_("region"), max_length=12)
    station_id = models.BigIntegerField(_("station"), default=0)
    first_day = models.DateField(_("first day"))
    filed = models.PositiveIntegerField(_("filed"), default=0)
    content = models.JSONField(_("content"), default=dict)
    responses = models.JSONField(_("minutes to the first response"), default=list)
    resolutions = models.JSONField(_("minutes to the resolution"), default=list)
    counted_at = models.DateTimeField(_("counted"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_code", station="station_id")

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.region_code} {self.first_day}"


class FigureCell(FigureColumns):
    """One cell. Kept by `services.figures`; can be rebuilt from the claims at any time."""

    class Meta:
        verbose_name = _("figures of a place and a period")
        verbose_name_plural = _("figures of places and periods")
        ordering = ["kind", "level", "region_code", "station_id", "first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "region_code", "station_id", "first_day"], name="figure_cell_once"
            ),
            models.CheckConstraint(condition=Q(station_id__gte=0), name="figure_cell_station"),
        ]
        indexes = [
            models.Index(fields=["county_code", "kind", "first_day"], name="figure_cell_county"),
            models.Index(fields=["station_id", "kind", "first_day"], name="figure_cell_of_station"),
        ]


class CellReading(FigureColumns):
    """The same cells as every reader finds them, on either connection: a view."""

    class Meta:
        managed = False
        db_table = "report_figure_cell"


class FigureProgress(models.Model):
    """How far the trail has been folded into the cells; one row."""

    event_id = models.BigIntegerField(_("last event"), default=0)
    folded_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("progress of the figures")
        verbose_name_plural = _("progress of the figures")

    def __str__(self):
        return str(self.event_id)


class ProgressReading(models.Model):
    """When the cells were last brought up to date, as every reader finds it: a view."""

    folded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "report_figure_progress"

    def __str__(self):
        return str(self.folded_at)


class PlaceReading(models.Model):
    """Where the stations are that have not been closed down, as every reader finds it: a view."""

    county_code = models.CharField(max_length=12)
    region_code = models.CharField(max_length=12)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_code", station="id")

    class Meta:
        managed = False
        db_table = "report_figure_place"

    def __str__(self):
        return self.region_code
