"""What a consumer is offered, chooses and gets, and the policy it was worked out by."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_columns
from claims.models.claims import Claim
from claims.rules.policies import FIGURES
from stations.models import Party, Station


class PolicyKind(models.TextChoices):
    SHARE = "share", _("By the bad share")
    TIERS = "tiers", _("By a table of tiers")


@frozen_columns(
    "county_code",
    "version",
    "valid_from",
    *FIGURES,
    "created_by_id",
    when="OLD.created_by_id IS NOT NULL",
)
class CompensationPolicy(models.Model):
    """The terms of proportional compensation from a day on; programme-wide (no county) or of one county.

    Never edited once somebody has issued it: a change is a new version. Not scoped: published rules.
    """

    county_code = models.CharField(
        _("county"), max_length=12, blank=True, help_text=_("Empty: the whole programme.")
    )
    version = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    kind = models.CharField(_("kind"), max_length=5, choices=PolicyKind, default=PolicyKind.SHARE)
    tiers = models.JSONField(
        _("tiers"),
        default=list,
        blank=True,
        help_text=_("Rows of up_to_permille (bad share) and pays_permille (of what was paid), ascending."),
    )
    includes_freight = models.BooleanField(_("freight counts"), default=False)
    tolerance_permille = models.PositiveIntegerField(
        _("tolerance (‰)"), default=0, help_text=_("Bad share below which nothing is due.")
    )
    multiplier_permille = models.PositiveIntegerField(_("multiplier (‰)"), default=1000)
    minimum_fen = models.PositiveBigIntegerField(_("minimum (fen)"), default=0)
    cap_fen = models.PositiveBigIntegerField(_("cap (fen)"), null=True, blank=True)
    coupon_bonus_permille = models.PositiveIntegerField(_("coupon bonus (‰)"), default=100)
    coupon_days = models.PositiveIntegerField(_("coupon valid for days"), default=180)
    photos_required = models.PositiveSmallIntegerField(_("photos needed"), default=1)
    automatic_limit_fen = models.PositiveBigIntegerField(_("approved by rule up to (fen)"), default=5000)
    officer_limit_fen = models.PositiveBigIntegerField(_("claims officer decides up to (fen)"), default=20000)
    station_day_limit_fen = models.PositiveBigIntegerField(_("per station and day (fen)"), default=50000)
    fund_month_limit_fen = models.PositiveBigIntegerField(_("per fund and month (fen)"), default=3000000)
    claim_limit_fen = models.PositiveBigIntegerField(_("per claim (fen)"), default=500000)
    person_day_limit_fen = models.PositiveBigIntegerField(_("per person and day (fen)"), default=200000)
    review_sample_permille = models.PositiveIntegerField(
        _("looked at a second time (‰)"),
        default=50,
        help_text=_("Share of what the rule approved that a person looks at afterwards."),
    )
    appeal_days = models.PositiveIntegerField(_("days to appeal"), default=15)
    demand_days = models.PositiveIntegerField(_("days for the liable party to pay"), default=15)
    incentive_fen = models.PositiveBigIntegerField(_("incentive per claim (fen)"), default=500)
    published_text = models.TextField(_("published text"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
        editable=False,
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("compensation policy")
        verbose_name_plural = _("compensation policies")
        ordering = ["county_code", "-version"]
        constraints = [models.UniqueConstraint(fields=["county_code", "version"], name="policy_version_once")]

    def __str__(self):
        return f"{self.county_code or '*'} v{self.version}"


class Remedy(models.TextChoices):
    REFUND = "refund", _("Refund")
    RESHIP = "reship", _("Reship")
    COUPON = "coupon", _("Coupon")
    RETURN = "return", _("Return")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", pgettext_lazy("remedy", "Repair")


PAYS_MONEY = frozenset({Remedy.REFUND, Remedy.RETURN})
"""Remedies that end in money for the consumer."""
SENDS_GOODS = frozenset({Remedy.RESHIP, Remedy.EXCHANGE})
"""Remedies that end in goods being sent."""
GOES_BACK = frozenset({Remedy.RETURN, Remedy.EXCHANGE})
"""Remedies that are carried out only when the goods are in custody."""


class AskedHow(models.TextChoices):
    IN_PERSON = "in_person", _("in person")
    PHONE = "phone", _("by phone")
    MESSAGE = "message", _("by message")
    OWN = "own", _("by the consumer on the public page")


class PayoutMethod(models.TextChoices):
    ORIGINAL = "original", _("Original payment channel")
    BANK = "bank", _("Bank transfer")
    CASH = "cash", _("Cash at the station")


class CompensationState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for the consumer's choice")
    CHOSEN = "chosen", _("Waiting for a decision")
    APPROVED = "approved", _("Approved, waiting to be carried out")
    EXECUTED = "executed", _("Carried out")
    REFUSED = "refused", _("Refused")
    VOIDED = "voided", _("Voided")


class ApprovalLevel(models.TextChoices):
    RULE = "rule", _("by rule")
    OFFICER = "officer", _("claims officer")
    MANAGER = "manager", _("county manager")
    PLATFORM = "platform", _("platform desk")


_SETTLED = "OLD.state IN ('approved', 'executed', 'refused', 'voided')"


@frozen_columns(
    "claim_id",
    "round",
    "policy_id",
    "bad_milli",
    "total_milli",
    "paid_fen",
    "amount_fen",
    "damages_fen",
    "granted_fen",
    "remedy",
    "payout_method",
    "approved_by_id",
    "level",
    when=_SETTLED,
)
class Compensation(models.Model):
    """The remedy for one claim in one round: worked out, chosen, decided, carried out.

    Created with the claim or when an amount is worked out anew. Amount, quantity, remedy and payee are
    frozen in the database from the decision on.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="compensations", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    policy = models.ForeignKey(CompensationPolicy, models.PROTECT, related_name="+", verbose_name=_("policy"))
    bad_milli = models.BigIntegerField(_("bad quantity in thousandths"))
    total_milli = models.BigIntegerField(_("total quantity in thousandths"))
    paid_fen = models.BigIntegerField(_("paid"))
    amount_fen = models.BigIntegerField(_("amount"))
    damages_fen = models.BigIntegerField(
        _("damages"), default=0, help_text=_("Costs and lost benefit beyond the price of the goods.")
    )
    granted_fen = models.BigIntegerField(
        _("counts against the line"),
        default=0,
        help_text=_("Set by the approval: the refund, the coupon's face value or the goods sent again."),
    )
    steps = models.JSONField(_("how the amount was worked out"), default=list)
    state = models.CharField(
        _("state"), max_length=8, choices=CompensationState, default=CompensationState.PROPOSED
    )
    remedy = models.CharField(_("choice"), max_length=8, choices=Remedy, blank=True)
    payout_method = models.CharField(_("paid by"), max_length=8, choices=PayoutMethod, blank=True)
    chosen_at = models.DateTimeField(_("chosen"), null=True, blank=True)
    asked_how = models.CharField(_("asked"), max_length=9, choices=AskedHow, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    worked_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("worked out by")
    )
    worked_out_at = models.DateTimeField(_("worked out"))
    needs_level = models.CharField(
        _("decided by"), max_length=8, choices=ApprovalLevel, default=ApprovalLevel.OFFICER
    )
    level_reasons = models.JSONField(_("why"), default=list, blank=True)
    level = models.CharField(_("approved"), max_length=8, choices=ApprovalLevel, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    executed_at = models.DateTimeField(_("carried out"), null=True, blank=True)
    executed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried out by"),
    )
    receipt_number = models.CharField(_("receipt number"), max_length=24, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        ordering = ["-worked_out_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "chosen_at", "id"],
                name="compensation_to_decide",
                condition=Q(state="chosen"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "round"], condition=~Q(state="voided"), name="compensation_once_per_round"
            ),
            models.UniqueConstraint(
                fields=["receipt_number"], condition=~Q(receipt_number=""), name="compensation_receipt_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, amount_fen__lte=F("paid_fen")), name="compensation_within_paid"
            ),
            models.CheckConstraint(
                condition=Q(bad_milli__gte=0, bad_milli__lte=F("total_milli"), total_milli__gt=0),
                name="compensation_bad_within_total",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("chosen", "approved", "executed")) | ~Q(remedy=""),
                name="compensation_needs_choice",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("worked_out_by")),
                name="compensation_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(asked_by__isnull=True)
                | ~Q(approved_by=F("asked_by")),
                name="compensation_asker_does_not_approve",
            ),
            models.CheckConstraint(
                condition=Q(granted_fen__gte=0, granted_fen__lte=F("paid_fen")),
                name="compensation_granted_within_paid",
            ),
            models.CheckConstraint(condition=Q(damages_fen__gte=0), name="compensation_damages_not_negative"),
        ]

    def __str__(self):
        return f"{self.claim_id}/{self.round}"

    @property
    def payable_fen(self):
        """What is paid and what limits look at, in fen: the goods' part and damages beyond it."""
        return self.amount_fen + self.damages_fen

    @property
    def draws_on_fund(self):
        """Whether the emergency fund pays it: money, unless goods go back without a reason."""
        return self.remedy in PAYS_MONEY and not self.claim.is_without_reason


class Coupon(models.Model):
    """A coupon that a consumer chose instead of money. Issued once, and redeemed or taken back once."""

    compensation = models.OneToOneField(
        Compensation, models.PROTECT, related_name="coupon", verbose_name=_("compensation")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    value_fen = models.BigIntegerField(_("value"))
    bonus_fen = models.BigIntegerField(_("of which bonus"), default=0)
    merchant = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name=_("merchant")
    )
    issued_at = models.DateTimeField(_("issued"))
    expires_on = models.DateField(_("valid until"))
    redeemed_at = models.DateTimeField(_("redeemed"), null=True, blank=True)
    redeemed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("redeemed by"),
    )
    redeemed_reference = models.CharField(_("merchant's reference"), max_length=60, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        indexes = [
            models.Index(
                fields=["station", "expires_on", "id"],
                name="coupon_open",
                condition=Q(redeemed_at__isnull=True, taken_back_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(value_fen__gt=0, bonus_fen__gte=0), name="coupon_has_value"),
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True, redeemed_reference="")
                | Q(redeemed_at__isnull=False, redeemed_by__isnull=False, taken_back_at__isnull=True)
                & ~Q(redeemed_reference=""),
                name="coupon_redeemed_or_taken_back",
            ),
        ]

    def __str__(self):
        return self.code


class Reship(models.Model):
    """Goods that are sent again, instead of money or for goods that came back.

    `shipped_at` is set once, with the parcel number; `taken_back_at` when they are not sent any more, or have
    come back themselves.
    """

    compensation = models.OneToOneField(
        Compensation, models.PROTECT, related_name="reship", verbose_name=_("compensation")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    quantity_milli = models.BigIntegerField(_("quantity in thousandths"))
    merchant = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name=_("merchant")
    )
    ordered_at = models.DateTimeField(_("ordered"))
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    parcel_number = models.CharField(_("parcel number"), max_length=40, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("reship")
        verbose_name_plural = _("reships")
        constraints = [models.CheckConstraint(condition=Q(quantity_milli__gt=0), name="reship_has_quantity")]

    def __str__(self):
        return f"{self.compensation_id}"
