"""When somebody makes visits: the windows of a week, days away, and windows of one day more."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.rules.visits import MOST_SEATS
from stations.models import Station


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Availability(models.Model):
    """One window of the week in which somebody makes visits, and how many. Replaced, never dated."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="availabilities", verbose_name=_("technician")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday)
    starts = models.TimeField(_("window from"))
    seats = models.PositiveSmallIntegerField(_("visits in a window"), default=1)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("window for visits")
        verbose_name_plural = _("windows for visits")
        ordering = ["user_id", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["user", "weekday", "starts"], name="availability_once"),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="availability_seats_sane"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.weekday} {self.starts}"


class AvailabilityException(models.Model):
    """A day on which somebody is away, or one window more than the week knows (`starts` given)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="availability_exceptions",
        verbose_name=_("technician"),
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    day = models.DateField(_("day"))
    starts = models.TimeField(_("window from"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(_("visits in a window"), default=0)
    reason = models.CharField(_("reason"), max_length=100, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("exception of a day")
        verbose_name_plural = _("exceptions of days")
        ordering = ["day", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"], condition=Q(starts__isnull=True), name="away_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["user", "day", "starts"],
                condition=Q(starts__isnull=False),
                name="extra_window_once",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, seats=0)
                | Q(starts__isnull=False, seats__gte=1, seats__lte=MOST_SEATS),
                name="exception_away_or_extra",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.day}"
