"""The plan that follows an evaluation: a new line, and how one ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.evaluations import EndForm, MeasureForm
from claims.models import ImprovementMeasure
from claims.queries import evaluations as reading
from claims.services import evaluations as service
from claims.views import supervision_words as words
from claims.views.evaluations import PLAN, EvaluationPage


class MeasureNew(EvaluationPage):
    """A line of the plan; `?from=` goes on with one that the quarter before left over."""

    permission = PLAN
    template_name = "claims/measure_new.html"

    def get(self, request, pk):
        evaluation = self.find(pk)
        return self._page(evaluation, None)

    def post(self, request, pk):
        return self._page(self.find(pk), request.POST)

    def _page(self, evaluation, data):
        now, carried = timezone.now(), self._carried(evaluation)
        form = MeasureForm(
            data,
            figures=self._figures(evaluation),
            people=reading.can_be_responsible(evaluation.county_code, now),
            carried=carried,
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                service.plan_measure,
                evaluation=evaluation,
                carried_over_from=carried,
                by=self.request.user,
                now=now,
                **form.cleaned_data,
            )
        ):
            messages.success(self.request, _("Planned."))
            return redirect("supervision:evaluation_detail", evaluation.pk)
        return self.page(
            status=409 if form.refused else 200,
            evaluation=evaluation,
            place=evaluation.county_name,
            carried=carried,
            form=form,
        )

    def _carried(self, evaluation) -> ImprovementMeasure | None:
        asked = self.request.GET.get("from", "")
        if not asked:
            return None
        found = next((each for each in reading.left_over(evaluation) if str(each.pk) == asked), None)
        if found is None:
            raise Http404
        return found

    def _figures(self, evaluation) -> list[tuple[str, str]]:
        """The figures, those that missed their target first."""
        lines = reading.lines_of(evaluation).values()
        ordered = sorted(lines, key=lambda line: not line.missed)
        return [
            (
                line.code,
                f"{words.figure_name(line.code)} · {_('target missed')}"
                if line.missed
                else words.figure_name(line.code),
            )
            for line in ordered
        ]


class MeasureEnd(EvaluationPage):
    """Whether a measure is done or given up, and what came of it."""

    permission = PLAN
    template_name = "claims/measure_end.html"

    def get(self, request, pk):
        return self._page(self._measure(pk), EndForm())

    def post(self, request, pk):
        measure, form = self._measure(pk), EndForm(request.POST)
        if form.is_valid() and form.call(
            service.end_measure, measure=measure, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted."))
            return redirect("supervision:evaluation_detail", measure.evaluation_id)
        return self._page(measure, form)

    def _measure(self, pk) -> ImprovementMeasure:
        rows = ImprovementMeasure.objects.select_related("evaluation", "responsible")
        return get_object_or_404(rows, pk=pk)

    def _page(self, measure, form):
        return self.page(
            status=409 if form.refused else 200,
            measure=measure,
            figure=words.figure_name(measure.figure),
            evaluation=self.find(measure.evaluation_id),
            form=form,
        )
