"""What the service of a county cost before, to measure the saving against."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only


@append_only
class CostBaseline(models.Model):
    """The cost of service of one claim before the network, from a day on (G-10: 30 % less than that).

    Set by the manager with where the figure comes from; a better figure is a new row for a later day.
    """

    county_code = models.CharField(_("county"), max_length=12)
    valid_from = models.DateField(_("valid from"))
    cost_per_claim_fen = models.BigIntegerField(_("cost of a claim"))
    source = models.CharField(_("where the figure comes from"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("cost before the network")
        verbose_name_plural = _("costs before the network")
        ordering = ["county_code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "valid_from"], name="baseline_once_a_day"),
            models.CheckConstraint(condition=Q(cost_per_claim_fen__gt=0), name="baseline_positive"),
        ]

    def __str__(self):
        return f"{self.county_code} {self.valid_from}"
