"""Accounts of service providers, who belong to no station."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models.parties import Party


class ProviderDesk(models.Model):
    """An account with which somebody at a service provider answers the orders of one county.

    Opened by the county manager; `closed_at` is set when the account is taken back. What the account is
    shown is chosen by claims.queries.provider_desks: its own role reaches no row.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="provider_desk", verbose_name=_("account")
    )
    provider = models.ForeignKey(
        Party,
        models.PROTECT,
        related_name="desks",
        limit_choices_to={"kind": "provider"},
        verbose_name=_("service provider"),
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("account of a provider")
        verbose_name_plural = _("accounts of providers")
        ordering = ["provider_id", "id"]

    def __str__(self):
        return f"{self.provider_id} {self.user_id}"
