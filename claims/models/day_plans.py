"""The order of a day's visits, and the address under which a calendar reads them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models import Station


class DayPlan(models.Model):
    """In which order a technician makes the visits of a day; computed, or put in order by hand."""

    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="day_plans", verbose_name=_("technician")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("starts from"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    day = models.DateField(_("day"))
    visit_ids = models.JSONField(_("visits in order"), default=list)
    is_by_hand = models.BooleanField(_("put in order by hand"), default=False)
    distance_m = models.PositiveIntegerField(_("distance in metres"), default=0)
    made_at = models.DateTimeField(_("made"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("day plan")
        verbose_name_plural = _("day plans")
        ordering = ["-day", "technician_id"]
        constraints = [models.UniqueConstraint(fields=["technician", "day"], name="day_plan_once")]

    def __str__(self):
        return f"{self.technician_id} {self.day}"


class CalendarFeed(models.Model):
    """The secret address under which a technician's own calendar reads the visits (iCalendar, RFC 5545).

    Only a hash of the secret is kept. A person's own row, so not scoped: read by its owner and by the secret.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feed", verbose_name=_("account")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self):
        return f"{self.user_id}"
