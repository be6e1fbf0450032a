"""The pages of the programme: how far it is, a new plan, the phase of a county."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from aftersales.dashboards import programme
from aftersales.dashboards.forms import PhaseForm, PlanForm
from stations.access.guards import PermissionMixin, may_throughout
from stations.access.scope import authority
from stations.models import ProgrammePlan, Region
from stations.queries import programme as queries
from stations.queries import stations_inside
from stations.rules.regions import prefix
from stations.services.programme import FIELDS, set_phase, set_plan

KEEP = "stations.keep_programme"


class ProgrammeView(PermissionMixin, TemplateView):
    """What was reached of the plan in the counties of whoever looks."""

    template_name = "dashboards/programme.html"
    permission = "stations.view_programme"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            may_plan=may_throughout(self.request.user, KEEP),
            may_set_phases=KEEP in authority(self.request.user).permissions,
            **programme.programme_board(timezone.localdate()),
            **kwargs,
        )


class PlanView(PermissionMixin, View):
    """A new plan, filled in with the one that counts."""

    permission = KEEP
    throughout = True

    def get(self, request):
        today = timezone.localdate()
        plan = queries.plan_on(today)
        given = {name: getattr(plan, name) for name in FIELDS}
        return self._page(PlanForm(initial={**given, "valid_from": today}))

    def post(self, request):
        form = PlanForm(request.POST)
        if form.is_valid() and form.call(set_plan, **form.planned, by=request.user, now=timezone.now()):
            messages.success(request, _("The new plan is set."))
            return redirect("dashboards:programme")
        return self._page(form)

    def _page(self, form):
        plans = ProgrammePlan.objects.select_related("set_by")
        return render(self.request, "dashboards/programme_plan.html", {"form": form, "plans": plans})


class PhaseView(PermissionMixin, View):
    """The phases of one county so far, and the next one."""

    permission = KEEP

    def get(self, request, county_code):
        form = PhaseForm(initial={"starts_on": timezone.localdate()})
        return self._page(self._county(county_code), form)

    def post(self, request, county_code):
        county, form = self._county(county_code), PhaseForm(request.POST)
        if form.is_valid() and form.call(
            set_phase, county_code=county.code, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The phase is set."))
            return redirect("dashboards:programme")
        return self._page(county, form)

    def _county(self, county_code: str) -> Region:
        if not stations_inside(prefix(county_code)).exists():
            raise Http404
        return get_object_or_404(Region, code=county_code)

    def _page(self, county: Region, form: PhaseForm):
        return render(
            self.request,
            "dashboards/programme_phase.html",
            {
                "county": county,
                "form": form,
                "history": queries.phase_history(county.code),
                "today": timezone.localdate(),
            },
        )
