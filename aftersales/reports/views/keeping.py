"""Freezing a period, correcting an edition and publishing it: for who keeps the reports of the programme."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from aftersales.lib.periods import Period, PeriodError, PeriodKind
from aftersales.reports import freezing, publishing
from aftersales.reports.forms import CorrectForm, FreezeForm, PublishForm
from aftersales.reports.models import Edition
from aftersales.reports.models.editions import EditionKind
from aftersales.web.period_choices import MONTHS_OFFERED, QUARTERS_OFFERED
from claims.queries.figures import cells
from stations.access.guards import PermissionMixin
from stations.rules.regions import NATION


def periods_over(today) -> list[Period]:
    """The months and quarters that can be frozen, the newest first."""
    months = Period.of(today, PeriodKind.MONTH).previous.back(MONTHS_OFFERED)
    quarters = Period.of(today, PeriodKind.QUARTER).previous.back(QUARTERS_OFFERED)
    return sorted((*months, *quarters), key=lambda period: (period.last, period.first), reverse=True)


class FreezeView(PermissionMixin, View):
    """Close a month or a quarter: the reports of all regions are frozen."""

    permission = "reports.freeze_period"
    throughout = True

    def get(self, request):
        return self._page(FreezeForm(periods=self._open, initial={"period": request.GET.get("period")}))

    def post(self, request):
        form = FreezeForm(request.POST, periods=self._open)
        if form.is_valid() and form.call(
            freezing.ask, period=form.cleaned_data["period"], by=request.user, now=timezone.now()
        ):
            return redirect("reports:freezing", form.cleaned_data["period"].name)
        return self._page(form)

    @cached_property
    def _open(self) -> list[Period]:
        frozen = set(Edition.objects.filter(level=0).values_list("period", flat=True))
        return [period for period in periods_over(timezone.localdate()) if period.name not in frozen]

    def _page(self, form):
        return render(
            self.request,
            "reports/freeze.html",
            {"form": form, "periods": self._open, "counted_at": cells.counted_at()},
        )


class FreezingView(PermissionMixin, View):
    """While a period is being frozen: the page asks again by itself, until the country's report is there."""

    permission = "reports.freeze_period"
    throughout = True

    def get(self, request, period):
        try:
            asked = Period.named(period)
        except PeriodError:
            raise Http404 from None
        if asked not in periods_over(timezone.localdate()):
            raise Http404
        known = freezing.newest(asked)
        if NATION not in known:
            return render(request, "reports/freezing.html", {"period": asked, "months": self._months(asked)})
        messages.success(
            request,
            _("%(period)s is frozen. Reports: %(n)s") % {"period": asked.name, "n": len(known)},
        )
        return redirect("reports:edition", known[NATION].pk)

    @staticmethod
    def _months(period: Period) -> list[tuple[str, bool]]:
        """The months of a quarter, and which of them are frozen already."""
        if period.kind != PeriodKind.QUARTER:
            return []
        return [(month.name, freezing.is_frozen(month)) for month in period.months()]


class EditionStepView(PermissionMixin, View):
    """A step that somebody takes about one edition, after being asked once more."""

    throughout = True

    @cached_property
    def edition(self) -> Edition:
        return get_object_or_404(Edition.objects.select_related("corrected_by"), pk=self.kwargs["pk"])

    @property
    def is_newest(self) -> bool:
        return not hasattr(self.edition, "corrected_by")


class CorrectView(EditionStepView):
    """Freeze what an edition says anew, with the reason."""

    permission = "reports.freeze_period"

    def get(self, request, pk):
        return self._page(CorrectForm())

    def post(self, request, pk):
        form = CorrectForm(request.POST)
        if form.is_valid() and form.call(
            freezing.correct,
            edition=self.edition,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Edition %(number)s is frozen.") % {"number": form.result.number})
            return redirect("reports:edition", form.result.pk)
        return self._page(form)

    def _page(self, form):
        context = {"form": form, "edition": self.edition, "is_newest": self.is_newest}
        return render(self.request, "reports/correct.html", context)


class PublishView(EditionStepView):
    """Show a quarter's edition to everybody."""

    permission = "reports.publish_report"

    def get(self, request, pk):
        return self._page(PublishForm())

    def post(self, request, pk):
        form = PublishForm(request.POST)
        if form.is_valid() and form.call(
            publishing.publish,
            edition=self.edition,
            foreword=form.cleaned_data["foreword"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("The report is public now."))
            return redirect("reports:edition", self.edition.pk)
        return self._page(form)

    def _page(self, form):
        if self.edition.kind != EditionKind.QUARTER:
            raise Http404
        context = {
            "form": form,
            "edition": self.edition,
            "is_newest": self.is_newest,
            "is_public": hasattr(self.edition, "publication"),
        }
        return render(self.request, "reports/publish.html", context)
