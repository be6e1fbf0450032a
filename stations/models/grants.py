"""Grants: what somebody may do, and where."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.roles import Role
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models.network import Station
from stations.models.regions import Region


class Grant(models.Model):
    """A role in one region, at one station, or for the whole programme, until it expires or is withdrawn.

    Given by a manager with a reason. Only `withdrawn_at` and `withdrawn_by` change, once.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=14, choices=Role)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("region")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("station")
    )
    is_programme_wide = models.BooleanField(_("whole programme"), default=False)
    county_code = models.CharField(_("county"), max_length=12, blank=True, editable=False)
    starts_at = models.DateTimeField(_("from"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
        editable=False,
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
        editable=False,
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_id", station="station_id")

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["user_id", "-starts_at"]
        indexes = [models.Index(fields=["user", "role"], name="grant_user_role")]
        constraints = [
            models.CheckConstraint(
                name="grant_one_reach",
                condition=(
                    models.Q(region__isnull=False, station__isnull=True, is_programme_wide=False)
                    | models.Q(region__isnull=True, station__isnull=False, is_programme_wide=False)
                    | models.Q(region__isnull=True, station__isnull=True, is_programme_wide=True)
                ),
            ),
            models.CheckConstraint(
                name="grant_ends_after_start",
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} · {self.station or self.region or _('whole programme')}"
