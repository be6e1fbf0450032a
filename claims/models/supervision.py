"""Special inspections and spot checks of closed claims, their findings, and what was done about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts.scoping import ScopedManager, ScopePaths
from aftersales.audit.append_only import append_only
from claims.models.claims import Claim
from claims.rules import supervision
from stations.models import Party, Station


class CheckKindChoices(models.TextChoices):
    SPOT_CHECK = supervision.CheckKind.SPOT_CHECK, _("Spot check of closed claims")
    SPECIAL = supervision.CheckKind.SPECIAL, _("Special inspection")


class ThemeChoices(models.TextChoices):
    FALSE_ADVERTISING = supervision.Theme.FALSE_ADVERTISING, _("False advertising")
    ARBITRARY_CHARGES = supervision.Theme.ARBITRARY_CHARGES, _("Arbitrary charges")
    SHIRKING = supervision.Theme.SHIRKING, _("Shirking of responsibility")
    QUALITY = supervision.Theme.QUALITY, _("Quality of handling")


class DepartmentChoices(models.TextChoices):
    MARKET_REGULATION = supervision.Department.MARKET_REGULATION, _("Market regulation")
    COMMERCE = supervision.Department.COMMERCE, _("Commerce")
    AGRICULTURE = supervision.Department.AGRICULTURE, _("Agriculture and rural affairs")


class FindingStateChoices(models.TextChoices):
    OPEN = supervision.FindingState.OPEN, _("to be rectified")
    ANSWERED = supervision.FindingState.ANSWERED, _("rectification reported")
    RETURNED = supervision.FindingState.RETURNED, _("sent back")
    ACCEPTED = supervision.FindingState.ACCEPTED, _("rectified")


FINDING_TONES = {
    supervision.FindingState.OPEN: "warn",
    supervision.FindingState.ANSWERED: "wait",
    supervision.FindingState.RETURNED: "bad",
    supervision.FindingState.ACCEPTED: "good",
}


class SeverityChoices(models.TextChoices):
    MINOR = supervision.Severity.MINOR, _("minor")
    SERIOUS = supervision.Severity.SERIOUS, _("serious")


class Check(models.Model):
    """One inspection of one county: claims drawn by rule and seed, gone through by a checklist.

    `rule` keeps what was asked for when drawing (share, least, most, themes' filter), `drawn_from` how many
    closed claims there were; the same seed over the same claims draws the same ones again. `follows` names
    the check of an earlier cycle whose findings it looks at again.
    """

    county_code = models.CharField(_("county"), max_length=12)
    kind = models.CharField(_("kind"), max_length=10, choices=CheckKindChoices)
    theme = models.CharField(_("about"), max_length=20, choices=ThemeChoices)
    department = models.CharField(_("department"), max_length=20, choices=DepartmentChoices)
    period = models.CharField(_("period"), max_length=7)
    seed = models.CharField(_("seed"), max_length=32)
    rule = models.JSONField(_("rule of drawing"), default=dict)
    drawn_from = models.PositiveIntegerField(_("drawn from"), default=0)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("check", "opened by"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("check", "opened"))
    conclusion = models.TextField(_("conclusion"), blank=True, max_length=2000)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("check", "closed by"),
    )
    closed_at = models.DateTimeField(pgettext_lazy("check", "closed"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "kind", "theme", "department", "period"], name="check_once_a_period"
            ),
        ]

    def __str__(self):
        return f"{self.county_code} {self.period}"


class CheckItem(models.Model):
    """One claim of a check with the answers to its checklist."""

    check_round = models.ForeignKey(Check, models.PROTECT, related_name="items", verbose_name=_("check"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", verbose_name=_("claim"))
    position = models.PositiveSmallIntegerField(_("position"))
    answers = models.JSONField(_("answers"), default=dict)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("checked claim")
        verbose_name_plural = _("checked claims")
        ordering = ["check_round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["check_round", "claim"], name="check_item_once"),
            models.UniqueConstraint(fields=["check_round", "position"], name="check_item_position"),
        ]

    def __str__(self):
        return str(self.position)


class Finding(models.Model):
    """Something that was not as it should be, to be put right by a day; about a claim, a place or a party.

    `words` hold no personal data. `repeats` names the finding of an earlier cycle that came again.
    """

    check_round = models.ForeignKey(Check, models.PROTECT, related_name="findings", verbose_name=_("check"))
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    item = models.ForeignKey(
        CheckItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("checked claim"),
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("station")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party")
    )
    question = models.CharField(_("question of the checklist"), max_length=40, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=SeverityChoices)
    words = models.CharField(_("finding"), max_length=500)
    due_on = models.DateField(_("to be rectified by"))
    state = models.CharField(
        _("state"), max_length=8, choices=FindingStateChoices, default=FindingStateChoices.OPEN
    )
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name=_("repeats")
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("found by")
    )
    found_at = models.DateTimeField(pgettext_lazy("finding", "found"))
    accepted_at = models.DateTimeField(pgettext_lazy("finding", "accepted"), null=True, blank=True)
    reminded_on = models.DateField(_("reminded"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["county_code", "state", "due_on"], name="finding_county_state")]

    def __str__(self):
        return self.words[:40]


class Rectification(models.Model):
    """What a county reports to have done about a finding, and what was made of that by somebody else."""

    finding = models.ForeignKey(
        Finding, models.PROTECT, related_name="rectifications", verbose_name=_("finding")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    words = models.CharField(_("what was done"), max_length=1000)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    reported_at = models.DateTimeField(_("reported"))
    is_accepted = models.BooleanField(pgettext_lazy("rectification", "accepted"), null=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("rectification", "judged by"),
    )
    judged_at = models.DateTimeField(pgettext_lazy("rectification", "judged"), null=True, blank=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        ordering = ["finding", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(is_accepted__isnull=True), name="rectification_one_open"
            ),
            models.CheckConstraint(
                condition=Q(is_accepted__isnull=True, judged_at__isnull=True)
                | Q(is_accepted__isnull=False, judged_at__isnull=False),
                name="rectification_judged",
            ),
        ]

    def __str__(self):
        return self.words[:40]


@append_only
class Evaluation(models.Model):
    """The evaluation of a county's quarter: its figures and targets as they stood, and what is made of them.

    `figures` is canonical JSON and never changes; `sha256` is its fingerprint. The plan that follows is
    rows of ImprovementMeasure, looked at again in the evaluation of the next quarter.
    """

    county_code = models.CharField(_("county"), max_length=12)
    quarter = models.CharField(_("quarter"), max_length=7)
    figures = models.TextField(_("figures"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    conclusion = models.CharField(_("conclusion"), max_length=1000)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("evaluation", "made by"),
    )
    made_at = models.DateTimeField(_("made"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("quarterly evaluation")
        verbose_name_plural = _("quarterly evaluations")
        ordering = ["-quarter", "county_code"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "quarter"], name="evaluation_once_a_quarter")
        ]

    def __str__(self):
        return f"{self.county_code} {self.quarter}"


class MeasureStateChoices(models.TextChoices):
    PLANNED = supervision.MeasureState.PLANNED, pgettext_lazy("measure", "planned")
    DONE = supervision.MeasureState.DONE, pgettext_lazy("measure", "done")
    DROPPED = supervision.MeasureState.DROPPED, _("given up")


class ImprovementMeasure(models.Model):
    """One line of the plan that follows an evaluation: which figure, what is done, by whom, by when."""

    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, related_name="measures", verbose_name=_("evaluation")
    )
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    figure = models.CharField(_("figure"), max_length=40)
    words = models.CharField(_("what is to be done"), max_length=500)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    due_on = models.DateField(pgettext_lazy("measure", "by"))
    state = models.CharField(
        _("state"), max_length=7, choices=MeasureStateChoices, default=MeasureStateChoices.PLANNED
    )
    result = models.CharField(_("result"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    carried_over_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_over_to",
        verbose_name=_("carried over from"),
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("measure", "planned by"),
    )
    planned_at = models.DateTimeField(_("planned at"))

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code")

    class Meta:
        verbose_name = _("measure of improvement")
        verbose_name_plural = _("measures of improvement")
        ordering = ["due_on", "id"]

    def __str__(self):
        return self.words[:40]
