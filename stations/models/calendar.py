"""Which days are worked, and when stations are open."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stations.rules.calendar import WORKED

WORKED_KINDS = sorted(kind.value for kind in WORKED)


class DayKind(models.TextChoices):
    """The kinds of stations.rules.calendar in words."""

    WORKDAY = "workday", _("Working day")
    WEEKEND = "weekend", _("Weekend")
    HOLIDAY = "holiday", _("Statutory holiday")
    SWAPPED = "holiday_swapped", _("Day off made up for")
    HOLIDAY_WEEKEND = "holiday_weekend", _("Weekend within a holiday")
    MAKEUP = "makeup_workday", _("Make-up working day")


class WorkCalendarDay(models.Model):
    """What one day is in the programme's calendar; the same for every county, so it has no scope.

    Written by `services.calendar`: from the official notice of a year (confirmed), or computed before there
    is one (provisional). Changes when a notice comes or is amended; open claims are then counted anew.
    """

    date = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("worked"))
    kind = models.CharField(_("kind of day"), max_length=15, choices=DayKind)
    holiday_name = models.CharField(_("holiday"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_confirmed = models.BooleanField(_("confirmed by the notice"), default=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("working calendar")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="calendar_kind_known"),
            models.CheckConstraint(
                condition=Q(is_workday=True, kind__in=WORKED_KINDS)
                | (Q(is_workday=False) & ~Q(kind__in=WORKED_KINDS)),
                name="calendar_kind_says_whether_worked",
            ),
        ]

    def __str__(self):
        return self.date.isoformat()


class OpeningHours(models.Model):
    """When stations that name no hours of their own are open, from a day on: in a county, or everywhere.

    A row that counts already is never changed: new hours are a new row. Not scoped: published rules.
    """

    county_code = models.CharField(
        _("county"), max_length=12, blank=True, help_text=_("Empty: the whole programme.")
    )
    valid_from = models.DateField(_("valid from"))
    opens_at = models.TimeField(_("opens"))
    noon_closes_at = models.TimeField(_("closes at noon"), null=True, blank=True)
    noon_opens_at = models.TimeField(_("opens after noon"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["county_code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "valid_from"], name="opening_hours_once_a_day"),
            models.CheckConstraint(
                condition=Q(
                    noon_closes_at__isnull=True, noon_opens_at__isnull=True, opens_at__lt=F("closes_at")
                )
                | Q(
                    noon_closes_at__isnull=False,
                    noon_opens_at__isnull=False,
                    opens_at__lt=F("noon_closes_at"),
                    noon_closes_at__lt=F("noon_opens_at"),
                    noon_opens_at__lt=F("closes_at"),
                ),
                name="opening_hours_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.county_code or '*'} {self.valid_from}"
