"""Offers of a claim to a person who could take it on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from claims.models.choices import LevelChoices
from claims.models.claims import Claim


class OfferState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    DECLINED = "declined", _("Declined")
    SILENT = "silent", _("No answer in time")
    WITHDRAWN = "withdrawn", _("Taken back")


class DeclineReason(models.TextChoices):
    TOO_BUSY = "too_busy", _("Too much to do at present")
    AWAY = "away", _("Away or ill")
    NOT_QUALIFIED = "not_qualified", _("Cannot do this kind of work")
    TOO_FAR = "too_far", _("Too far away")
    INVOLVED = "involved", _("Knows the consumer or the seller too well")
    OTHER = "other", _("Other reason, explained below")


class Offer(models.Model):
    """A claim offered to one person, with the reasons why this person; answered once, or silent.

    `rank` 1 was the best candidate. A manager's override is an offer that is accepted at once, with a
    reason. Written by `services.dispatch` alone.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="offers", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    round = models.PositiveSmallIntegerField(_("round"))
    level = models.PositiveSmallIntegerField(_("level"), choices=LevelChoices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="offers", verbose_name=_("person")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=9, choices=OfferState, default=OfferState.OPEN)
    offered_at = models.DateTimeField(_("offered"))
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    decline_reason = models.CharField(
        _("reason for declining"), max_length=13, choices=DeclineReason, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-offered_at", "-id"]
        indexes = [
            models.Index(fields=["answer_by", "id"], name="offer_open", condition=Q(state="open")),
            models.Index(fields=["person", "id"], name="offer_person_open", condition=Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="open"), name="offer_one_open_per_claim"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | ~Q(state="open") & Q(answered_at__isnull=False),
                name="offer_answered_once",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} → {self.person_id}"
