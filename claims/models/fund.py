"""The emergency fund: accounts, movements between them, limits, advances and deposits. All sums in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only, frozen_with
from claims.models.claims import Claim
from stations.models import Party, Station


class FundKind(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency fund")
    MEDIATION = "mediation", _("Mediation fund")
    SPECIAL = "special", _("Special fund")


class Fund(models.Model):
    """A fund of one county, one of each kind; the emergency fund (应急基金) pays consumers. Never deleted."""

    county_code = models.CharField(_("county"), max_length=12)
    kind = models.CharField(_("kind"), max_length=9, choices=FundKind, default=FundKind.EMERGENCY)
    name = models.CharField(_("name"), max_length=80)
    low_balance_fen = models.BigIntegerField(_("warn below"), default=200000)
    is_frozen = models.BooleanField(_("frozen"), default=False, help_text=_("No payouts while frozen."))
    created_at = models.DateTimeField(_("created"))
    closed_before = models.DateTimeField(
        _("closed before"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The end of the last month that is closed: no movement is dated before it any more."),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        constraints = [
            models.UniqueConstraint(fields=["county_code", "kind"], name="fund_once_per_kind"),
        ]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """How a fund is named in the addresses of its pages: the county's code, and the kind of others than
        the emergency fund."""
        return self.county_code if self.kind == FundKind.EMERGENCY else f"{self.county_code}-{self.kind}"


class AccountKind(models.TextChoices):
    CASH = "cash", _("Cash")
    BUDGET = "budget", _("Granted budget")
    ADVANCES = "advances", _("Advances to recover")
    WRITTEN_OFF = "written_off", _("Written off")
    INCENTIVES = "incentives", _("Incentives paid")
    CASH_BOX = "cash_box", _("Cash box of a station")
    UNPAID = "unpaid", _("Failed payouts still owed to consumers")
    CASH_SHORT = "cash_short", _("Cash missing at a count")
    CASH_OVER = "cash_over", _("Cash found at a count")
    FEES = "fees", _("Fees of service providers")


class Account(models.Model):
    """One account of a fund; advances have one per liable party, cash boxes one per station.

    `balance_fen` is kept by the posting itself with a conditional UPDATE. Budget, unpaid and cash over grow
    on the credit side, the others on the debit side; none can go below zero.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="accounts", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("kind"), max_length=11, choices=AccountKind)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("liable party")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("station")
    )
    balance_fen = models.BigIntegerField(_("balance"), default=0, editable=False)
    low_since = models.DateTimeField(
        _("low since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Since when the cash has been below the amount at which the fund warns."),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["fund_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="account_not_negative"),
            models.UniqueConstraint(
                fields=["fund", "kind"],
                condition=Q(party__isnull=True, station__isnull=True),
                name="account_once_per_fund",
            ),
            models.UniqueConstraint(
                fields=["fund", "kind", "station"],
                condition=Q(station__isnull=False),
                name="account_once_per_station",
            ),
            models.CheckConstraint(
                condition=Q(kind="cash_box", station__isnull=False)
                | ~Q(kind="cash_box") & Q(station__isnull=True),
                name="account_box_names_station",
            ),
            models.UniqueConstraint(
                fields=["fund", "kind", "party"],
                condition=Q(party__isnull=False),
                name="account_once_per_party",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.party or self.station or ''}".strip()


class MovementKind(models.TextChoices):
    DEPOSIT = "deposit", _("Deposit")
    ADVANCE = "advance", _("Payout to a consumer")
    RECOVERY = "recovery", _("Recovery")
    WRITE_OFF = "write_off", _("Write-off")
    MOVED = "moved", _("Moved to another liable party")
    REVERSAL = "reversal", _("Counter-entry")
    INCENTIVE = "incentive", _("Incentive")
    FLOAT = "float", _("Cash to or from a cash box")
    RETURNED = "returned", _("Payout came back")
    PAID_AGAIN = "paid_again", _("Payout sent again")
    CASH_DIFFERENCE = "cash_difference", _("Difference at a cash count")
    PROVIDER_FEE = "provider_fee", _("Fees of a service provider")


@append_only
@frozen_with("fund", when="fund.closed_before > {row}.at")
class Movement(models.Model):
    """One amount moved from the credit account to the debit account. Never changes, never vanishes.

    None is dated into a month of its fund that is closed. The business key makes a retry return the first
    movement. A mistake is answered by a movement that `reverses` it, at most once.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="movements", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=MovementKind)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", verbose_name=_("to account"))
    credit = models.ForeignKey(
        Account, models.PROTECT, related_name="credits", verbose_name=_("from account")
    )
    amount_fen = models.BigIntegerField(_("amount"))
    business_key = models.CharField(_("business key"), max_length=80, unique=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    settles = models.ForeignKey(
        "claims.Advance",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name=_("advance it settles"),
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name=_("claim")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    digest = models.CharField(max_length=64, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering = ["-id"]
        indexes = [models.Index(fields=["fund", "-at", "-id"], name="movement_fund_recent")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="movement_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="movement_two_accounts"),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | ~Q(kind="reversal") & Q(reverses__isnull=True),
                name="movement_reversal_names_entry",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("recovery", "write_off", "moved"), settles__isnull=False)
                | ~Q(kind__in=("recovery", "write_off", "moved")) & Q(settles__isnull=True),
                name="movement_settling_names_advance",
            ),
        ]

    def __str__(self):
        return self.business_key


class LimitKind(models.TextChoices):
    STATION_DAY = "station_day", _("per station and day")
    PERSON_DAY = "person_day", _("per person and day")
    FUND_MONTH = "fund_month", _("per fund and month")
    CLAIM = "claim", _("per claim")


class SpendingLimit(models.Model):
    """What a station has paid out on a day, or a fund in a month, against its limit.

    `key` is "<station id>:2026-11-21" or "2026-11" in Shanghai time. Raised by a conditional UPDATE in the
    payout's transaction.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="limits", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    kind = models.CharField(_("kind"), max_length=11, choices=LimitKind)
    key = models.CharField(_("period"), max_length=40)
    limit_fen = models.BigIntegerField(_("limit"))
    spent_fen = models.BigIntegerField(_("spent"), default=0)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("spending limit")
        verbose_name_plural = _("spending limits")
        constraints = [
            models.UniqueConstraint(fields=["fund", "kind", "key"], name="limit_once_per_period"),
            models.CheckConstraint(
                condition=Q(spent_fen__gte=0, spent_fen__lte=F("limit_fen")), name="limit_not_passed"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"


class Advance(models.Model):
    """What the fund paid for a liable party on one claim, and how much of it has come back or been given up.

    Created by the payout. `recovered_fen` and `written_off_fen` move by conditional UPDATE and together never
    pass the amount;
    `reversed_at` is set when the payout itself is taken back, and closes the advance.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="advances", verbose_name=_("claim"))
    movement = models.OneToOneField(
        Movement, models.PROTECT, related_name="advance", verbose_name=_("payout")
    )
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="advances", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="advances", verbose_name=_("liable party")
    )
    amount_fen = models.BigIntegerField(_("amount"))
    recovered_fen = models.BigIntegerField(_("recovered"), default=0)
    written_off_fen = models.BigIntegerField(_("written off"), default=0)
    advanced_at = models.DateTimeField(_("advanced"))
    reversed_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("advance")
        verbose_name_plural = _("advances")
        ordering = ["advanced_at", "id"]
        indexes = [
            models.Index(
                fields=["county_code", "advanced_at", "id"],
                name="advance_open",
                condition=Q(
                    recovered_fen__lt=F("amount_fen") - F("written_off_fen"), reversed_at__isnull=True
                ),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_fen__gt=0,
                    recovered_fen__gte=0,
                    written_off_fen__gte=0,
                    recovered_fen__lte=F("amount_fen") - F("written_off_fen"),
                ),
                name="advance_recovered_within",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(recovered_fen=0, written_off_fen=0),
                name="advance_reversed_is_unrecovered",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id}"

    @property
    def open_fen(self):
        """What the liable party still owes, in fen."""
        return 0 if self.reversed_at else self.amount_fen - self.recovered_fen - self.written_off_fen


class DepositState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


class Deposit(models.Model):
    """Money that somebody says has come into the fund; counts once a second person has confirmed it."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="deposits", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    amount_fen = models.BigIntegerField(_("amount"))
    reference = models.CharField(_("bank reference"), max_length=60)
    state = models.CharField(_("state"), max_length=9, choices=DepositState, default=DepositState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    proposed_at = models.DateTimeField(_("entered"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "reference"], name="deposit_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="deposit_amount_positive"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="deposit_four_eyes",
            ),
        ]

    def __str__(self):
        return self.reference
