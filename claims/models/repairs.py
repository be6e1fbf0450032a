"""Repairs of goods, counted for the three guarantees."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.models.orders import OrderLine
from claims.rules.repairs import RepairOutcome
from stations.models import Party, Station


class RepairOutcomeChoices(models.TextChoices):
    FIXED = RepairOutcome.FIXED.value, _("Repaired, it works")
    FAILED = RepairOutcome.FAILED.value, _("Not repaired, the fault is still there")
    NOT_WORTH_IT = RepairOutcome.NOT_WORTH_IT.value, _("Not worth repairing")


class Repair(models.Model):
    """One attempt to repair the goods of an order line, from handing them in to the outcome.

    Begun and ended by `services.repairs`; `outcome` is set once. Attempts count over all claims on the line.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="repairs", verbose_name=_("claim"))
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="repairs", verbose_name=_("order line")
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    provider = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("repaired by")
    )
    fault = models.CharField(_("fault"), max_length=200)
    began_on = models.DateField(_("handed in on"))
    ended_on = models.DateField(_("handed back on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=RepairOutcomeChoices, blank=True)
    parts = models.CharField(_("parts"), max_length=200, blank=True)
    cost_fen = models.BigIntegerField(
        _("cost"), default=0, help_text=_("What the repair cost the merchant; the consumer pays nothing.")
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        ordering = ["order_line_id", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["order_line", "attempt"], name="repair_attempt_once"),
            models.UniqueConstraint(
                fields=["order_line"], condition=Q(outcome=""), name="repair_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="repair_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_on__isnull=True)
                | ~Q(outcome="") & Q(ended_on__isnull=False, ended_on__gte=F("began_on")),
                name="repair_ends_with_outcome",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id}/{self.attempt}"
