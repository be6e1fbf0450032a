"""Lists that people bring in, and their refused rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.personal import OwnKey, SealedTextField
from aftersales.accounts.scoping import ScopedManager, ScopePaths


class ImportKind(models.TextChoices):
    ORDERS = "orders", _("Orders")
    STATIONS = "stations", _("Stations")
    CALENDAR = "calendar", _("Working days")
    QUESTIONS = "questions", _("Questions of exams")
    PARTS = "parts", _("Spare parts")


class ImportState(models.TextChoices):
    QUEUED = "queued", _("waits to be looked at")
    CHECKING = "checking", _("being looked at")
    CHECKED = "checked", _("waits for your decision")
    CONFIRMED = "confirmed", _("waits to be brought in")
    ENTERING = "entering", _("being brought in")
    DONE = "done", _("brought in")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("given up")
    UNDONE = "undone", _("taken back")


class ImportForm(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"


class ListImport(OwnKey):
    """One list that one person wants to bring in: what was uploaded, what it would do, what it did.

    A job looks at every row first and keeps nothing of it; when the person has agreed, the rows go in. Rows
    up to `settled_line` are dealt with, and `slice` counts the jobs: a run that was killed goes on behind
    that line. The four numbers tell of the present run, `foreseen` of the look before it. The file lies
    sealed under this row's own key until `kept_until`; when it goes, the key, the sample and the refused
    rows go with it. docs/imports.md, section 5.
    """

    kind = models.CharField(_("kind of list"), max_length=9, choices=ImportKind)
    county_code = models.CharField(_("county"), max_length=12)
    file_name = models.CharField(_("file"), max_length=100)
    form = models.CharField(_("form"), max_length=4, choices=ImportForm)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    byte_size = models.PositiveIntegerField(_("size"))
    kept_name = models.CharField(max_length=64, blank=True, default="", editable=False)
    sample_sealed = SealedTextField(_("first rows (sealed)"), blank=True, default="")
    options = models.JSONField(_("choices"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.QUEUED)
    keep_good = models.BooleanField(_("keep the good rows"), default=False)
    new_rows = models.PositiveIntegerField(_("new"), default=0)
    changed_rows = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_rows = models.PositiveIntegerField(_("unchanged"), default=0)
    refused_rows = models.PositiveIntegerField(_("refused"), default=0)
    foreseen = models.JSONField(_("foreseen"), default=dict, blank=True)
    settled_line = models.PositiveIntegerField(default=0, editable=False)
    slice = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(_("problem"), max_length=300, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    asked_at = models.DateTimeField(_("uploaded"))
    confirmed_at = models.DateTimeField(_("agreed to"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    kept_until = models.DateTimeField(_("kept until"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="county_code")

    class Meta:
        verbose_name = _("list brought in")
        verbose_name_plural = _("lists brought in")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person_key="") | Q(kept_name=""), name="list_import_key_with_file"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False)
                | ~Q(state__in=("confirmed", "entering", "done", "undone")),
                name="list_import_agreed_before_entered",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="list_import_mine"),
            models.Index(fields=["-asked_at", "-id"], name="list_import_recent"),
        ]

    def __str__(self):
        return self.file_name

    @property
    def rows(self) -> int:
        """How many rows the present run has dealt with."""
        return self.new_rows + self.changed_rows + self.unchanged_rows + self.refused_rows


class RefusedRow(models.Model):
    """A row of a list that did not go in, or would not: its line in the file, and why.

    Written by the run over the list and gone with the file.
    """

    list_import = models.ForeignKey(
        ListImport, models.CASCADE, related_name="refused", verbose_name=_("list brought in")
    )
    line = models.PositiveIntegerField(_("line"))
    reason = models.CharField(_("reason"), max_length=300)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="list_import__county_code", region="list_import__county_code")

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["list_import", "line"], name="refused_row_in_order")]

    def __str__(self):
        return f"{self.line}"
