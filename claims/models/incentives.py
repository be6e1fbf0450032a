"""What agents earn for claims that they handled successfully, and how it is paid. Sums in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_columns
from claims.models.claims import Claim
from claims.models.compensation import CompensationPolicy
from claims.models.fund import Fund, Movement
from claims.models.orders import OrderLine
from stations.models import Agent, Station


class BatchState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


class IncentiveBatch(models.Model):
    """A payment of incentives that one person has put together and a second one confirms, all of it or none.

    `reference` is the bank's, for the transfer to the agents' accounts, from the second person.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="incentive_batches", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    month = models.DateField(_("month"))
    amount_fen = models.BigIntegerField(_("amount"))
    count = models.PositiveIntegerField(_("claims"))
    state = models.CharField(_("state"), max_length=9, choices=BatchState, default=BatchState.PROPOSED)
    reference = models.CharField(_("bank reference"), max_length=40, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("put together by")
    )
    proposed_at = models.DateTimeField(_("put together"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed or cancelled by"),
    )
    decided_at = models.DateTimeField(_("confirmed or cancelled"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("payment of incentives")
        verbose_name_plural = _("payments of incentives")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "month"],
                condition=Q(state="proposed"),
                name="incentive_batch_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="incentive_batch_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, count__gt=0), name="incentive_batch_not_empty"
            ),
        ]

    def __str__(self):
        return f"{self.county_code} {self.month:%Y-%m}"


class IncentiveState(models.TextChoices):
    DUE = "due", _("To be paid")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


@frozen_columns("claim_id", "order_line_id", "agent_id", "amount_fen", "month", when="TRUE")
class Incentive(models.Model):
    """The incentive (激励) for one claim that an agent handled successfully: once for ever.

    Created by `services.incentives.settle`; a claim that is reopened and closed again, or another one on the
    same order line, never gets a second row. `month` is the month in which it fell due, so that a month that
    is over does not change. A cancelled row stays and keeps the claim from earning again.
    """

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="incentive", verbose_name=_("claim"))
    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, related_name="incentive", verbose_name=_("order line")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="incentives", verbose_name=_("agent"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="incentives", verbose_name=_("station"))
    amount_fen = models.BigIntegerField(_("amount"))
    month = models.DateField(_("month"))
    policy = models.ForeignKey(CompensationPolicy, models.PROTECT, related_name="+", verbose_name=_("terms"))
    score = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=IncentiveState, default=IncentiveState.DUE)
    due_at = models.DateTimeField(_("fell due"))
    batch = models.ForeignKey(
        IncentiveBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incentives",
        verbose_name=_("payment"),
    )
    movement = models.OneToOneField(
        Movement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incentive",
        verbose_name=_("movement"),
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("incentive")
        verbose_name_plural = _("incentives")
        ordering = ["-due_at", "-id"]
        indexes = [models.Index(fields=["county_code", "month", "agent"], name="incentive_county_month")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="incentive_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="due", movement__isnull=True)
                | Q(state="paid", movement__isnull=False, batch__isnull=False)
                | Q(state="cancelled", cancelled_at__isnull=False),
                name="incentive_paid_by_movement",
            ),
        ]

    def __str__(self):
        return f"{self.claim} {self.month:%Y-%m}"
