"""The question bank, exams drawn from it, who sat them, and practical exams."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only, frozen_columns
from stations.models import Station
from training.models.choices import (
    GoodsChoices,
    PurposeChoices,
    QuestionKindChoices,
    SittingStateChoices,
    TopicChoices,
)
from training.models.courses import Course


class Question(models.Model):
    """One question of the bank; the same for every county, so not scoped. Retired instead of changed.

    `options` is a list of texts. `answer` lists positions in it, from 0: one for single, picture and
    true/false, all right ones for multiple, the right order for ordering. A corrected question is a row of
    its own that `replaces` the old one: what was asked in an exam stays what it was.
    """

    code = models.CharField(pgettext_lazy("training", "code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=QuestionKindChoices)
    topic = models.CharField(_("topic"), max_length=13, choices=TopicChoices)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsChoices, blank=True)
    text = models.CharField(_("question"), max_length=500)
    options = models.JSONField(_("options"), default=list)
    answer = models.JSONField(_("right answer"), default=list)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("question bank")
        ordering = ["topic", "code"]
        indexes = [
            models.Index(fields=["topic", "kind"], name="question_drawn", condition=Q(retired_at=None))
        ]

    def __str__(self):
        return f"{self.code} {self.text}"


class Exam(models.Model):
    """A theory exam: how its papers are drawn, how long it takes, when it is passed. Not scoped: the rules.

    `draw` lists how many questions of which topic and kind: [{"topic": …, "kind": "" or …, "count": …}].
    """

    code = models.CharField(pgettext_lazy("training", "code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=12, choices=PurposeChoices)
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="exams", verbose_name=_("course")
    )
    draw = models.JSONField(_("questions drawn"), default=list)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    pass_permille = models.PositiveSmallIntegerField(_("pass mark in thousandths"), default=800)
    attempts = models.PositiveSmallIntegerField(pgettext_lazy("exam", "attempts"), default=3)
    wait_hours = models.PositiveSmallIntegerField(_("hours between attempts"), default=24)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        ordering = ["purpose", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    minutes__gte=5,
                    minutes__lte=240,
                    pass_permille__gte=1,
                    pass_permille__lte=1000,
                    attempts__gte=1,
                ),
                name="exam_figures_sane",
            )
        ]

    def __str__(self):
        return self.title


@frozen_columns(
    "score_permille",
    "has_passed",
    "state",
    "paper",
    "ended_at",
    when="OLD.state <> 'open'",
)
class Sitting(models.Model):
    """One attempt of one person at an exam: the paper as it was drawn, the time by the server, the result.

    `paper` lists for each place the question's key and the order in which its options stand. Drawn from
    `seed`, so that the same seed over the same bank gives the same paper. Answers are rows of their own.
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="sittings", verbose_name=_("exam"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sittings", verbose_name=_("candidate")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    seed = models.CharField(max_length=32, editable=False)
    paper = models.JSONField(_("paper"), default=list)
    state = models.CharField(
        _("state"), max_length=9, choices=SittingStateChoices, default=SittingStateChoices.OPEN
    )
    started_at = models.DateTimeField(_("began"))
    ends_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    score_permille = models.PositiveSmallIntegerField(_("score in thousandths"), null=True, blank=True)
    has_passed = models.BooleanField(_("passed"), null=True, blank=True)
    may_be_retaken_at = models.DateTimeField(_("next attempt from"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("exam sat")
        verbose_name_plural = _("exams sat")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["ends_at", "id"], name="sitting_open", condition=Q(state="open")),
            models.Index(fields=["county_code", "-ended_at"], name="sitting_county_ended"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["exam", "user", "attempt"], name="sitting_attempt_once"),
            models.UniqueConstraint(
                fields=["exam", "user"], condition=Q(state="open"), name="sitting_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", score_permille__isnull=True, has_passed__isnull=True)
                | ~Q(state="open")
                & Q(score_permille__isnull=False, score_permille__lte=1000, has_passed__isnull=False),
                name="sitting_scored_at_the_end",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.exam_id} {self.attempt}"


class SittingAnswer(models.Model):
    """What a candidate answered at one place of the paper; saved at once, replaced until the end.

    `sent` counts up with each change on the candidate's device, so that an older one that arrives late does
    not overwrite a newer one.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="answers", verbose_name=_("exam sat"))
    place = models.PositiveSmallIntegerField(_("place on the paper"))
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name=_("question"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    answer = models.JSONField(pgettext_lazy("exam", "answer"), default=list)
    sent = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved"))
    is_right = models.BooleanField(_("right"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="sitting__station__region_id", station="sitting__station_id"
    )

    class Meta:
        verbose_name = _("answer in an exam")
        verbose_name_plural = _("answers in exams")
        ordering = ["sitting_id", "place"]
        constraints = [models.UniqueConstraint(fields=["sitting", "place"], name="answer_once_per_place")]

    def __str__(self):
        return f"{self.sitting_id} {self.place}"


class PracticalSheet(models.Model):
    """What an examiner looks at, with the most points for each; the same for every county, so not scoped.

    `items` is a list of {"code", "what", "points"}. Retired instead of changed.
    """

    code = models.CharField(pgettext_lazy("training", "code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=80)
    items = models.JSONField(_("items"), default=list)
    pass_permille = models.PositiveSmallIntegerField(_("pass mark in thousandths"), default=800)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("sheet of a practical exam")
        verbose_name_plural = _("sheets of practical exams")
        ordering = ["code"]

    def __str__(self):
        return self.title


@append_only
class PracticalExam(models.Model):
    """A practical exam as the examiner scored it. Never changes; nobody examines themselves."""

    sheet = models.ForeignKey(
        PracticalSheet, models.PROTECT, related_name="exams", verbose_name=_("sheet of a practical exam")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="practicals", verbose_name=_("candidate")
    )
    examiner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("examiner")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    held_on = models.DateField(_("held on"))
    points = models.JSONField(_("points"), default=dict)
    score_permille = models.PositiveSmallIntegerField(_("score in thousandths"))
    has_passed = models.BooleanField(_("passed"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    at = models.DateTimeField(_("recorded"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("practical exam")
        verbose_name_plural = _("practical exams")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(examiner=F("user")), name="practical_by_another"),
            models.CheckConstraint(condition=Q(score_permille__lte=1000), name="practical_score_sane"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.held_on}"


@append_only
class SkillsCheck(models.Model):
    """The check of one person's skills in one quarter (E-04): theory, practice, attitude.

    `quarter` is its first day. Thousandths; theory and practice name the sitting and the sheet behind them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="skills_checks", verbose_name=_("person")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    quarter = models.DateField(_("quarter"))
    sitting = models.OneToOneField(
        Sitting, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("exam sat")
    )
    practical = models.OneToOneField(
        PracticalExam,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("practical exam"),
    )
    attitude_permille = models.PositiveSmallIntegerField(_("attitude in thousandths"))
    has_passed = models.BooleanField(_("passed"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("skills check")
        verbose_name_plural = _("skills checks")
        ordering = ["-quarter", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "quarter"], name="skills_check_once"),
            models.CheckConstraint(condition=~Q(by=F("user")), name="skills_check_by_another"),
            models.CheckConstraint(condition=Q(attitude_permille__lte=1000), name="attitude_sane"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.quarter}"
