"""The dated, versioned promises: how much time each clock of a claim allows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.audit.append_only import frozen_columns, frozen_with
from claims.models.choices import (
    BasisChoices,
    ClockChoices,
    GoodsTypeChoices,
    NatureChoices,
    PauseReasonChoices,
    SeverityChoices,
)
from claims.rules.clocks import WARN_PERCENT


class PolicyKind(models.TextChoices):
    SERVICE = "service", _("Promises and hand-overs")
    LAW = "law", _("Limits set by law")


class ClockPolicyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("Published")
    DROPPED = "dropped", _("Dropped")


@frozen_columns(
    "kind",
    "county_code",
    "version",
    "valid_from",
    "state",
    "note",
    "created_by_id",
    "created_at",
    "published_by_id",
    "published_at",
    when="OLD.state <> 'draft'",
)
class ClockPolicy(models.Model):
    """One version of all allowances, counting from a day on; of the programme (no county) or of one county.

    A county's version is complete: it starts as a copy of what was in force. Edited only as a draft; once
    published it never changes, and a claim keeps the version of the day it was filed. Limits set by law
    are the programme's alone and go by the day of the triggering event. Not scoped: published rules. There
    is one draft at a time; a dropped one keeps its number.
    """

    kind = models.CharField(_("kind"), max_length=7, choices=PolicyKind, default=PolicyKind.SERVICE)
    county_code = models.CharField(
        _("county"), max_length=12, blank=True, help_text=_("Empty: the whole programme.")
    )
    version = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    state = models.CharField(
        _("state"), max_length=8, choices=ClockPolicyState, default=ClockPolicyState.DRAFT
    )
    note = models.CharField(_("what changes"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
        editable=False,
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        verbose_name = _("clock policy")
        verbose_name_plural = _("clock policies")
        ordering = ["kind", "county_code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "county_code", "version"], name="clock_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "county_code"],
                condition=Q(state="draft"),
                name="clock_policy_one_draft",
            ),
            models.CheckConstraint(
                condition=~Q(kind="law") | Q(county_code=""), name="clock_policy_law_is_one"
            ),
        ]

    def __str__(self):
        return str(_("Version %(version)s") % {"version": self.version})


@frozen_with("policy", when="policy.state <> 'draft'")
class ClockRule(models.Model):
    """One allowance of a policy; empty goods type, nature or severity means any. The nearest line counts.

    Changes only while its policy is a draft; the database refuses anything later.
    """

    policy = models.ForeignKey(
        ClockPolicy, models.PROTECT, related_name="rules", verbose_name=_("clock policy")
    )
    clock = models.CharField(_("clock"), max_length=20, choices=ClockChoices)
    goods_type = models.CharField(_("goods type"), max_length=20, choices=GoodsTypeChoices, blank=True)
    nature = models.CharField(_("nature"), max_length=9, choices=NatureChoices, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=SeverityChoices, blank=True)
    amount = models.PositiveIntegerField(
        _("amount"), help_text=_("Minutes; for working days and calendar days: days.")
    )
    basis = models.CharField(_("counted in"), max_length=19, choices=BasisChoices)
    warn_percent = models.PositiveSmallIntegerField(
        _("warn at (%)"), default=WARN_PERCENT, help_text=_("0: no warning.")
    )
    climbs = models.BooleanField(_("climbs at the end"), default=False)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering = ["policy", "clock", "goods_type", "nature", "severity"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock", "goods_type", "nature", "severity"], name="clock_rule_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="clock_rule_positive"),
            models.CheckConstraint(condition=Q(warn_percent__lt=100), name="clock_rule_warns_before_end"),
        ]

    def __str__(self):
        return str(self.get_clock_display())


@frozen_with("policy", when="policy.state <> 'draft'")
class PauseRule(models.Model):
    """How long a clock may stand still for one reason, in minutes; then it resumes by itself."""

    policy = models.ForeignKey(
        ClockPolicy, models.PROTECT, related_name="pause_rules", verbose_name=_("clock policy")
    )
    reason = models.CharField(_("reason"), max_length=16, choices=PauseReasonChoices)
    max_minutes = models.PositiveIntegerField(_("longest pause (minutes)"))

    class Meta:
        verbose_name = _("longest pause")
        verbose_name_plural = _("longest pauses")
        ordering = ["policy", "reason"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "reason"], name="pause_rule_once"),
            models.CheckConstraint(condition=Q(max_minutes__gt=0), name="pause_rule_positive"),
        ]

    def __str__(self):
        return str(self.get_reason_display())
