"""What the programme plans to reach, and in which phase each county is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from stations.rules.programme import Goals, Phase


class PhaseChoices(models.TextChoices):
    BUILD = Phase.BUILD.value, pgettext_lazy("phase", "Building")
    PILOT = Phase.PILOT.value, pgettext_lazy("phase", "Pilot")
    ROLL_OUT = Phase.ROLL_OUT.value, pgettext_lazy("phase", "Roll-out")
    RUNNING = Phase.RUNNING.value, pgettext_lazy("phase", "Running")


PHASE_TONES = {Phase.BUILD: "neutral", Phase.PILOT: "info", Phase.ROLL_OUT: "warn", Phase.RUNNING: "good"}


@append_only
class ProgrammePlan(models.Model):
    """How many counties, village stations, agents and claims the programme plans for, from a day on.

    A new plan is a new row for a later day, so that what was planned for days that are over stays.
    """

    valid_from = models.DateField(_("valid from"), unique=True)
    starts_on = models.DateField(_("start of the programme"))
    ends_on = models.DateField(_("end of the programme"))
    counties = models.PositiveIntegerField(_("counties"))
    stations = models.PositiveIntegerField(_("village stations"))
    agents = models.PositiveIntegerField(_("agents"))
    claims = models.PositiveIntegerField(_("claims"))
    source = models.CharField(_("source"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set"))

    class Meta:
        verbose_name = _("plan of the programme")
        verbose_name_plural = _("plans of the programme")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="programme_plan_span"),
        ]

    def __str__(self):
        return str(self.valid_from)

    @property
    def goals(self) -> Goals:
        return Goals(self.counties, self.stations, self.agents, self.claims)


@append_only
class CountyPhase(models.Model):
    """From which day a county is in which phase; the newest one that has begun counts."""

    county_code = models.CharField(_("county"), max_length=12)
    phase = models.CharField(_("phase"), max_length=8, choices=PhaseChoices)
    starts_on = models.DateField(_("from"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("phase of a county")
        verbose_name_plural = _("phases of counties")
        ordering = ["county_code", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "starts_on"], name="county_phase_once_a_day")
        ]

    def __str__(self):
        return f"{self.county_code} {self.phase}"

    @property
    def tone(self) -> str:
        """How the phase is drawn on a badge."""
        return PHASE_TONES[Phase(self.phase)]
