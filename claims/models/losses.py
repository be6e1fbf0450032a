"""What bad agricultural inputs cost a villager, line by line."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.claims import Claim
from claims.rules.losses import LossKind
from stations.models import Station


class LossKindChoices(models.TextChoices):
    PRICE = LossKind.PRICE.value, _("Price of the goods")
    COSTS = LossKind.COSTS.value, _("Costs")
    BENEFIT = LossKind.BENEFIT.value, _("Lost expected benefit")


class LossLine(models.Model):
    """One line of the loss of a claim's round: quantity times price, and what proves it.

    Added and taken out by `services.losses` until the compensation is decided. The amount is worked out from
    the two numbers, rounded half up to the fen.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="losses", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("kind of loss"), max_length=7, choices=LossKindChoices)
    words = models.CharField(_("what for"), max_length=120)
    quantity_milli = models.BigIntegerField(_("quantity in thousandths"))
    unit = models.CharField(_("unit"), max_length=10)
    unit_fen = models.BigIntegerField(_("per unit"))
    amount_fen = models.BigIntegerField(_("amount"))
    evidence = models.CharField(_("proved by"), max_length=200)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("line of loss")
        verbose_name_plural = _("lines of loss")
        ordering = ["claim_id", "round", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity_milli__gt=0, unit_fen__gt=0, amount_fen__gt=0), name="loss_has_amount"
            ),
        ]

    def __str__(self):
        return self.words
