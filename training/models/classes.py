"""Village classes (售后小课堂), who came, their photos, and other ways of telling villagers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths
from stations.models import Station
from training.models.choices import ClassStateChoices, PublicityKindChoices
from training.models.handbook import Article


class VillageClass(models.Model):
    """The class of one station in one month (E-10): planned, then held with how many came, or cancelled.

    `month` is its first day. One planned or held class counts for the month; more may be held.
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="classes", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    month = models.DateField(_("month"))
    title = models.CharField(_("subject"), max_length=80)
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="classes",
        verbose_name=_("material from the handbook"),
    )
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(pgettext_lazy("class", "where"), max_length=80)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="classes",
        verbose_name=pgettext_lazy("class", "held by"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=ClassStateChoices, default=ClassStateChoices.PLANNED
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=40)
    attended = models.PositiveSmallIntegerField(_("people who came"), null=True, blank=True)
    report = models.CharField(_("what was done"), max_length=500, blank=True)
    cancelled_reason = models.CharField(_("reason for cancelling"), max_length=200, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("class", "planned by"),
    )
    planned_at = models.DateTimeField(pgettext_lazy("class", "planned"))
    ended_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("village class")
        verbose_name_plural = _("village classes")
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["county_code", "month", "state"], name="class_of_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "starts_at"], condition=~Q(state="cancelled"), name="class_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(attended__isnull=False, ended_at__isnull=False),
                name="class_held_with_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_reason=""), name="class_cancelled_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.title}"


class Attendee(OwnKey):
    """Somebody who put a name on the list of a class, with consent; the name is sealed, the mask is shown."""

    village_class = models.ForeignKey(
        VillageClass, models.PROTECT, related_name="attendees", verbose_name=_("village class")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    name_sealed = SealedTextField(_("name (sealed)"), blank=True, default="")
    name_masked = models.CharField(_("name"), max_length=64, editable=False)
    consent_how = models.CharField(
        _("consent"),
        max_length=8,
        choices=[("spoken", _("spoken")), ("signed", _("signed on the list"))],
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"))

    objects = ScopedManager()
    scope_paths = ScopePaths(
        county="county_code", region="village_class__station__region_id", station="village_class__station_id"
    )

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ["id"]

    def __str__(self):
        return self.name_masked


class ClassPhoto(models.Model):
    """A photo of a village class or of other publicity, rebuilt from the upload."""

    village_class = models.ForeignKey(
        VillageClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("village class"),
    )
    publicity = models.ForeignKey(
        "training.Publicity",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("publicity"),
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    file_name = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    byte_size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("photo of a class")
        verbose_name_plural = _("photos of classes")
        ordering = ["id"]

    def __str__(self):
        return self.file_name


class Publicity(models.Model):
    """What else was done to tell villagers or farmers (E-11, E-12): a line of the log."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="publicity", verbose_name=_("station"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=15, choices=PublicityKindChoices)
    what = models.CharField(_("what"), max_length=200)
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded"))
    withdrawn_at = models.DateTimeField(pgettext_lazy("publicity", "withdrawn"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="station__region_id", station="station_id")

    class Meta:
        verbose_name = _("publicity")
        verbose_name_plural = _("log of publicity")
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["county_code", "-day"], name="publicity_recent")]

    def __str__(self):
        return f"{self.station} {self.day} {self.what}"
