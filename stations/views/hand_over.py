"""The hand-over list of somebody who leaves or moves."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import queries
from stations.forms.people import AssignForm, FinishForm
from stations.models import Agent
from stations.services import agents, hand_over
from stations.views.pages import NetworkPage


class HandOver(NetworkPage):
    """Everything a person holds, by kind: goes to colleagues; once nothing is left, the posting can end."""

    permission = "stations.hand_over"
    template_name = "stations/hand_over.html"

    def get(self, request, pk):
        agent = self._find(pk)
        return self._page(agent)

    def post(self, request, pk):
        agent = self._find(pk)
        return self._finish(agent) if "outcome" in request.POST else self._assign(agent)

    @staticmethod
    def _find(pk) -> Agent:
        return get_object_or_404(Agent.objects.select_related("user", "station"), pk=pk)

    def _assign(self, agent: Agent):
        form = AssignForm(self.request.POST, colleagues=self._colleagues(agent))
        if form.is_valid() and form.call(
            hand_over.assign,
            agent=agent,
            kind=form.cleaned_data["kind"],
            to=form.cleaned_data["to"],
            keys=None if form.cleaned_data["takes_all"] else form.cleaned_data["keys"],
            by=self.request.user,
            now=timezone.now(),
        ):
            told = _("%(number)s handed over to %(name)s.") % {
                "number": form.result,
                "name": form.cleaned_data["to"],
            }
            messages.success(self.request, told)
            return redirect("stations:hand_over", agent.pk)
        return self._page(agent, assigning=form)

    def _finish(self, agent: Agent):
        form = FinishForm(self.request.POST, agent=agent)
        if form.is_valid():
            common = {
                "agent": agent,
                "reason": form.cleaned_data["reason"],
                "by": self.request.user,
                "now": timezone.now(),
            }
            if form.cleaned_data["outcome"] == FinishForm.LEAVE:
                is_done = form.call(agents.leave, **common)
                told = _("%(name)s has left. The account is closed and every device signed out.")
            else:
                is_done = form.call(agents.post, station=form.cleaned_data["station"], **common)
                told = _("%(name)s works at the other station from now on.")
            if is_done:
                messages.success(self.request, told % {"name": agent})
                return redirect("stations:station_detail", self._find(agent.pk).station_id)
        return self._page(agent, finishing=form)

    @staticmethod
    def _colleagues(agent: Agent):
        return queries.people_in(agent.county_code).exclude(pk=agent.pk)

    def _page(
        self, agent: Agent, *, assigning: AssignForm | None = None, finishing: FinishForm | None = None
    ):
        refused = (assigning and assigning.refused) or (finishing and finishing.refused)
        return self.page(
            status=409 if refused else 200,
            agent=agent,
            work=hand_over.open_work(agent),
            colleagues=list(self._colleagues(agent)),
            assigning=assigning,
            finishing=finishing or FinishForm(agent=agent),
            postings=agent.postings.select_related("station").order_by("-started_on", "-pk"),
        )
