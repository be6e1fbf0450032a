"""Exams sat, practical exams and their sheets as rows; papers and answers are shown to whoever sat them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, moment_column
from aftersales.web.admin_filters import InUseFilter
from aftersales.web.formats import permille
from training.models import PracticalExam, PracticalSheet, Sitting


class ScoredAdmin(ReadOnlyAdmin):
    """What somebody reached, and whether that is enough."""

    @admin.display(description=_("score"))
    def score_shown(self, row):
        return "—" if row.score_permille is None else permille(row.score_permille)

    @admin.display(description=_("passed"))
    def passed_shown(self, row):
        if row.has_passed is None:
            return "—"
        return badge(_("passed"), "good") if row.has_passed else badge(_("not passed"), "warn")


@admin.register(Sitting)
class SittingAdmin(ScoredAdmin):
    list_display = (
        "user",
        "exam",
        "attempt",
        "station",
        "state",
        "score_shown",
        "passed_shown",
        moment_column("started_at", _("began")),
    )
    list_select_related = ("user", "exam", "station")
    list_filter = ("state", "has_passed", "exam__purpose")
    fields = readonly_fields = (
        "user",
        "exam",
        "attempt",
        "station",
        "state",
        "started_at",
        "ends_at",
        "ended_at",
        "score_shown",
        "passed_shown",
        "may_be_retaken_at",
    )
    ordering = ("-id",)
    sortable_by = ()


@admin.register(PracticalSheet)
class PracticalSheetAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "mark_shown", moment_column("retired_at", _("retired")))
    list_filter = (InUseFilter,)
    ordering = ("code",)
    sortable_by = ()

    @admin.display(description=_("pass mark"))
    def mark_shown(self, sheet):
        return permille(sheet.pass_permille)


@admin.register(PracticalExam)
class PracticalExamAdmin(ScoredAdmin):
    list_display = ("held_on", "user", "sheet", "station", "score_shown", "passed_shown", "examiner")
    list_select_related = ("user", "sheet", "station", "examiner")
    list_filter = ("has_passed",)
    ordering = ("-id",)
    sortable_by = ()
