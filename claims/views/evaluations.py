"""Quarterly evaluations of counties: which quarters are evaluated, a new one, one with its plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.periods import Period, PeriodError, PeriodKind
from aftersales.web.paging import keyset_page
from claims.forms.evaluations import EvaluationForm
from claims.models import Evaluation
from claims.queries import evaluations as reading
from claims.rules.evaluations import number_of, read_lines
from claims.services import evaluations as service
from claims.views import supervision_words as words
from claims.views.checks import PAGE_SIZE, SupervisionPage
from stations.access.guards import may_throughout
from stations.models import Region

EVALUATE, PLAN = "claims.evaluate", "claims.plan_improvement"


class EvaluationPage(SupervisionPage):
    """A page of quarterly evaluations."""

    here = "evaluations"

    def find(self, pk) -> Evaluation:
        evaluation = get_object_or_404(reading.evaluations(), pk=pk)
        evaluation.county_name = reading.kept(evaluation)["county_name"]
        return evaluation


class EvaluationList(EvaluationPage):
    """What is still to be evaluated of the last year, and all evaluations in reach, the newest first."""

    template_name = "claims/evaluation_list.html"

    def get(self, request):
        today, counties = timezone.localdate(), self.counties()
        quarters = reading.quarters_to_evaluate(today)
        made = set(
            Evaluation.objects.filter(quarter__in=[each.name for each in quarters]).values_list(
                "county_code", "quarter"
            )
        )
        page = keyset_page(
            reading.evaluations(),
            cursor=request.GET.get("cursor", ""),
            order=("-made_at", "-id"),
            size=PAGE_SIZE,
        )
        names = {county.code: county.name for county in counties}
        for evaluation in page.rows:
            evaluation.county_name = names.get(evaluation.county_code, evaluation.county_code)
        return self.page(
            list_page=page,
            due=[
                (county, quarter)
                for quarter in quarters
                for county in counties
                if (county.code, quarter.name) not in made
            ][:PAGE_SIZE],
        )


class EvaluationNew(EvaluationPage):
    """The figures of a quarter as they would be kept, and the conclusion."""

    permission = EVALUATE
    template_name = "claims/evaluation_new.html"

    def get(self, request, county_code, quarter):
        return self._page(county_code, quarter, EvaluationForm())

    def post(self, request, county_code, quarter):
        county, period = self._find(county_code, quarter)
        form = EvaluationForm(request.POST)
        if form.is_valid() and form.call(
            service.evaluate,
            county_code=county.code,
            quarter=period,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("Evaluated. The county can plan what follows."))
            return redirect("supervision:evaluation_detail", form.result.pk)
        return self._page(county_code, quarter, form)

    def _find(self, county_code, quarter) -> tuple[Region, Period]:
        county = next((each for each in self.counties() if each.code == county_code), None)
        try:
            period = Period.named(quarter)
        except PeriodError:
            raise Http404 from None
        if county is None or period.kind != PeriodKind.QUARTER or not period.is_over(timezone.localdate()):
            raise Http404
        return county, period

    def _page(self, county_code, quarter, form):
        county, period = self._find(county_code, quarter)
        content = reading.content_of(county.code, period, timezone.localdate())
        return self.page(
            status=409 if form.refused else 200,
            county=county,
            place=county.name,
            quarter=period.name,
            rows=words.figure_rows(read_lines(content), {}),
            **in_words(content),
            form=form,
        )


class EvaluationDetail(EvaluationPage):
    """The figures as they were kept, the conclusion, the plan, and what the plan before it did."""

    template_name = "claims/evaluation_detail.html"

    def get(self, request, pk):
        evaluation = self.find(pk)
        before, after = reading.previous(evaluation), reading.following(evaluation)
        lines = reading.lines_of(evaluation)
        earlier = reading.lines_of(before) if before else {}
        rows = words.figure_rows(lines.values(), earlier)
        return self.page(
            evaluation=evaluation,
            place=evaluation.county_name,
            before=before,
            after=after,
            rows=rows,
            missed=sum(row["missed"] for row in rows),
            **in_words(reading.kept(evaluation)),
            measures=words.measure_rows(
                reading.measures_of(evaluation), lines, reading.lines_of(after) if after else {}
            ),
            earlier_measures=words.measure_rows(reading.measures_of(before), earlier, lines)
            if before
            else [],
            left_over=reading.left_over(evaluation),
            may_plan=may_throughout(request.user, PLAN, evaluation.county_code),
            today=timezone.localdate(),
        )


def in_words(content) -> dict:
    """Cost of service and findings of a content, as the page shows them."""
    cost = content["cost"]
    each = round(cost["fen"] / cost["claims"]) if cost["claims"] else None
    return {
        "cost": {**cost, "each_fen": each, "saving": number_of(cost["saving"])},
        "found": content["findings"],
    }
