"""How the result of a diagnosis by phone looks, and where each result leads next."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, Compensation, Part
from claims.models.compensation import CompensationState
from claims.models.diagnoses import AdviceChoices
from claims.rules.diagnosis import Advice, Ending, is_diagnosed
from claims.rules.status import Action
from claims.rules.visits import VisitKind
from claims.services.visits import TASK_LIMIT
from claims.views.actions import Step, allowed

TONES = {
    Advice.SOLVED_BY_PHONE: "good",
    Advice.VISIT: "info",
    Advice.VISIT_WITH_PART: "info",
    Advice.WORKSHOP: "warn",
    Advice.REPLACE: "warn",
    Advice.DANGER: "bad",
}
ICONS = {
    Advice.SOLVED_BY_PHONE: "check-circle",
    Advice.VISIT: "truck",
    Advice.VISIT_WITH_PART: "tools",
    Advice.WORKSHOP: "box",
    Advice.REPLACE: "left",
    Advice.DANGER: "alert",
}


def shown(ending: Ending) -> dict:
    """The result in words, tone and icon."""
    return {
        "label": AdviceChoices(ending.advice).label,
        "tone": TONES[ending.advice],
        "icon": ICONS[ending.advice],
        "is_danger": ending.advice == Advice.DANGER,
        "say": ending.say,
    }


def diagnose_step(claim: Claim, may: frozenset[str]) -> list[Step]:
    """The step to the questions, where there are any for the goods of an open claim."""
    if "claims.diagnose" not in may or not claim.is_open or not is_diagnosed(claim.goods_type):
        return []
    return [Step(_("Diagnose by phone"), reverse("claims:diagnosis_new", args=[claim.number]), "phone")]


def next_steps(
    claim: Claim,
    ending: Ending,
    *,
    task: str,
    compensation: Compensation | None,
    may: frozenset[str],
    now: datetime,
) -> list[Step]:
    """What this person can do about a result, the first of them the one that the result asks for."""
    if not claim.is_open:
        return []
    makers = {
        Advice.SOLVED_BY_PHONE: _settle,
        Advice.VISIT: _visit,
        Advice.VISIT_WITH_PART: _visit,
        Advice.DANGER: _danger,
        Advice.WORKSHOP: _workshop,
        Advice.REPLACE: _replace,
    }
    found = makers[ending.advice](claim, task, compensation, may, now)
    return [
        Step(each.label, each.url, each.icon, "" if number else "main") for number, each in enumerate(found)
    ]


def task_of(symptom: str, parts: list[Part]) -> str:
    """What whoever visits is told to do, out of the known fault and the parts to bring."""
    brought = "、".join(f"{part.name} {part.code}" for part in parts)
    return Truncator("；".join(filter(None, [symptom, brought]))).chars(TASK_LIMIT)


def _settle(claim, task, compensation, may, now) -> list[Step]:
    if not allowed(Action.RESOLVE, claim, compensation, may, now):
        return []
    return [
        Step(_("It is settled"), reverse("claims:claim_move", args=[claim.number, Action.RESOLVE]), "check")
    ]


def _visit(claim, task, compensation, may, now) -> list[Step]:
    if "claims.plan_visit" not in may:
        return []
    query = urlencode({"kind": VisitKind.REPAIR.value, "task": task})
    url = f"{reverse('claims:visit_new', args=[claim.number])}?{query}"
    return [Step(_("Plan a visit"), url, "calendar")]


def _danger(claim, task, compensation, may, now) -> list[Step]:
    steps = _visit(claim, task, compensation, may, now)
    if "claims.work_on_claim" in may:
        url = reverse("claims:claim_record", args=[claim.number])
        steps.append(Step(_("Record that people are in danger"), url, "alert"))
    return steps


def _workshop(claim, task, compensation, may, now) -> list[Step]:
    steps = []
    if "claims.keep_goods" in may:
        steps.append(Step(_("Take goods in"), reverse("claims:goods_receive", args=[claim.number]), "box"))
    if "claims.work_on_claim" in may:
        steps.append(Step(_("Repairs"), reverse("claims:claim_repairs", args=[claim.number]), "tools"))
    return steps


def _replace(claim, task, compensation, may, now) -> list[Step]:
    is_open = compensation is not None and compensation.state == CompensationState.PROPOSED
    if not is_open or "claims.record_choice" not in may:
        return []
    url = reverse("claims:claim_choice", args=[claim.number])
    return [Step(_("Record the villager's choice"), url, "users")]
