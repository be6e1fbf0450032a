"""Cost of service: what visits and claims of a county cost, against what they cost before the network."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from claims.forms.costs import BaselineForm
from claims.queries import costs as reading
from claims.queries.figures import months_back
from claims.rules.costs import TARGET
from claims.services.cost_baselines import set_baseline
from claims.views import cost_words as words
from claims.views.incentives import month_asked
from claims.views.places import CasePage
from stations.access.guards import may_throughout
from stations.models import Region, Station

MONTHS = 12
DEAREST = 10


class CostPage(CasePage):
    """A page about the cost of service of one county: `?county=`, else the first one in reach."""

    permission = "claims.view_costbaseline"

    def county(self, codes: list[str], asked: str) -> Region:
        """The county asked for; 404 for one out of reach."""
        code = asked or next(iter(codes), "")
        if code not in codes:
            raise Http404
        return Region.objects.get(code=code)

    def codes(self) -> list[str]:
        """The counties with a station in reach."""
        return sorted(Station.objects.order_by().values_list("county_code", flat=True).distinct())


class ServiceCosts(CostPage):
    """One month (`?month=`) and the year that ends with it; `?format=xlsx` gives the month's claims."""

    template_name = "claims/service_costs.html"

    def get(self, request):
        codes = self.codes()
        county, month = self.county(codes, request.GET.get("county", "")), month_asked(request)
        if form := request.GET.get("format", ""):
            return self._export(county, month, form)
        year = reading.months(county.code, months_back(month, MONTHS))
        shown = year[-1]
        for each in year:
            each.said = words.saving_said(each.saving)
            each.compared = words.compared(each.saving)
            each.tone = words.tone_of(each.saving)
            each.share = None if each.saving is None else abs(each.saving)
        dearest = [each for each in reading.claims_of(county.code, month)[:DEAREST] if each.spent.fen]
        return self.page(
            county=county,
            place=county.name,
            month=month,
            months=months_back(timezone.localdate(), MONTHS)[::-1],
            counties=list(Region.objects.filter(code__in=codes).order_by("code")) if len(codes) > 1 else [],
            shown=shown,
            year=year[::-1],
            kinds=words.kinds(shown.spent),
            bearers=words.bearers(shown.spent),
            dearest=dearest,
            chart=words.chart(year),
            target=TARGET,
            baselines=reading.baselines(county.code),
            may_set=may_throughout(request.user, "claims.set_cost_baseline", county.code),
        )

    def _export(self, county, month, form):
        if form not in ("xlsx", "csv"):
            raise Http404
        now = timezone.now()
        (figures,) = reading.months(county.code, [month])
        claims = reading.claims_of(county.code, month)
        made = {"made_by": str(self.request.user), "made_at": now}
        written = exports.write(words.export(county.name, month, claims, figures, **made), form)
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=county.code,
            after={
                "report": "service_costs",
                "month": f"{month:%Y-%m}",
                "form": form,
                "rows": written.rows,
                "sha256": written.sha256,
            },
            at=now,
        )
        return written.response()


class BaselineSet(CostPage):
    """The manager writes down what a claim cost before; figures of the past stay as they are."""

    permission = "claims.set_cost_baseline"
    template_name = "claims/cost_baseline.html"

    def get(self, request, county_code):
        return self._page(county_code, BaselineForm(initial={"valid_from": timezone.localdate()}))

    def post(self, request, county_code):
        county, form = self._county(county_code), BaselineForm(request.POST)
        if form.is_valid() and form.call(
            set_baseline, county_code=county.code, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Set. The saving is measured against it from its day on."))
            return redirect(f"{reverse('claims:service_costs')}?county={county.code}")
        return self._page(county_code, form)

    def _county(self, county_code: str) -> Region:
        return self.county(self.codes(), county_code)

    def _page(self, county_code, form):
        county = self._county(county_code)
        return self.page(
            status=409 if form.refused else 200,
            county=county,
            place=county.name,
            form=form,
            baselines=reading.baselines(county.code),
        )
