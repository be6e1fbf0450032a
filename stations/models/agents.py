"""People of the network and where they are posted."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models.network import Station
from stations.models.parties import Party
from stations.rules.tiers import NEEDS_CERTIFICATE


class Origin(models.TextChoices):
    """Where an agent comes from; subsidy rules ask for it."""

    CADRE = "cadre", _("Village cadre")
    ECOMMERCE = "ecommerce", _("E-commerce practitioner")
    RETURNING = "returning", _("Returning young person")
    GRADUATE = "graduate", _("Graduate")
    VETERAN = "veteran", _("Veteran")
    OTHER = "other", _("Other")


class Skill(models.TextChoices):
    PRODUCE = "produce", _("Produce inspection")
    APPLIANCE = "appliance", _("Appliance repair")
    INPUTS = "inputs", _("Agricultural inputs")
    LOGISTICS = "logistics", _("Parcels and logistics")
    MEDIATION = "mediation", _("Mediation")


class Agent(models.Model):
    """A person who works at a station: village agent, township technician or county staff.

    Created by the county manager together with the account. `certified_until` is set by the training
    area alone, and with it `certified_spans`: first and last days with a certificate, for days that are
    past. `left_on` is set when a hand-over has been finished. `provider` is the service provider that
    employs the person; empty for the network's own staff.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent", verbose_name=_("account")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="agents", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.OTHER)
    dialects = models.CharField(_("dialects and languages"), max_length=120, blank=True)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    provider = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="technicians",
        limit_choices_to={"kind": "provider"},
        verbose_name=_("works for"),
    )
    certified_until = models.DateField(_("certified until"), null=True, blank=True)
    certified_spans = models.JSONField(_("days with a certificate"), default=list, blank=True)
    joined_on = models.DateField(_("joined"), null=True, blank=True)
    left_on = models.DateField(_("left"), null=True, blank=True, editable=False)

    objects = ScopedManager()
    history = HistoricalRecords()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["station_id", "id"]
        indexes = [models.Index(fields=["county_code", "certified_until"], name="agent_certified")]

    def __str__(self):
        return str(self.user)

    @property
    def needs_certificate(self) -> bool:
        return self.station.tier in NEEDS_CERTIFICATE

    def lacks_certificate_on(self, day: date) -> bool:
        """Whether somebody who needs a certificate has none up to a day that is not past."""
        return self.needs_certificate and (self.certified_until is None or self.certified_until < day)

    def is_certified_on(self, day: date) -> bool:
        """Whether a certificate counts on a day, which may be past: one issued later does not reach back."""
        if self.certified_until is None or self.certified_until < day:
            return False
        if not self.certified_spans:
            return True
        return any(first <= day.isoformat() <= last for first, last in self.certified_spans)


class Posting(models.Model):
    """A span of time during which somebody worked at a station. Closed once, then never changed."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="postings", verbose_name=_("agent"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="postings", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(ended_on__isnull=True), name="posting_one_open_per_agent"
            )
        ]

    def __str__(self):
        return f"{self.agent} · {self.station}"
