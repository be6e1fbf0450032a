"""Months of a fund that are closed: what they came to, chained by their digests. All sums in fen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.fund import Fund


@append_only
class FundMonth(models.Model):
    """One month of a fund in Shanghai time, closed: no movement can be dated into it any more.

    Written once, after the month is over and every month before it is closed. `figures` hold every account
    and every kind of movement (claims/rules/fund_months.py); `digest` covers them, the digests of the
    month's movements and the month before.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="closed_months", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    first_day = models.DateField(_("month"))
    count = models.PositiveIntegerField(_("number of movements"))
    opening_fen = models.BigIntegerField(_("balance at the start"))
    in_fen = models.BigIntegerField(_("came in"))
    out_fen = models.BigIntegerField(_("paid out"))
    closing_fen = models.BigIntegerField(_("balance at the end"))
    figures = models.JSONField(_("accounts and kinds"))
    movements_digest = models.CharField(_("digest of the movements"), max_length=64)
    previous_digest = models.CharField(_("digest of the month before"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-first_day", "fund_id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "first_day"], name="fund_month_once"),
            models.UniqueConstraint(fields=["fund", "previous_digest"], name="fund_month_chain"),
            models.CheckConstraint(condition=Q(first_day__day=1), name="fund_month_first_day"),
            models.CheckConstraint(
                condition=Q(
                    opening_fen__gte=0,
                    closing_fen__gte=0,
                    closing_fen=models.F("opening_fen") + models.F("in_fen") - models.F("out_fen"),
                ),
                name="fund_month_adds_up",
            ),
        ]

    def __str__(self):
        return f"{self.first_day:%Y-%m}"
