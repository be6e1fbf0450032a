"""Opening hours of counties and of the programme: every version to read, new ones to set."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.scoping import current_scope
from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import column, standing
from stations.forms.calendar import PROGRAMME, HoursForm
from stations.models import OpeningHours
from stations.queries.calendar import hours_in_force
from stations.queries.versions import counties_with_centre, versions_in_reach
from stations.rules.opening import opening_slots
from stations.services import opening_hours as service

VALID_FROM = column("valid_from", formats.day, gettext_lazy("valid from"))


@admin.register(OpeningHours)
class OpeningHoursAdmin(ReadOnlyAdmin):
    list_display = ("place", VALID_FROM, "hours", "state")
    list_display_links = ("place",)
    ordering = ("county_code", "-valid_from")
    sortable_by = ()
    fields = readonly_fields = ("place", VALID_FROM, "hours", "state")
    add_label = gettext_lazy("Set new hours")

    def get_queryset(self, request):
        """The programme's hours and those of counties in the scope; how each stands today."""
        newer = OpeningHours.objects.filter(
            county_code=OuterRef("county_code"),
            valid_from__gt=OuterRef("valid_from"),
            valid_from__lte=timezone.localdate(),
        )
        return versions_in_reach(super().get_queryset(request)).annotate(is_replaced=Exists(newer))

    def has_add_permission(self, request):
        return request.user.has_perm("stations.add_openinghours")

    def add_view(self, request, form_url="", extra_context=None):
        """Set hours from a day on, filled in with those in force."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        counties = _counties()
        if not counties:
            raise PermissionDenied
        wanted = request.GET.get("county", counties[0][0])
        county = wanted if wanted in dict(counties) else counties[0][0]
        now = timezone.now()
        today = timezone.localdate(now)
        in_force = hours_in_force("" if county == PROGRAMME else county, on=today)
        form = HoursForm(
            request.POST if request.method == "POST" else None,
            counties=counties,
            initial={
                **{name: in_force and getattr(in_force, name) for name in service.HOURS},
                "county_code": county,
                "valid_from": today + timedelta(days=1),
            },
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(service.set_opening_hours, **form.cleaned_data, by=request.user, now=now)
        ):
            told = _("The hours count from %(day)s on.") % {"day": formats.day(form.result.valid_from)}
            self.message_user(request, told, messages.SUCCESS)
            return redirect("admin:stations_openinghours_changelist")
        return self.service_page(
            request,
            form,
            title=_("Set opening hours"),
            button=_("Set the hours"),
            text=_("For stations that name no hours of their own, nor the stations above them."),
        )

    @admin.display(description=gettext_lazy("place"))
    def place(self, row):
        return row.county_name or row.county_code or _("whole programme")

    @admin.display(description=gettext_lazy("opening hours"))
    def hours(self, row):
        slots = opening_slots(*(getattr(row, name) for name in service.HOURS))
        return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in slots)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row):
        return standing(row.valid_from, is_replaced=row.is_replaced)


def _counties() -> list[tuple[str, str]]:
    """Where this person may set hours: counties with a centre in reach; with everything in reach, the
    programme itself."""
    counties = counties_with_centre()
    if current_scope().everywhere:
        return [(PROGRAMME, _("whole programme")), *counties]
    return counties
