"""How refunds reach consumers: each try, the files for the bank, and the accounts they are sent to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only, frozen_columns
from claims.models.claims import Claim
from claims.models.compensation import Compensation, PayoutMethod
from claims.models.fund import Fund, Movement
from claims.models.orders import ConsentKind, Consumer
from claims.rules.payouts import ARRIVED, CAME_BACK, UNDER_WAY, PayoutState
from stations.models import Station

_UNDER_WAY = sorted(state.value for state in UNDER_WAY)
_ALIVE = sorted(state.value for state in UNDER_WAY | ARRIVED)
_CAME_BACK = sorted(state.value for state in CAME_BACK)


class PayoutStateChoices(models.TextChoices):
    HANDED_OVER = PayoutState.HANDED_OVER.value, _("Handed over in cash")
    TO_SEND = PayoutState.TO_SEND.value, _("Waits for the bank file")
    IN_FILE = PayoutState.IN_FILE.value, _("In a bank file")
    TO_INSTRUCT = PayoutState.TO_INSTRUCT.value, _("Waits for the platform's order")
    INSTRUCTED = PayoutState.INSTRUCTED.value, _("Ordered at the platform")
    CONFIRMED = PayoutState.CONFIRMED.value, _("Arrived")
    FAILED = PayoutState.FAILED.value, _("Failed")
    RETURNED = PayoutState.RETURNED.value, _("Came back")
    TAKEN_BACK = PayoutState.TAKEN_BACK.value, _("Taken back")


class FailureReason(models.TextChoices):
    ACCOUNT_WRONG = "account_wrong", _("The account number is wrong")
    NAME_DIFFERS = "name_differs", _("The account belongs to another name")
    ACCOUNT_CLOSED = "account_closed", _("The account is closed or blocked")
    ORDER_UNKNOWN = "order_unknown", _("The platform does not know the order or cannot pay it back")
    NOT_COLLECTED = "not_collected", _("The consumer did not accept it")
    OTHER = "other", _("Another reason")


class BankAccount(OwnKey):
    """A consumer's bank account, sealed; only its last digits are shown, only a bank file opens it.

    Asked for when the consumer chooses a bank transfer, with a consent of its own (PIPL articles 28, 29).
    A correction is a new row: files that were made with the old one stay what they were.
    """

    consumer = models.ForeignKey(
        Consumer, models.PROTECT, related_name="bank_accounts", verbose_name=_("consumer")
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    bank = models.CharField(_("bank"), max_length=60)
    holder_sealed = SealedTextField(_("holder (sealed)"), blank=True, default="")
    number_sealed = SealedTextField(_("number (sealed)"), blank=True, default="")
    holder_masked = models.CharField(_("holder"), max_length=64, editable=False)
    number_masked = models.CharField(_("account number"), max_length=16, editable=False)
    consent_how = models.CharField(_("consent"), max_length=8, choices=ConsentKind)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))
    ended_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consumer"], condition=Q(ended_at__isnull=True), name="bank_account_one_in_use"
            )
        ]

    def __str__(self):
        return f"{self.bank} {self.number_masked}"


@append_only
class PayoutBatch(models.Model):
    """One file for the bank: which transfers of a fund it orders. Never changes; results lie beside it."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payout_batches", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    number = models.CharField(_("number"), max_length=32, unique=True)
    count = models.PositiveIntegerField(_("transfers"))
    total_fen = models.BigIntegerField(_("sum"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, total_fen__gt=0), name="payout_batch_not_empty")
        ]

    def __str__(self):
        return self.number


@frozen_columns(
    "compensation_id",
    "attempt",
    "channel",
    "number",
    "amount_fen",
    "movement_id",
    "account_id",
    when="OLD.id IS NOT NULL",
)
class Payout(models.Model):
    """One try to bring a refund to the consumer. The first is written with the compensation's advance.

    `movement` took the money out of the books, `back` brought it in again when the payout failed or came
    back; a new try is a new row. At most one try of a compensation is under way or has arrived.
    """

    compensation = models.ForeignKey(
        Compensation, models.PROTECT, related_name="payouts", verbose_name=_("compensation")
    )
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payouts", verbose_name=_("claim"))
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payouts", verbose_name=_("fund"))
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name=_("station"), editable=False
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    attempt = models.PositiveSmallIntegerField(_("try"), default=1)
    channel = models.CharField(_("paid by"), max_length=8, choices=PayoutMethod)
    number = models.CharField(_("number"), max_length=32, unique=True)
    amount_fen = models.BigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=11, choices=PayoutStateChoices)
    account = models.ForeignKey(
        BankAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payouts",
        verbose_name=_("bank account"),
    )
    batch = models.ForeignKey(
        PayoutBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payouts",
        verbose_name=_("bank file"),
    )
    movement = models.OneToOneField(
        Movement, models.PROTECT, related_name="payout", verbose_name=_("movement")
    )
    back = models.OneToOneField(
        Movement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payout_back",
        verbose_name=_("came back with"),
    )
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=14, choices=FailureReason, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))
    instructed_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    settled_at = models.DateTimeField(_("result known"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("result entered by"),
    )
    signed_at = models.DateTimeField(_("receipt signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signature seen by"),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(
                fields=["fund", "made_at", "id"],
                name="payout_under_way",
                condition=Q(state__in=_UNDER_WAY),
            ),
            models.Index(
                fields=["county_code", "settled_at", "id"],
                name="payout_came_back",
                condition=Q(state__in=_CAME_BACK),
            ),
            models.Index(fields=["fund", "-made_at", "-id"], name="payout_recent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["compensation", "attempt"], name="payout_once_per_try"),
            models.UniqueConstraint(
                fields=["compensation"],
                condition=Q(state__in=_ALIVE),
                name="payout_one_alive",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0, attempt__gte=1), name="payout_has_amount"),
            models.CheckConstraint(
                condition=Q(state__in=_CAME_BACK, back__isnull=False)
                | Q(state__in=_ALIVE, back__isnull=True)
                | Q(state="taken_back"),
                name="payout_back_is_booked",
            ),
            models.CheckConstraint(
                condition=~Q(channel="bank") | Q(account__isnull=False), name="payout_bank_has_account"
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | Q(channel="bank"), name="payout_file_is_for_banks"
            ),
            models.CheckConstraint(
                condition=~Q(state="in_file") | Q(batch__isnull=False), name="payout_in_file_names_it"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_under_way(self):
        return self.state in UNDER_WAY

    @property
    def came_back(self):
        return self.state in CAME_BACK
