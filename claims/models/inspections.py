"""Samples that an inspection body looks at, and what it found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.models.evidence import Photo
from stations.models import Party, Station


class InspectionResult(models.TextChoices):
    FAULT_FOUND = "fault_found", _("The goods are at fault")
    NO_FAULT = "no_fault", _("The goods are in order")
    UNCLEAR = "unclear", _("It cannot be told")
    WAIVED = "waived", _("Decided without an inspection")


class Inspection(models.Model):
    """One sample of a claim's goods at an inspection body, free of charge for the villager.

    Begun when the sample is sent, ended once with the result. A person who goes on without one writes a row
    of its own with the reason (`waived`).
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="inspections", verbose_name=_("claim"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    body = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inspection body")
    )
    sample = models.CharField(_("sample"), max_length=120, blank=True)
    question = models.CharField(_("what is to be found out"), max_length=200, blank=True)
    sent_on = models.DateField(_("sent on"))
    result = models.CharField(_("result"), max_length=11, choices=InspectionResult, blank=True)
    value = models.CharField(
        _("measured"), max_length=60, blank=True, help_text=_("For example: germination rate 41 %.")
    )
    text = models.CharField(_("finding or reason"), max_length=300, blank=True)
    result_on = models.DateField(_("result of"), null=True, blank=True)
    report = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo of the report")
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    result_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("result entered by"),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["claim_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", result_on__isnull=True)
                | ~Q(result="") & Q(result_on__isnull=False, result_by__isnull=False),
                name="inspection_result_has_day",
            ),
            models.CheckConstraint(
                condition=Q(result="waived") | Q(body__isnull=False), name="inspection_names_body"
            ),
            models.CheckConstraint(
                condition=~Q(result="waived") | ~Q(text=""), name="inspection_waiver_has_reason"
            ),
        ]

    def __str__(self):
        return self.sample or self.get_result_display()
