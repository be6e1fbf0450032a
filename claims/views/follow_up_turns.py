"""Heads see who may make a call, who has how many already, and say whose turn it is."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from claims.forms.follow_ups import ANYBODY, TurnForm
from claims.models import FollowUp
from claims.models.follow_ups import FollowUpState
from claims.queries import dispatch as people
from claims.queries import follow_up_turns as reading
from claims.rules.follow_up_turns import Candidate, Nearness
from claims.services import follow_up_turns as service
from claims.views.follow_ups import FollowUpPage
from stations.access.places import permissions

WHERE = {
    Nearness.STATION: gettext_lazy("works at the station"),
    Nearness.TOWNSHIP: gettext_lazy("works in the township"),
    Nearness.COUNTY: gettext_lazy("works in the county office"),
}


@dataclass(frozen=True)
class Person:
    """One row of the page: who, where, and how many calls they have to make."""

    key: int
    name: str
    where: str
    load: int


class FollowUpTurn(FollowUpPage):
    """Gives a call to somebody who may make it, or to whoever has time."""

    template_name = "claims/follow_up_turn.html"

    def get(self, request, pk):
        follow_up = self._find(pk)
        if follow_up.state != FollowUpState.OPEN:
            messages.info(request, _("This follow-up is over; nobody has to call any more."))
            return redirect("claims:follow_up", pk)
        return self._page(follow_up)

    def post(self, request, pk):
        follow_up = self._find(pk)
        form = TurnForm(request.POST, people=self._people(follow_up))
        if form.is_valid() and form.call(
            service.set_caller,
            follow_up=follow_up,
            to=self._chosen(form),
            by=request.user,
            now=timezone.now(),
        ):
            if form.result.caller_id:
                told = _("It is the turn of %(name)s now.") % {"name": form.result.caller}
            else:
                told = _("Whoever has time makes this call now.")
            messages.success(request, told)
            return redirect("claims:follow_up", pk)
        return self._page(self._find(pk), form)

    def _find(self, pk) -> FollowUp:
        rows = FollowUp.objects.select_related(
            "claim__station__parent", "claim__consumer", "claim__order_line", "caller"
        )
        follow_up = get_object_or_404(rows, pk=pk)
        if "claims.assign_claim" not in permissions(self.request.user, follow_up):
            raise Http404
        return follow_up

    @staticmethod
    def _people(follow_up: FollowUp) -> list[Person]:
        """Those who may call and whom the person at the door sees, in the order of the rule."""
        found = reading.candidates_for(follow_up, now=timezone.now())
        seen = people.people_in_reach(each.person_id for each in found)
        names = people.names_of([each.person_id for each in found])

        def named(candidate: Candidate) -> tuple[str, str]:
            name, station = names[candidate.person_id]
            return name, " · ".join(filter(None, [str(WHERE[candidate.nearness]), station]))

        return [Person(each.person_id, *named(each), each.load) for each in found if each.person_id in seen]

    @staticmethod
    def _chosen(form: TurnForm) -> User | None:
        key = form.cleaned_data["to"]
        return User.objects.get(pk=key) if key else None

    def _page(self, follow_up: FollowUp, form: TurnForm | None = None):
        shown = self._people(follow_up)
        form = form or TurnForm(people=shown, initial={"to": str(follow_up.caller_id or ANYBODY)})
        return self.page(
            follow_up=follow_up,
            claim=follow_up.claim,
            people=shown,
            form=form,
            chosen=form["to"].value(),
            by_visit=reading.is_by_visit(follow_up.claim),
            place=follow_up.claim.station,
            status=409 if form.refused else 200,
        )
