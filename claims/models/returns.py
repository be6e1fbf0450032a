"""Returns that the merchant pays back itself, without the fund."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.compensation import Compensation
from stations.models import Party, Station


@append_only
class MerchantRefund(models.Model):
    """The proof that a merchant has paid the price of returned goods back; written once.

    For returns without a reason: the emergency fund does not advance them (docs/rules/returns.md).
    """

    compensation = models.OneToOneField(
        Compensation, models.PROTECT, related_name="merchant_refund", verbose_name=_("compensation")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    merchant = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name=_("merchant")
    )
    amount_fen = models.BigIntegerField(_("amount"))
    reference = models.CharField(_("merchant's reference"), max_length=60)
    noted_at = models.DateTimeField(_("noted"))
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("refund by the merchant")
        verbose_name_plural = _("refunds by merchants")
        ordering = ["-noted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="merchant_refund_has_amount"),
            models.CheckConstraint(condition=~Q(reference=""), name="merchant_refund_has_reference"),
        ]

    def __str__(self):
        return self.reference
