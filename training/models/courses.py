"""Courses, their lessons in versions, who is enrolled, and the ledger of hours."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only, frozen_columns
from stations.models import Station
from training.models.choices import GoodsChoices, HourKindChoices, TopicChoices
from training.models.texts import TextVersion


class Course(models.Model):
    """A course of lessons; the same for every county, so not scoped. Retired instead of deleted."""

    code = models.CharField(pgettext_lazy("training", "code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=80)
    topic = models.CharField(_("topic"), max_length=13, choices=TopicChoices)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsChoices, blank=True)
    summary = models.CharField(pgettext_lazy("training", "summary"), max_length=300, blank=True)
    programme = models.CharField(
        _("programme"), max_length=60, blank=True, help_text=_("Who carries the course, when not the county.")
    )
    is_required = models.BooleanField(
        _("required"), default=False, help_text=_("Finished before the exam for the certificate.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["position", "code"]

    def __str__(self):
        return self.title


class Lesson(models.Model):
    """One lesson of a course; what it says is in its versions."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="lessons", verbose_name=_("course"))
    code = models.CharField(pgettext_lazy("training", "code"), max_length=24, unique=True)
    position = models.PositiveSmallIntegerField(_("position"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["course_id", "position", "id"]

    def __str__(self):
        return self.code


@frozen_columns(
    "title", "body", "minutes", "video_url", "sources", "version", when="OLD.published_at IS NOT NULL"
)
class LessonVersion(TextVersion):
    """What a lesson says from a moment on: text (docs/rules/courses.md, section 2), minutes, video, sources.

    A draft until it is published; never changed afterwards, so that a record of learning says what was
    learned.
    """

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="versions", verbose_name=_("lesson"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    class Meta(TextVersion.Meta):
        verbose_name = _("version of a lesson")
        verbose_name_plural = _("versions of lessons")
        ordering = ["lesson_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "version"], name="lesson_version_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=480), name="lesson_minutes_sane"),
        ]


class Attachment(models.Model):
    """A picture of a lesson, an article or a question; sent out only through a page that checks."""

    lesson_version = models.ForeignKey(
        LessonVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("version of a lesson"),
    )
    article_version = models.ForeignKey(
        "training.ArticleVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("version of an article"),
    )
    question = models.ForeignKey(
        "training.Question",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("question"),
    )
    caption = models.CharField(_("caption"), max_length=100)
    file_name = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    byte_size = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("picture of a text")
        verbose_name_plural = _("pictures of texts")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lesson_version__isnull=False, article_version__isnull=True, question__isnull=True)
                | Q(lesson_version__isnull=True, article_version__isnull=False, question__isnull=True)
                | Q(lesson_version__isnull=True, article_version__isnull=True, question__isnull=False),
                name="attachment_of_one",
            )
        ]

    def __str__(self):
        return self.caption


class Enrolment(models.Model):
    """That somebody takes a course, until it is finished or given up; once at a time."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments", verbose_name=_("course"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments", verbose_name=_("learner")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("enrolled by")
    )
    enrolled_at = models.DateTimeField(_("enrolled"))
    due_on = models.DateField(_("to be finished by"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("enrolment", "given up"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-enrolled_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "user"], condition=Q(withdrawn_at__isnull=True), name="enrolment_once"
            )
        ]

    def __str__(self):
        return f"{self.user_id} {self.course_id}"


class LessonProgress(models.Model):
    """That a learner opened a lesson, and finished it: in the version that was read."""

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="progress", verbose_name=_("enrolment")
    )
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+", verbose_name=_("lesson"))
    lesson_version = models.ForeignKey(
        LessonVersion, models.PROTECT, related_name="+", verbose_name=_("version of a lesson")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    opened_at = models.DateTimeField(pgettext_lazy("lesson", "opened"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="enrolment__station__region_id", station="enrolment__station_id"
    )

    class Meta:
        verbose_name = _("progress in a lesson")
        verbose_name_plural = _("progress in lessons")
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="progress_once")]

    def __str__(self):
        return f"{self.enrolment_id} {self.lesson_id}"


@append_only
class HourEntry(models.Model):
    """Minutes of learning of one person, counted once per business key. A mistake is a counter-entry."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="hours", verbose_name=_("learner")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    day = models.DateField(_("day"))
    minutes = models.IntegerField(_("minutes"))
    kind = models.CharField(_("kind"), max_length=10, choices=HourKindChoices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    business_key = models.CharField(_("business key"), max_length=80, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("hours of learning")
        verbose_name_plural = _("ledger of hours")
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(fields=["user", "day"], name="hours_of_user"),
            models.Index(fields=["county_code", "-day", "-id"], name="hours_of_county"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="correction", minutes__lt=0) | ~Q(kind="correction") & Q(minutes__gt=0),
                name="hours_have_a_sign",
            )
        ]

    def __str__(self):
        return f"{self.user_id} {self.day} {self.minutes}"


class Mentorship(models.Model):
    """That somebody with experience looks after somebody new, for a span of days."""

    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentorships", verbose_name=_("mentor")
    )
    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentored", verbose_name=_("trainee")
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(pgettext_lazy("mentor", "until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("mentorship")
        verbose_name_plural = _("mentorships")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(mentor=F("trainee")), name="mentor_is_another"),
            models.UniqueConstraint(
                fields=["trainee"], condition=Q(until_on__isnull=True), name="mentor_one_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.mentor_id} → {self.trainee_id}"
