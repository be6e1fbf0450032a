"""What can be done with a visit right now, by whom, and where that leads."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models import Visit
from claims.rules.visits import VisitState, VisitStep, steps_from
from claims.services.visit_rows import is_too_early
from claims.views.actions import Step

STEPS = {
    VisitStep.START: (_("I set out"), "truck", "main"),
    VisitStep.FINISH: (_("Note what came of it"), "check", "main"),
    VisitStep.FAIL: (_("It came to nothing"), "cross", ""),
    VisitStep.MOVE: (_("Move to another time"), "calendar", ""),
    VisitStep.CANCEL: (_("Cancel the visit"), "stop", "bad"),
}
SET_OUT = _("Has set out")
MAKING = frozenset({VisitStep.START, VisitStep.FINISH, VisitStep.FAIL})


def may_make(visit: Visit, user, may: frozenset[str]) -> bool:
    """Whether a person may set out for a visit and write down what came of it: whoever goes, and for
    everybody else, providers included, those who send others."""
    if "claims.carry_out_visit" not in may:
        return False
    return visit.technician_id == user.pk or "claims.send_others" in may


def may_plan(visit: Visit, user, may: frozenset[str]) -> bool:
    """Whether a person may move or cancel a visit: whoever planned it, whoever goes, who sends others."""
    if "claims.plan_visit" not in may:
        return False
    return user.pk in (visit.technician_id, visit.planned_by_id) or "claims.send_others" in may


def allows(step: str, visit: Visit, user, may: frozenset[str]) -> bool:
    """Whether this person may take a step of the table now; the service has the last word."""
    if step not in steps_from(visit.state):
        return False
    if step in MAKING:
        is_somebodys = (visit.technician_id or visit.provider_id) is not None
        is_early = is_too_early(visit, step, now=timezone.now())
        return may_make(visit, user, may) and is_somebodys and not is_early
    return may_plan(visit, user, may)


def steps_of(visit: Visit, user, may: frozenset[str]) -> list[Step]:
    """The steps of a visit that this person may take, the next one first.

    Somebody who writes down for another is not asked to say "I", and nothing is urged on them before the way.
    """
    found = []
    is_own = visit.technician_id == user.pk
    is_next = is_own or visit.state == VisitState.UNDER_WAY
    for step, (label, icon, style) in STEPS.items():
        if allows(step, visit, user, may):
            quiet = style == "main" and (not is_next or any(each.style == "main" for each in found))
            if step == VisitStep.START and not is_own:
                label = SET_OUT
            url = reverse(f"claims:visit_{step}", args=[visit.pk])
            found.append(Step(label, url, icon, "" if quiet else style))
    if visit.state == VisitState.PLANNED and "claims.send_others" in may:
        found.append(Step(_("Let somebody else go"), reverse("claims:visit_give", args=[visit.pk]), "users"))
    return found
