"""Quarterly checks of skills as rows: they are recorded on their own pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, moment_column
from aftersales.web.formats import permille
from training.models import SkillsCheck
from training.rules.skills import name_of


@admin.register(SkillsCheck)
class SkillsCheckAdmin(ReadOnlyAdmin):
    list_display = (
        "user",
        "station",
        "quarter_shown",
        "attitude_shown",
        "passed_shown",
        "by",
        moment_column("at", _("when")),
    )
    list_select_related = ("user", "station", "by")
    list_filter = ("has_passed", "quarter")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("quarter"))
    def quarter_shown(self, check):
        return name_of(check.quarter)

    @admin.display(description=_("attitude"))
    def attitude_shown(self, check):
        return permille(check.attitude_permille)

    @admin.display(description=_("passed"))
    def passed_shown(self, check):
        return badge(_("passed"), "good") if check.has_passed else badge(_("not passed"), "warn")
