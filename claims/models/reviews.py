"""The sample of compensations approved by rule that a person looks at afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import frozen_columns
from claims.models.claims import Claim
from claims.models.compensation import Compensation
from stations.models import Station


class Verdict(models.TextChoices):
    WAITING = "", _("To be looked at")
    FINE = "fine", _("Nothing to object to")
    OBJECTION = "objection", _("Objection")


@frozen_columns("compensation_id", "verdict", "reason", "judged_by_id", "judged_at", when="OLD.verdict <> ''")
class ReviewSample(models.Model):
    """One compensation drawn for a second look, in the transaction in which the rule approved it.

    Looked at once, by an officer or manager who had no hand in it. An objection pays nothing back; it moves
    the later claims of the person who filed to somebody who decides.
    """

    compensation = models.OneToOneField(
        Compensation, models.PROTECT, related_name="review", verbose_name=_("compensation")
    )
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reviews", verbose_name=_("claim"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews_of_work",
        verbose_name=_("claim filed by"),
    )
    drawn_at = models.DateTimeField(_("drawn"))
    verdict = models.CharField(
        _("result"), max_length=9, choices=Verdict, default=Verdict.WAITING, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked at by"),
    )
    judged_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        ordering = ["-drawn_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "drawn_at", "id"], name="review_waiting", condition=Q(verdict="")
            ),
            models.Index(
                fields=["filed_by", "judged_at"], name="review_objections", condition=Q(verdict="objection")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", judged_by__isnull=True)
                | ~Q(verdict="") & Q(judged_by__isnull=False, judged_at__isnull=False),
                name="review_verdict_names_person",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="objection") | ~Q(reason=""), name="review_objection_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(judged_by__isnull=True) | ~Q(judged_by=models.F("filed_by")),
                name="review_other_person_looks",
            ),
        ]

    def __str__(self):
        return f"{self.claim}"
