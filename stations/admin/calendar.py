"""The working calendar: a year to look at, a day to change, a notice to enter."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.service_forms import ServiceForm
from stations.access.guards import may_throughout
from stations.admin.calendar_year import figures_of, months_of, weekdays
from stations.forms.calendar import DayForm, NoticeForm
from stations.models import WorkCalendarDay
from stations.queries.calendar import DayBook, calendar_between, holiday_label, unconfirmed_years
from stations.rules.calendar import FIRST_YEAR, LAST_YEAR, days_of, periods_of
from stations.services import calendar

CHANGE = "stations.change_workcalendarday"


@admin.register(WorkCalendarDay)
class WorkCalendarDayAdmin(ReadOnlyAdmin):
    fields = readonly_fields = ("date", "kind", "holiday", "is_workday", "is_confirmed", "source")

    def get_urls(self):
        own = [
            path(
                f"<int:year>/{step}/",
                self.admin_site.admin_view(view),
                name=f"stations_workcalendarday_{step}",
            )
            for step, view in (("notice", self.notice_view), ("seed", self.seed_view))
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("holiday"))
    def holiday(self, day):
        return holiday_label(day.holiday_name)

    def changelist_view(self, request, extra_context=None):
        """A year at a glance instead of 365 rows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.GET.keys() - {"year", ERROR_FLAG}:
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        today = timezone.localdate()
        year = _year_asked_for(request.GET.get("year", ""), today.year)
        book = _book_of(year)
        may_change = may_throughout(request.user, CHANGE)
        rows = WorkCalendarDay.objects.filter(date__year=year)
        keys = dict(rows.values_list("date", "pk")) if may_change else {}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Working calendar %(year)s") % {"year": year},
            "opts": self.opts,
            "year": year,
            "earlier": year - 1 if year > FIRST_YEAR else None,
            "later": year + 1 if year < LAST_YEAR else None,
            "is_confirmed": not unconfirmed_years([year]),
            "has_rows": rows.exists(),
            "sources": sorted(set(rows.values_list("source", flat=True)) - {"", calendar.COMPUTED}),
            "figures": figures_of(year, book),
            "weekdays": weekdays(),
            "months": months_of(
                year, book, today=today, url_of=lambda day: _address(keys[day]) if day in keys else ""
            ),
            "may_change": may_change,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/stations/workcalendarday/year.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What the day is, and for those who keep the calendar a form to say otherwise."""
        if not may_throughout(request.user, CHANGE):
            return super().change_view(request, object_id, form_url, extra_context)
        day = self.get_object(request, object_id)
        if day is None:
            raise Http404
        names = ("kind", "holiday_name", "source")
        form = DayForm(
            request.POST if request.method == "POST" else None,
            day=day.date,
            initial={name: getattr(day, name) for name in names},
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                calendar.change_day, day=day, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        ):
            return self._done(request, day.date.year, _("The day was changed."))
        return self.service_page(
            request,
            form,
            title=f"{day} · {WEEKDAYS[day.date.weekday()]}",
            button=_("Change the day"),
            text=_("Open claims whose time runs over this day are counted anew at once."),
        )

    def notice_view(self, request, year):
        """Confirm a year: the arrangement of its official notice, filled in with what counts so far."""
        self._check(request, year)
        book = _book_of(year)
        form = NoticeForm(
            request.POST if request.method == "POST" else None,
            periods=periods_of({day: book.facts(day) for day in days_of(year)}),
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                calendar.confirm_year,
                year=year,
                periods=form.periods,
                source=form.cleaned_data["source"],
                by=request.user,
                now=timezone.now(),
            )
        ):
            told = _("%(year)s is confirmed. Days that changed: %(days)s.") % {
                "year": year,
                "days": form.result.updated + form.result.imported,
            }
            return self._done(request, year, told)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Official notice for %(year)s") % {"year": year},
            "opts": self.opts,
            "form": form,
            "year": year,
        }
        status = 409 if form.refused else 200
        return TemplateResponse(request, "admin/stations/workcalendarday/notice.html", context, status=status)

    def seed_view(self, request, year):
        """Write the provisional days of a year, so that single days of it can be changed."""
        self._check(request, year)
        form = ServiceForm(request.POST if request.method == "POST" else None)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(calendar.seed_year, year=year, by=request.user, now=timezone.now())
        ):
            return self._done(request, year, _("The provisional days are written."))
        return self.service_page(
            request,
            form,
            title=_("Provisional days of %(year)s") % {"year": year},
            button=_("Write them"),
            text=_(
                "Weekends, statutory holidays and their substitutes, as the law alone makes them. "
                "Days that a notice confirms stay as they are."
            ),
        )

    def _check(self, request, year: int) -> None:
        if not may_throughout(request.user, CHANGE):
            raise PermissionDenied
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404

    def _done(self, request, year: int, told: str):
        self.message_user(request, told, messages.SUCCESS)
        return redirect(f"{reverse('admin:stations_workcalendarday_changelist')}?year={year}")


def _year_asked_for(text: str, this_year: int) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    return year if FIRST_YEAR <= year <= LAST_YEAR else this_year


def _book_of(year: int) -> DayBook:
    days = days_of(year)
    return calendar_between(days[0], days[-1])


def _address(key: int) -> str:
    return reverse("admin:stations_workcalendarday_change", args=[key])
