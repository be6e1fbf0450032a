"""What the fund asks back from liable parties: demands, reminders, receipts, disputes. All sums in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.fund import Advance, Fund
from claims.rules.recovery import REMINDER_DAYS
from stations.models import Party


class DemandState(models.TextChoices):
    SENT = "sent", _("Sent, not paid yet")
    DISPUTED = "disputed", _("Disputed")
    PAID = "paid", _("Paid off")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RUNNING = (DemandState.SENT, DemandState.DISPUTED)


class Demand(models.Model):
    """A letter that asks a liable party to pay back advances by a day.

    Created when it is sent. `services.demands.restate` keeps its state equal to what has become of its lines;
    after that it ends once, paid or withdrawn, and opens again only when money is taken back.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="demands", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="demands", verbose_name=_("liable party"))
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField(_("running number"))
    number = models.CharField(_("demand number"), max_length=24, unique=True)
    amount_fen = models.BigIntegerField(_("amount"))
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=9, choices=DemandState, default=DemandState.SENT)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    next_reminder_on = models.DateField(_("next reminder"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    withdrawn_because = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_reminder_on", "id"],
                name="demand_to_remind",
                condition=Q(state__in=("sent", "disputed"), next_reminder_on__isnull=False),
            ),
            models.Index(fields=["fund", "party", "-sent_at", "-id"], name="demand_of_party"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fund", "year", "sequence"], name="demand_sequence_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="demand_amount_positive"),
            models.CheckConstraint(
                condition=Q(reminders__gte=0, reminders__lte=len(REMINDER_DAYS)),
                name="demand_reminders_limited",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("sent", "disputed"), ended_at__isnull=True)
                | Q(state__in=("paid", "withdrawn"), ended_at__isnull=False),
                name="demand_ended_has_day",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_running(self):
        return self.state in RUNNING


class LineOutcome(models.TextChoices):
    SETTLED = "settled", _("Paid off")
    MOVED = "moved", _("Moved to another party")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DemandLine(models.Model):
    """One advance in a demand, with what was open on it that day; in one running demand at a time."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="lines", verbose_name=_("demand"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    advance = models.ForeignKey(
        Advance, models.PROTECT, related_name="demand_lines", verbose_name=_("advance")
    )
    amount_fen = models.BigIntegerField(_("asked back"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=LineOutcome, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("line of a demand")
        verbose_name_plural = _("lines of demands")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "advance"], name="demand_names_advance_once"),
            models.UniqueConstraint(
                fields=["advance"], condition=Q(outcome=""), name="advance_in_one_running_demand"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="demand_line_amount_positive"),
        ]

    def __str__(self):
        return f"{self.demand_id}/{self.advance_id}"


@append_only
class Reminder(models.Model):
    """That a party was reminded of a demand: which time, on what day, and what was still open then."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="reminded", verbose_name=_("demand"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    turn = models.PositiveSmallIntegerField(_("reminder"))
    open_fen = models.BigIntegerField(_("still open"))
    sent_on = models.DateField(_("sent"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["demand_id", "turn"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "turn"], name="reminder_once_a_turn"),
            models.CheckConstraint(
                condition=Q(open_fen__gt=0, turn__gte=1, turn__lte=len(REMINDER_DAYS)),
                name="reminder_of_something",
            ),
        ]

    def __str__(self):
        return f"{self.demand_id}/{self.turn}"


@append_only
class BankReceipt(models.Model):
    """One payment of a liable party, spread over its advances, the oldest first.

    `parts` are the rows of [advance, fen] it was booked as; each is a movement of its own, so a part can be
    taken back. A bank reference counts once in a fund.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="receipts", verbose_name=_("fund"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("liable party"))
    reference = models.CharField(_("bank reference"), max_length=60)
    amount_fen = models.BigIntegerField(_("amount"))
    parts = models.JSONField(_("booked on"), default=list)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )
    booked_at = models.DateTimeField(_("booked"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("payment received")
        verbose_name_plural = _("payments received")
        ordering = ["-booked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "reference"], name="receipt_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receipt_amount_positive"),
        ]

    def __str__(self):
        return self.reference


class Objection(models.TextChoices):
    NOT_LIABLE = "not_liable", _("Somebody else is liable")
    NO_FAULT = "no_fault", _("The goods were in order")
    AMOUNT = "amount", _("The amount is wrong")
    PAID_ALREADY = "paid", _("Paid to the consumer or to us already")
    OTHER = "other", _("Another reason")


class DisputeState(models.TextChoices):
    OPEN = "open", _("To be decided")
    KEPT = "kept", _("The party owes it")
    PARTY_CHANGED = "party_changed", _("Another party owes it")
    GIVEN_UP = "given_up", _("Given up: proposed for write-off")


class AdvanceDispute(models.Model):
    """That a liable party contests an advance, with what it puts forward. Decided once, by somebody else."""

    advance = models.ForeignKey(Advance, models.PROTECT, related_name="disputes", verbose_name=_("advance"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("disputed by"))
    objection = models.CharField(_("objection"), max_length=10, choices=Objection)
    text = models.CharField(_("what the party says"), max_length=500)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    raised_at = models.DateTimeField(_("entered"))
    state = models.CharField(_("state"), max_length=13, choices=DisputeState, default=DisputeState.OPEN)
    new_party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("now liable")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.CharField(_("reasons of the decision"), max_length=500, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("dispute of an advance")
        verbose_name_plural = _("disputes of advances")
        ordering = ["raised_at", "id"]
        indexes = [
            models.Index(
                fields=["county_code", "raised_at", "id"], name="dispute_open", condition=Q(state="open")
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["advance"], condition=Q(state="open"), name="dispute_once_open"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("raised_by")),
                name="dispute_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="dispute_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="party_changed", new_party__isnull=False)
                | ~Q(state="party_changed") & Q(new_party__isnull=True),
                name="dispute_names_new_party",
            ),
        ]

    def __str__(self):
        return f"{self.advance_id} {self.get_state_display()}"
