"""The three-tier network of stations."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models.regions import Region


class TierChoices(models.TextChoices):
    COUNTY = "county", _("County centre")
    TOWNSHIP = "township", _("Township standby point")
    VILLAGE = "village", _("Village point")


class Phase(models.TextChoices):
    BUILD = "build", _("Build-up")
    PILOT = "pilot", _("Pilot")
    ROLL_OUT = "roll_out", _("Roll-out")


class StationState(models.TextChoices):
    APPLIED = "applied", _("Applied for")
    APPROVED = "approved", _("Approved")
    ACCEPTED = "accepted", _("Inspected and accepted")
    OPERATING = "operating", _("Operating")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed down")


class FunctionTag(models.TextChoices):
    """What else happens at the place; a station has a set of them."""

    ECOMMERCE = "ecommerce", _("E-commerce station")
    POST = "post", _("Village post office")
    CONVENIENCE = "convenience", _("Convenience service point")
    SUPPLY_COOP = "supply_coop", _("Supply and marketing co-op")
    COOPERATIVE = "cooperative", _("Farmers' cooperative")
    EXPRESS = "express", _("Parcel point")
    SHOP = "shop", _("Village shop")


class Station(models.Model):
    """A place where people can bring a problem. From an application or an import; closed, never deleted.

    A station hands over to its parent: village point → township standby point → county centre.
    """

    tier = models.CharField(_("tier"), max_length=8, choices=TierChoices)
    name = models.CharField(_("name"), max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="stations", verbose_name=_("region"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent station"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=StationState, default=StationState.APPLIED, editable=False
    )
    phase = models.CharField(_("phase"), max_length=8, choices=Phase, default=Phase.BUILD)
    functions = models.JSONField(_("functions"), default=list, blank=True)
    opens_at = models.TimeField(_("opens"), null=True, blank=True)
    noon_closes_at = models.TimeField(_("closes at noon"), null=True, blank=True)
    noon_opens_at = models.TimeField(_("opens after noon"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    point_is_own = models.BooleanField(
        _("own coordinates"), default=False, help_text=_("Off: the point is only that of the township.")
    )
    radius_m = models.PositiveIntegerField(_("service radius in metres"), default=3000)
    phone = models.CharField(_("public telephone"), max_length=20, blank=True)
    opened_on = models.DateField(_("operating since"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    history = HistoricalRecords(excluded_fields=["version"])
    scope_paths = ScopePaths(county="county_code", region="region_id", station="id")

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["region_id", "id"]
        indexes = [models.Index(fields=["county_code", "tier", "state"], name="station_county_tier")]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "region"],
                condition=~models.Q(state="closed") & ~models.Q(tier="village"),
                name="station_one_centre_per_region",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=StationState.values), name="station_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(tier="county", parent__isnull=True) | ~models.Q(tier="county"),
                name="station_county_is_top",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def function_names(self):
        return [FunctionTag(tag).label for tag in self.functions if tag in FunctionTag.values]
