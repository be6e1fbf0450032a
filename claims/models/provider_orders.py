"""Orders to service providers, their monthly statements, and complaints about fees."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_columns, frozen_with
from claims.models.contracts import Contract
from claims.models.dispatch import DeclineReason
from claims.models.fund import Fund, Movement
from claims.models.visits import Visit
from claims.rules.provider_orders import ALIVE, ComplaintState, OrderState, StatementState
from stations.models import Party

ALIVE_STATES = sorted(state.value for state in ALIVE)


class OrderStateChoices(models.TextChoices):
    OFFERED = OrderState.OFFERED.value, _("Waiting for the provider's answer")
    ACCEPTED = OrderState.ACCEPTED.value, pgettext_lazy("offer", "Accepted")
    DECLINED = OrderState.DECLINED.value, _("Declined")
    LAPSED = OrderState.LAPSED.value, _("No answer in time")
    WITHDRAWN = OrderState.WITHDRAWN.value, _("Taken back")
    DONE = OrderState.DONE.value, pgettext_lazy("order", "Carried out")
    FAILED = OrderState.FAILED.value, _("Came to nothing")


class StatementStateChoices(models.TextChoices):
    DRAFT = StatementState.DRAFT.value, _("Being prepared")
    SENT = StatementState.SENT.value, _("Waits for the provider's word")
    AGREED = StatementState.AGREED.value, _("Agreed by both sides")
    DISPUTED = StatementState.DISPUTED.value, _("The provider does not agree")
    PAID = StatementState.PAID.value, pgettext_lazy("statement", "Paid")


class ComplaintStateChoices(models.TextChoices):
    OPEN = ComplaintState.OPEN.value, _("Waits for an answer")
    UPHELD = ComplaintState.UPHELD.value, _("Upheld, the fee was corrected")
    DISMISSED = ComplaintState.DISMISSED.value, pgettext_lazy("complaint", "Dismissed")


@frozen_columns(
    "provider_id",
    "county_code",
    "month",
    "number",
    "count",
    "total_fen",
    when="OLD.state IN ('agreed', 'paid')",
)
class ProviderStatement(models.Model):
    """What a provider has earned in one county in one month; agreed by both sides, then paid once.

    `month` is its first day. Prepared by one person, paid by another.
    """

    provider = models.ForeignKey(
        Party, models.PROTECT, related_name="statements", verbose_name=_("service provider")
    )
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    month = models.DateField(_("month"))
    number = models.CharField(_("number"), max_length=40, unique=True)
    state = models.CharField(
        _("state"), max_length=8, choices=StatementStateChoices, default=StatementStateChoices.DRAFT
    )
    count = models.PositiveIntegerField(_("orders"), default=0)
    total_fen = models.BigIntegerField(_("sum"), default=0)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"))
    token_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    token_until = models.DateTimeField(_("link valid until"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreed by"),
        help_text=_("Empty: through the link that was sent to the provider."),
    )
    dispute_text = models.CharField(_("what the provider does not agree with"), max_length=500, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paid by"),
    )
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    movement = models.OneToOneField(
        Movement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("movement")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("provider's statement")
        verbose_name_plural = _("providers' statements")
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "month", "provider"], name="statement_once"),
            models.CheckConstraint(condition=Q(total_fen__gte=0), name="statement_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_by__isnull=False, paid_at__isnull=False),
                name="statement_paid_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True) | ~Q(paid_by=F("prepared_by")),
                name="statement_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(movement__isnull=True) | Q(state="paid"), name="statement_movement_when_paid"
            ),
        ]

    def __str__(self):
        return self.number


@frozen_with("statement", when="statement.state IN ('agreed', 'paid')")
class ProviderOrder(models.Model):
    """A visit offered to one provider, with the fee as the contract says it; answered once, or lapsed.

    Once both sides have agreed to its statement it never changes.
    `fee_*` are worked out when it is offered and again when the visit has ended. Reached by a signed link
    (only a hash of the secret is kept) or by the provider's own account; after the visit the link shows
    nothing any more.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="orders", verbose_name=_("home visit"))
    provider = models.ForeignKey(
        Party, models.PROTECT, related_name="orders", verbose_name=_("service provider")
    )
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="orders", verbose_name=_("contract"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=OrderStateChoices, default=OrderStateChoices.OFFERED
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    reasons = models.JSONField(_("reasons"), default=list)
    offered_at = models.DateTimeField(_("offered"))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
        help_text=_("Empty: through the link that was sent to the provider."),
    )
    decline_reason = models.CharField(
        _("reason for declining"), max_length=13, choices=DeclineReason, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    base_fen = models.BigIntegerField(_("fee for the visit"), default=0)
    km_fen = models.BigIntegerField(_("for the kilometres"), default=0)
    after_hours_fen = models.BigIntegerField(_("for the late hour"), default=0)
    fee_fen = models.BigIntegerField(_("fee"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    statement = models.ForeignKey(
        ProviderStatement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("statement"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="visit__claim__station__region_id", station="visit__claim__station_id"
    )

    class Meta:
        verbose_name = _("order to a provider")
        verbose_name_plural = _("orders to providers")
        ordering = ["-offered_at", "-id"]
        indexes = [
            models.Index(fields=["answer_by", "id"], name="order_unanswered", condition=Q(state="offered")),
            models.Index(fields=["provider", "county_code", "ended_at"], name="order_to_settle"),
            models.Index(fields=["county_code", "-offered_at", "-id"], name="order_county_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(state__in=ALIVE_STATES), name="order_one_alive_per_visit"
            ),
            models.CheckConstraint(
                condition=Q(base_fen__gte=0, km_fen__gte=0, after_hours_fen__gte=0, fee_fen__gte=0),
                name="order_fee_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(statement__isnull=True) | Q(state__in=("done", "failed")),
                name="order_settled_when_ended",
            ),
        ]

    def __str__(self):
        return f"{self.visit_id} → {self.provider_id}"

    @property
    def corrected_fen(self) -> int:
        """What a complaint has added to the parts of the full fee; a way in vain has no parts."""
        if self.state != OrderState.DONE:
            return 0
        return self.fee_fen - self.base_fen - self.km_fen - self.after_hours_fen


class FeeComplaint(models.Model):
    """A provider's objection to the fee of one order, with an answer by somebody else than who offered it."""

    order = models.ForeignKey(
        ProviderOrder, models.PROTECT, related_name="complaints", verbose_name=_("order to a provider")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    text = models.CharField(_("complaint"), max_length=500)
    claimed_fen = models.BigIntegerField(_("fee asked for"))
    state = models.CharField(
        _("state"), max_length=9, choices=ComplaintStateChoices, default=ComplaintStateChoices.OPEN
    )
    filed_at = models.DateTimeField(_("filed"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("filed by"),
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    fee_fen = models.BigIntegerField(_("fee after the answer"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("complaint about a fee")
        verbose_name_plural = _("complaints about fees")
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="open"), name="fee_complaint_one_open"
            ),
            models.CheckConstraint(condition=Q(claimed_fen__gt=0), name="fee_complaint_claims_some"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | ~Q(state="open") & Q(answered_at__isnull=False, fee_fen__isnull=False),
                name="fee_complaint_answered_once",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | Q(filed_by__isnull=True)
                | ~Q(answered_by=F("filed_by")),
                name="fee_complaint_two_people",
            ),
        ]

    def __str__(self):
        return f"{self.order_id}"
