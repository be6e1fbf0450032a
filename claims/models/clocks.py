"""The clocks of a claim, what makes them stand still, and who held the claim when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.choices import ClockChoices, FamilyChoices, LevelChoices, PauseReasonChoices
from claims.models.claims import Claim
from claims.models.clock_policies import ClockRule
from stations.models import Station

ALARM_TRIES = 5
"""A clock whose alarm failed so often is left alone and listed."""


class ClockOutcome(models.TextChoices):
    RUNNING = "running", _("Running")
    MET = "met", _("In time")
    LATE = "late", _("Too late")
    VOID = "void", _("No longer counts")


class ClaimClock(models.Model):
    """One clock of a claim, from the moment it was started until it is stopped or no longer counts.

    Written by `services.clocks` alone, under the lock of the claim's row. `due_at` follows from the start,
    the pinned rule, the pinned opening hours, the calendar and the pauses; an open pause counts to its
    longest end. `turn` counts how often the claim has come to that level in the round.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="clocks", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    clock = models.CharField(_("clock"), max_length=20, choices=ClockChoices)
    family = models.CharField(_("family"), max_length=9, choices=FamilyChoices)
    round = models.PositiveSmallIntegerField(_("round"))
    level = models.PositiveSmallIntegerField(_("level"), choices=LevelChoices)
    turn = models.PositiveSmallIntegerField(_("turn"), default=1)
    rule = models.ForeignKey(ClockRule, models.PROTECT, related_name="+", verbose_name=_("allowance"))
    windows = models.JSONField(
        _("opening hours"), default=list, help_text=_("Pairs of times, as they were when the clock started.")
    )
    started_at = models.DateTimeField(_("started"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=7, choices=ClockOutcome, default=ClockOutcome.RUNNING)
    due_at = models.DateTimeField(_("due"))
    warn_at = models.DateTimeField(_("warns at"), null=True, blank=True)
    is_provisional = models.BooleanField(
        _("provisional"),
        default=False,
        help_text=_("A day that counts lies in a year without an official calendar."),
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)
    run_out_at = models.DateTimeField(_("ran out"), null=True, blank=True)
    next_alarm_at = models.DateTimeField(_("next alarm"), null=True, blank=True)
    alarm_tries = models.PositiveSmallIntegerField(_("failed alarms"), default=0)
    alarm_error = models.CharField(_("last error"), max_length=80, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["claim", "round", "started_at", "id"]
        indexes = [
            models.Index(
                fields=["next_alarm_at", "id"],
                name="clock_next_alarm",
                condition=Q(next_alarm_at__isnull=False),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="clock_alarm_failed",
                condition=Q(alarm_tries__gte=ALARM_TRIES),
            ),
            models.Index(
                fields=["id"],
                name="clock_result_waits",
                condition=Q(clock="result_notice", outcome="running"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "clock", "round", "level", "turn"], name="clock_once_per_turn"
            ),
            models.CheckConstraint(
                condition=Q(outcome="running", stopped_at__isnull=True)
                | ~Q(outcome="running") & Q(stopped_at__isnull=False, next_alarm_at__isnull=True),
                name="clock_stopped_has_no_alarm",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.clock}"


class Pause(models.Model):
    """A span during which somebody outside the house had to act first, and the claim's promises stood still.

    Opened with a reason, a longest end and a person; closed once, by a person or by itself.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="pauses", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    round = models.PositiveSmallIntegerField(_("round"))
    reason = models.CharField(_("reason"), max_length=16, choices=PauseReasonChoices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    from_at = models.DateTimeField(_("from"))
    longest_until = models.DateTimeField(_("at the latest until"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_by_itself = models.BooleanField(_("ended by itself"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("paused by")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["claim", "from_at", "id"]
        indexes = [
            models.Index(
                fields=["longest_until", "id"], name="pause_open", condition=Q(until_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(until_at__isnull=True), name="pause_one_open_per_claim"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="pause_forward"
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.reason}"


class HeldBecause(models.TextChoices):
    FILED = "filed", _("Filed here")
    CLIMBED = "climbed", _("Climbed: time ran out")
    HANDED_UP = "handed_up", _("Handed up")
    SENT_BACK = "sent_back", _("Sent back")
    REOPENED = "reopened", _("Opened again")


class Holding(models.Model):
    """Who was responsible for a claim: one station (or the platform desk) from one moment to another.

    A new row begins where the last ended; the open one is where the claim stands now.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="holdings", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    round = models.PositiveSmallIntegerField(_("round"))
    level = models.PositiveSmallIntegerField(_("level"), choices=LevelChoices)
    turn = models.PositiveSmallIntegerField(_("turn"), default=1)
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("station"),
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last handler"),
    )
    because = models.CharField(_("because"), max_length=9, choices=HeldBecause)
    clock = models.CharField(_("clock that ran out"), max_length=20, choices=ClockChoices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    from_at = models.DateTimeField(_("from"))
    taken_over_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        ordering = ["claim", "from_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(until_at__isnull=True), name="holding_one_open_per_claim"
            ),
            models.UniqueConstraint(fields=["claim", "round", "level", "turn"], name="holding_once_per_turn"),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_level_display()}"


class EscalationStep(models.TextChoices):
    WARNED = "warned", _("Warned")
    RAN_OUT = "ran_out", _("Ran out")


@append_only
class Escalation(models.Model):
    """A clock of a claim reached its warning or its end: once for each, whatever the scheduler did.

    `level` is where the claim stood, `climbed_to` where it went, if it went. `due_at` is when the step fell
    due, `at` when it was carried out.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="escalations", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    clock = models.CharField(_("clock"), max_length=20, choices=ClockChoices)
    round = models.PositiveSmallIntegerField(_("round"))
    level = models.PositiveSmallIntegerField(_("level"), choices=LevelChoices)
    turn = models.PositiveSmallIntegerField(_("turn"), default=1)
    step = models.CharField(_("step"), max_length=7, choices=EscalationStep)
    climbed_to = models.PositiveSmallIntegerField(
        _("climbed to"), choices=LevelChoices, null=True, blank=True
    )
    from_station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from")
    )
    to_station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to")
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handler at that time"),
    )
    due_at = models.DateTimeField(_("fell due"))
    at = models.DateTimeField(_("took effect"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["county_code", "-at", "-id"], name="escalation_county_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "clock", "round", "level", "turn", "step"], name="escalation_once"
            ),
            models.CheckConstraint(
                condition=Q(climbed_to__isnull=True) | Q(climbed_to__gt=F("level")),
                name="escalation_goes_up",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.clock} {self.step}"
