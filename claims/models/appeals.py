"""A refusal as the consumer is told of it, and the appeal against it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only, frozen_columns
from claims.models.choices import RejectionCode
from claims.models.claims import Claim
from claims.models.compensation import ApprovalLevel, AskedHow, CompensationPolicy
from stations.models import Station


@append_only
class Refusal(models.Model):
    """One refusal of a claim, with all that its letter says; the claim may go on, the letter stays.

    Written by the refusal itself, once in a round. Quantities and sums are those of that moment.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="refusals", verbose_name=_("claim"))
    round = models.PositiveSmallIntegerField(_("round"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    policy = models.ForeignKey(CompensationPolicy, models.PROTECT, related_name="+", verbose_name=_("policy"))
    code = models.CharField(_("reason for refusal"), max_length=20, choices=RejectionCode)
    text = models.CharField(_("explanation to the consumer"), max_length=500)
    bad_milli = models.BigIntegerField(_("bad quantity in thousandths"), null=True)
    total_milli = models.BigIntegerField(_("total quantity in thousandths"))
    paid_fen = models.BigIntegerField(_("paid"))
    granted_fen = models.BigIntegerField(_("granted before"))
    level = models.CharField(_("refused"), max_length=8, choices=ApprovalLevel)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("refused by")
    )
    refused_at = models.DateTimeField(_("refused on"))
    appeal_until = models.DateField(_("appeal until"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        ordering = ["-refused_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["claim", "round"], name="refusal_once_per_round")]

    def __str__(self):
        return f"{self.claim}"


class AppealState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    UPHELD = "upheld", _("Upheld: the claim goes on")
    DISMISSED = "dismissed", _("Dismissed")


@frozen_columns(
    "refusal_id",
    "text",
    "state",
    "answer",
    "level",
    "answered_by_id",
    "answered_at",
    when="OLD.state <> 'open'",
)
class Appeal(models.Model):
    """What a consumer brings up against a refusal, and the answer of somebody at a higher level.

    One for each refusal. Filed at a station or by the consumer on the public page (nobody in `filed_by`);
    answered once, by another person than the one who refused.
    """

    refusal = models.OneToOneField(Refusal, models.PROTECT, related_name="appeal", verbose_name=_("refusal"))
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="appeals", verbose_name=_("claim"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    text = models.CharField(_("what the consumer says"), max_length=1000)
    filed_how = models.CharField(_("told"), max_length=9, choices=AskedHow)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("filed by"),
    )
    filed_at = models.DateTimeField(_("filed"))
    answer_by = models.DateField(_("to be answered by"))
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("refused by"),
        editable=False,
    )
    needs_level = models.CharField(_("answered at"), max_length=8, choices=ApprovalLevel)
    state = models.CharField(_("state"), max_length=9, choices=AppealState, default=AppealState.OPEN)
    answer = models.CharField(_("answer to the consumer"), max_length=500, blank=True)
    level = models.CharField(_("answered by level"), max_length=8, choices=ApprovalLevel, blank=True)
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
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-filed_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "answer_by", "id"], name="appeal_to_answer", condition=Q(state="open")
            ),
            models.Index(fields=["county_code", "-filed_at", "-id"], name="appeal_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True)
                | ~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="appeal_answer_has_words",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("refused_by")),
                name="appeal_other_person_answers",
            ),
        ]

    def __str__(self):
        return f"{self.claim}"
