"""What was found out by phone before anybody drove anywhere, and the library of known faults."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.choices import GoodsTypeChoices
from claims.models.claims import Claim
from claims.rules.diagnosis import Advice, Appliance, RootCause


class ApplianceChoices(models.TextChoices):
    WASHING_MACHINE = Appliance.WASHING_MACHINE.value, _("Washing machine")
    FRIDGE = Appliance.FRIDGE.value, _("Fridge")
    TELEVISION = Appliance.TELEVISION.value, _("Television set")
    RICE_COOKER = Appliance.RICE_COOKER.value, _("Rice cooker")
    PHONE = Appliance.PHONE.value, _("Mobile phone")
    WATER_PUMP = Appliance.WATER_PUMP.value, _("Water pump")
    GENERIC = Appliance.GENERIC.value, _("Other appliance")


class AdviceChoices(models.TextChoices):
    SOLVED_BY_PHONE = Advice.SOLVED_BY_PHONE.value, _("Solved on the phone")
    VISIT = Advice.VISIT.value, _("A visit is needed")
    VISIT_WITH_PART = Advice.VISIT_WITH_PART.value, _("A visit with a part is needed")
    WORKSHOP = Advice.WORKSHOP.value, _("Bring it to the workshop")
    REPLACE = Advice.REPLACE.value, _("Exchange or return")
    DANGER = Advice.DANGER.value, _("Danger: switch off, do not use")


class RootCauseChoices(models.TextChoices):
    DEFECT = RootCause.DEFECT.value, _("Defect of the goods")
    WEAR = RootCause.WEAR.value, _("Wear")
    USE = RootCause.USE.value, _("Use and settings")
    INSTALLATION = RootCause.INSTALLATION.value, _("Installation")
    SUPPLY = RootCause.SUPPLY.value, _("Electricity, water, signal")
    TRANSPORT = RootCause.TRANSPORT.value, _("Transport and packing")
    STORAGE = RootCause.STORAGE.value, _("Storage and season")
    SERVICE = RootCause.SERVICE.value, _("Mistake in service")


class Issue(models.Model):
    """One known fault in the issue library (售后问题库, L-01): product type, symptom, cause, solution.

    The same for every county, so not scoped. Retired instead of deleted: diagnoses point to it.
    """

    code = models.CharField(pgettext_lazy("known fault", "code"), max_length=20, unique=True)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsTypeChoices)
    appliance = models.CharField(_("appliance"), max_length=16, choices=ApplianceChoices, blank=True)
    symptom = models.CharField(_("symptom"), max_length=120)
    cause = models.CharField(_("cause"), max_length=200)
    root_cause = models.CharField(_("root cause"), max_length=16, choices=RootCauseChoices, blank=True)
    solution = models.TextField(_("solution"), max_length=1000)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("known fault")
        verbose_name_plural = _("issue library")
        ordering = ["goods_type", "appliance", "code"]

    def __str__(self):
        return f"{self.code} {self.symptom}"


@append_only
class Diagnosis(models.Model):
    """One diagnosis by phone, with the answers as they were given. A later one is a row of its own.

    `answers` is a list of [step, answer] in the order in which they were asked; `checklist` names the
    version of the checklist, so that the questions can be shown again.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="diagnoses", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    appliance = models.CharField(_("appliance"), max_length=16, choices=ApplianceChoices)
    checklist = models.CharField(_("checklist"), max_length=32)
    answers = models.JSONField(_("answers"), default=list)
    advice = models.CharField(_("result"), max_length=16, choices=AdviceChoices)
    issue = models.ForeignKey(
        Issue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="diagnoses",
        verbose_name=_("known fault"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("diagnosis by phone")
        verbose_name_plural = _("diagnoses by phone")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["claim", "-at"], name="diagnosis_of_claim"),
            models.Index(fields=["county_code", "at"], name="diagnosis_county_year"),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_advice_display()}"
