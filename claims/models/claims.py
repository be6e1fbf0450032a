"""The claim: one consumer's request for a remedy on one order line."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.choices import (
    Channel,
    GoodsTypeChoices,
    LevelChoices,
    NatureChoices,
    RejectionCode,
    SeverityChoices,
    StatusChoices,
)
from claims.models.clock_policies import ClockPolicy
from claims.models.orders import Consumer, OrderLine
from claims.rules.status import OPEN
from stations.models import Party, Station

OPEN_STATUSES = tuple(sorted(OPEN))


class Claim(models.Model):
    """A claim (售后工单), from filing to a remedy or an explanation.

    Created by `services.filing.file`; `status` moves only through `services.moves`, by a conditional
    UPDATE on status and version. Never deleted; a duplicate is merged and keeps its number.

    `level` and `holder` say who is responsible now (the open row of Holding); `holder` is empty at the
    platform desk and where a county has no centre. `handling_due_at` is the promise to the consumer,
    `next_due_at` the nearest due time of the clocks that count now; `services.clocks` writes both.
    """

    number = models.CharField(_("claim number"), max_length=20, unique=True)
    station = models.ForeignKey(Station, models.PROTECT, related_name="claims", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    consumer = models.ForeignKey(Consumer, models.PROTECT, related_name="claims", verbose_name=_("consumer"))
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="claims", verbose_name=_("order line")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.STATION)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims_filed", verbose_name=_("filed by")
    )
    filed_at = models.DateTimeField(_("filed"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims_handled",
        verbose_name=_("handler"),
    )

    goods_type = models.CharField(_("goods type"), max_length=20, choices=GoodsTypeChoices)
    nature = models.CharField(_("nature"), max_length=9, choices=NatureChoices)
    severity = models.CharField(_("severity"), max_length=8, choices=SeverityChoices)
    procedure = models.CharField(_("procedure"), max_length=40)
    liable_party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("liable party")
    )
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    description = models.CharField(_("description"), max_length=1000, blank=True)
    is_without_reason = models.BooleanField(
        _("return without a reason"),
        default=False,
        help_text=_("The seven days of the Consumer Protection Law, article 25."),
    )
    bad_milli = models.BigIntegerField(_("bad quantity in thousandths"), null=True, blank=True)

    status = models.CharField(
        _("status"), max_length=12, choices=StatusChoices, default=StatusChoices.SUBMITTED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveIntegerField(default=1, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    reply_progress = models.CharField(_("first reply: progress"), max_length=200, blank=True)
    reply_finish_at = models.DateTimeField(_("first reply: expected finish"), null=True, blank=True)
    reply_method = models.CharField(_("first reply: method"), max_length=200, blank=True)
    clock_policy = models.ForeignKey(
        ClockPolicy, models.PROTECT, related_name="+", verbose_name=_("clock policy")
    )
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("People or property are in danger.")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=LevelChoices, default=LevelChoices.VILLAGE)
    holder = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims_held",
        verbose_name=_("held by"),
    )
    handling_due_at = models.DateTimeField(_("promised by"))
    next_due_at = models.DateTimeField(_("due"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    response_minutes = models.PositiveIntegerField(_("minutes to first response"), null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(_("minutes to resolution"), null=True, blank=True)
    rejection_code = models.CharField(
        _("reason for refusal"), max_length=20, choices=RejectionCode, blank=True
    )
    rejection_text = models.CharField(_("explanation to the consumer"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_claims",
        verbose_name=_("merged into"),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-filed_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "next_due_at", "id"],
                name="claim_county_open",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            models.Index(
                fields=["station", "next_due_at", "id"],
                name="claim_station_open",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            models.Index(
                fields=["holder", "next_due_at", "id"],
                name="claim_holder_open",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            models.Index(
                fields=["level", "county_code", "next_due_at", "id"],
                name="claim_climbed_open",
                condition=Q(status__in=OPEN_STATUSES, level__gt=0),
            ),
            models.Index(
                fields=["next_due_at", "id"],
                name="claim_platform_open",
                condition=Q(status__in=OPEN_STATUSES, level=3),
            ),
            models.Index(fields=["county_code", "-filed_at", "-id"], name="claim_county_recent"),
            models.Index(fields=["station", "-filed_at", "-id"], name="claim_station_recent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=StatusChoices.values), name="claim_status_known"),
            models.CheckConstraint(
                condition=Q(bad_milli__isnull=True) | Q(bad_milli__gte=0), name="claim_bad_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | ~Q(status="merged") & Q(merged_into__isnull=True),
                name="claim_merged_names_target",
            ),
            models.CheckConstraint(
                condition=Q(status="rejected") & ~Q(rejection_code="") | ~Q(status="rejected"),
                name="claim_rejected_has_reason",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self):
        return self.status in OPEN
