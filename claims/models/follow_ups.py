"""What a consumer says after a claim has ended: follow-up calls, their attempts and the scores."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.claims import Claim
from claims.rules.follow_ups import HIGHEST, LOWEST, Outcome


class FollowUpKind(models.TextChoices):
    FIRST = "first", _("Follow-up")
    SECOND = "second", _("Second follow-up after a low score")


class FollowUpState(models.TextChoices):
    OPEN = "open", _("To call")
    DONE = "done", _("Done")
    EXHAUSTED = "exhausted", _("Nobody reached")
    VOID = "void", _("No longer counts")


class FollowUp(models.Model):
    """A call or visit (回访) that is due after a claim was settled; one for each round that was.

    Created when the claim is resolved; the second one by a low score. Ends once: done, nobody reached, or
    void because the claim was taken up again. `answer` is what the second caller told the consumer.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="follow_ups", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    round = models.PositiveSmallIntegerField(_("round"))
    kind = models.CharField(_("kind"), max_length=6, choices=FollowUpKind, default=FollowUpKind.FIRST)
    state = models.CharField(_("state"), max_length=9, choices=FollowUpState, default=FollowUpState.OPEN)
    opened_at = models.DateTimeField(_("since"))
    due_at = models.DateTimeField(_("due"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    answer = models.CharField(_("answer to the low score"), max_length=500, blank=True)
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups_to_make",
        verbose_name=_("to be called by"),
        help_text=_("Whose turn it is; empty: whoever has time."),
    )

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(
                fields=["county_code", "due_at", "id"], name="follow_up_open", condition=Q(state="open")
            ),
            models.Index(fields=["county_code", "-ended_at", "-id"], name="follow_up_ended"),
            models.Index(fields=["caller", "due_at"], name="follow_up_caller", condition=Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "kind"], name="follow_up_once_per_round"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="follow_up_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.claim} {self.get_kind_display()}"


class CalledHow(models.TextChoices):
    PHONE = "phone", _("by phone")
    VISIT = "visit", _("by a visit")


class OutcomeChoices(models.TextChoices):
    ANSWERED = Outcome.ANSWERED.value, _("Answered, gives a score")
    REFUSED = Outcome.REFUSED.value, _("Reached, does not want to score")
    UNREACHABLE = Outcome.UNREACHABLE.value, _("Not reached")
    WRONG_NUMBER = Outcome.WRONG_NUMBER.value, _("Wrong number")


@append_only
class FollowUpAttempt(models.Model):
    """One call or visit, by whom and with which outcome. Numbered, so that nothing is written twice."""

    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, related_name="attempts", verbose_name=_("follow-up")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    number = models.PositiveSmallIntegerField(_("attempt"))
    how = models.CharField(_("how"), max_length=5, choices=CalledHow)
    outcome = models.CharField(_("outcome"), max_length=12, choices=OutcomeChoices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by")
    )
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code",
        region="follow_up__claim__station__region_id",
        station="follow_up__claim__station_id",
    )

    class Meta:
        verbose_name = _("attempt to follow up")
        verbose_name_plural = _("attempts to follow up")
        ordering = ["follow_up", "number"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "number"], name="follow_up_attempt_once")]

    def __str__(self):
        return f"{self.follow_up_id} {self.number}"


class ScoreSource(models.TextChoices):
    SELF = "self", _("by the consumer")
    INTERVIEWER = "interviewer", _("asked by an interviewer")


def _stars(field: str) -> Q:
    return Q(**{f"{field}__gte": LOWEST, f"{field}__lte": HIGHEST})


@append_only
class Score(models.Model):
    """What a consumer thinks of how a claim was handled, from 1 to 5 with a comment. Never deleted.

    One from each source for a follow-up; `by` is the interviewer, empty when the consumer scored alone.
    """

    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, related_name="scores", verbose_name=_("follow-up")
    )
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="scores", verbose_name=_("claim"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    round = models.PositiveSmallIntegerField(_("round"))
    stars = models.PositiveSmallIntegerField(_("rating"))
    attitude = models.PositiveSmallIntegerField(_("attitude"), null=True, blank=True)
    speed = models.PositiveSmallIntegerField(_("speed"), null=True, blank=True)
    efficiency = models.PositiveSmallIntegerField(_("efficiency"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=11, choices=ScoreSource)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("interviewer"),
    )
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="claim__station__region_id", station="claim__station_id"
    )

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("scores")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["claim", "round"], name="score_of_round")]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "source"], name="score_once_per_source"),
            models.CheckConstraint(condition=_stars("stars"), name="score_within_range"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True}) | _stars(field), name=f"score_{field}_range"
                )
                for field in ("attitude", "speed", "efficiency")
            ),
            models.CheckConstraint(
                condition=Q(source="self", by__isnull=True) | Q(source="interviewer", by__isnull=False),
                name="score_names_interviewer",
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.stars}"
