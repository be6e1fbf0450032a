"""Advances that will not come back, given up by two persons. All sums in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_with
from claims.models.fund import Advance, Fund
from stations.models import Party


class WriteOffState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    CONFIRMED = "confirmed", _("Written off")
    CANCELLED = "cancelled", _("Cancelled")


class WriteOff(models.Model):
    """What somebody proposes to give up of one party's debts; booked once a second person confirms it."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="write_offs", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("liable party")
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=9, choices=WriteOffState, default=WriteOffState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        ordering = ["-proposed_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "proposed_at", "id"],
                name="write_off_open",
                condition=Q(state="proposed"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="write_off_has_decider",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=F("proposed_by")), name="write_off_four_eyes"
            ),
        ]

    def __str__(self):
        return f"{self.proposed_at:%Y-%m-%d} {self.party or ''}".strip()


@frozen_with("write_off", when="write_off.state <> 'proposed'")
class WriteOffLine(models.Model):
    """All that is open of one advance when it is proposed to give it up; stays once decided on."""

    write_off = models.ForeignKey(WriteOff, models.PROTECT, related_name="lines", verbose_name=_("write-off"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    advance = models.ForeignKey(
        Advance, models.PROTECT, related_name="write_off_lines", verbose_name=_("advance")
    )
    amount_fen = models.BigIntegerField(_("amount"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("line of a write-off")
        verbose_name_plural = _("lines of write-offs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["write_off", "advance"], name="write_off_advance_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="write_off_amount_positive"),
        ]

    def __str__(self):
        return f"{self.write_off_id}/{self.advance_id}"
