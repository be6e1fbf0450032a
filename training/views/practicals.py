"""Practical exams: whom to examine, the sheet filled in beside the candidate, and what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web import idempotency
from aftersales.web.paging import keyset_page
from stations.access.guards import narrow
from stations.access.places import PlacePage, own_station, permissions
from stations.models import Agent
from training.forms.practicals import ScoreForm
from training.models import PracticalExam, PracticalSheet
from training.queries import practicals as reading
from training.rules.practicals import read_items, scored
from training.services import practicals as service

PAGE_SIZE = 30
QUERY_SIGNS = 60
LOOKERS_ON = {"training.view_training", "training.examine"}


class PracticalList(PlacePage):
    """Practical exams within reach, the newest first; for a learner their own."""

    permission = ("training.sit_exam", *sorted(LOOKERS_ON))
    template_name = "training/practical_list.html"

    def get(self, request):
        looks_after = bool(LOOKERS_ON & permissions(request.user))
        if looks_after:
            narrow(request.user, *LOOKERS_ON)
        rows = PracticalExam.objects.all() if looks_after else reading.own(request.user)
        if is_failed := looks_after and request.GET.get("show") == "failed":
            rows = rows.filter(has_passed=False)
        return self.page(
            list_page=keyset_page(
                reading.listed(rows),
                cursor=request.GET.get("cursor", ""),
                order=reading.LIST_ORDER,
                size=PAGE_SIZE,
            ),
            looks_after=looks_after,
            is_failed=is_failed,
            place=own_station(request.user),
        )


class CandidateList(PlacePage):
    """Whom one may examine; found by name or station. `?sheet=` chooses the sheet first."""

    permission = "training.examine"
    template_name = "training/practical_candidates.html"

    def get(self, request):
        sheets = list(reading.sheets_in_use())
        wanted = request.GET.get("sheet", "")
        sheet = next((each for each in sheets if str(each.pk) == wanted), sheets[0] if sheets else None)
        text = request.GET.get("q", "")[:QUERY_SIGNS]
        return self.page(
            list_page=keyset_page(
                reading.candidates(request.user, text),
                cursor=request.GET.get("cursor", ""),
                order=reading.CANDIDATE_ORDER,
                size=PAGE_SIZE,
            ),
            sheets=sheets,
            sheet=sheet,
            text=text,
            place=own_station(request.user),
        )


class PracticalNew(PlacePage):
    """The sheet beside the candidate: points item by item, shown once more before they are recorded."""

    permission = "training.examine"
    template_name = "training/practical_new.html"
    about = "agent"

    def get(self, request, sheet, agent):
        found = self._sheet(sheet)
        return self._page(found, self._agent(agent), ScoreForm(found, today=timezone.localdate()))

    def post(self, request, sheet, agent):
        found, candidate = self._sheet(sheet), self._agent(agent)
        form = ScoreForm(found, request.POST, today=timezone.localdate())
        if not form.is_valid() or "change" in request.POST:
            return self._page(found, candidate, form)
        if "confirm" not in request.POST:
            result = scored(form.items, form.points, found.pass_permille)
            return self._page(found, candidate, form, result=result)
        if form.call(self._record, sheet=found, agent=candidate, form=form):
            messages.success(request, _("Recorded. The candidate is told."))
            return redirect("training:practical_detail", form.result)
        return self._page(found, candidate, form)

    def _record(self, *, sheet: PracticalSheet, agent: Agent, form: ScoreForm) -> str:
        """Record it once, however often it is sent; returns the key of the row."""
        user = self.request.user

        def effect() -> idempotency.Answer:
            return idempotency.Answer.to(
                service.record(
                    sheet,
                    user=agent.user,
                    points=form.points,
                    held_on=form.cleaned_data["held_on"],
                    remark=form.cleaned_data["remark"],
                    by=user,
                    now=timezone.now(),
                )
            )

        answer, _is_replay = idempotency.once(
            client=f"user:{user.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=idempotency.fingerprint(
                {**form.shown_values, "sheet": sheet.pk, "agent": agent.pk, "page": "practical"}
            ),
            effect=effect,
        )
        return answer.object_id

    def _sheet(self, pk) -> PracticalSheet:
        return get_object_or_404(PracticalSheet, pk=pk)

    def _agent(self, pk) -> Agent:
        return get_object_or_404(Agent.objects.select_related("user", "station"), pk=pk, left_on__isnull=True)

    def _page(self, sheet: PracticalSheet, agent: Agent, form: ScoreForm, result=None):
        return self.page(
            sheet=sheet,
            agent=agent,
            form=form,
            result=result,
            most=reading.most_points(form.items),
            is_self=agent.user_id == self.request.user.pk,
            place=own_station(self.request.user),
        )


class PracticalDetail(PlacePage):
    """A practical exam as it was scored: for the candidate, and for those who look after training."""

    permission = ("training.sit_exam", *sorted(LOOKERS_ON))
    template_name = "training/practical_detail.html"

    def get(self, request, pk):
        practical = self._find(pk)
        lines = reading.lines_of(practical)
        return self.page(
            practical=practical,
            lines=lines,
            reached=sum(line.reached for line in lines),
            most=reading.most_points(read_items(practical.sheet.items)),
            is_own=practical.user_id == request.user.pk,
            looks_after=bool(LOOKERS_ON & permissions(request.user)),
            place=own_station(request.user),
        )

    def _find(self, pk) -> PracticalExam:
        if own := reading.listed(reading.own(self.request.user)).filter(pk=pk).first():
            return own
        found = get_object_or_404(reading.listed(PracticalExam.objects.all()), pk=pk)
        if not LOOKERS_ON & permissions(self.request.user, found):
            raise Http404
        return found
