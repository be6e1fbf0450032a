"""A diagnosis by phone: one question a page, the result, and what it leads to.

The answers so far are in the address, so that reloading, going back and sending the page on all work
without a script and nothing is kept before the result is.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.idempotency import Answer, fingerprint, once
from claims.forms.diagnoses import ANSWERS_SIGNS, DiagnosisForm
from claims.models import Claim, Diagnosis, Issue
from claims.models.diagnoses import ApplianceChoices
from claims.queries import checklists, diagnoses
from claims.queries import issues as library
from claims.rules.diagnosis import Checklist, Ending, Walk, appliance_of, is_diagnosed, walk
from claims.services import diagnoses as service
from claims.views import diagnosis_words as words
from claims.views.compensation import current_compensation
from claims.views.places import CasePage
from stations.access.places import permissions


class ClaimDiagnosis(CasePage):
    """Chooses the questions, asks them one after the other, shows the result and keeps it."""

    permission = "claims.diagnose"

    def get(self, request, number):
        claim = self._claim(number)
        if refused := self._not_now(claim):
            return refused
        name = request.GET.get("list", "")
        checklist = checklists.versions().get(name)
        if checklist is None:
            if name:
                messages.info(request, _("There is no such checklist. Begin again."))
            return self._start(claim)
        walked = walk(checklist, read_answers(request.GET.get("answers", "")))
        if not walked.is_whole:
            messages.info(request, _("An answer does not fit the questions. Go on from here."))
        return self._where(claim, checklist, walked)

    def post(self, request, number):
        claim = self._claim(number)
        checklist = checklists.versions().get(request.POST.get("list", ""))
        walked = walk(checklist, read_answers(request.POST.get("answers", ""))) if checklist else None
        issues = self._issues(checklist, walked.ending) if walked and walked.ending else None
        form = DiagnosisForm(request.POST, issues=issues)
        if form.is_valid() and form.call(self._keep, claim=claim, form=form):
            messages.success(request, _("The diagnosis is kept."))
            return redirect("claims:diagnosis_detail", form.result)
        if checklist is None:
            return self._start(claim, form)
        return self._where(claim, checklist, walked, form)

    def _keep(self, *, claim: Claim, form: DiagnosisForm) -> str:
        """The key of the diagnosis; sent twice, it is one."""
        given, user = form.cleaned_data, self.request.user
        version = checklists.versions().get(given["list"])

        def effect() -> Answer:
            return Answer.to(
                service.record(
                    claim=claim,
                    appliance=version.appliance if version else "",
                    checklist=given["list"],
                    answers=read_answers(given["answers"]),
                    advice=given["advice"],
                    issue=given.get("issue"),
                    note=given["note"],
                    by=user,
                    now=timezone.now(),
                )
            )

        sent = fingerprint({"claim": claim.number, **form.shown_values})
        answer, _replayed = once(
            client=f"user:{user.pk}", key=given["form_key"], fingerprint=sent, effect=effect
        )
        return answer.object_id

    def _claim(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        return get_object_or_404(claims, number=number)

    def _not_now(self, claim: Claim):
        if claim.is_open and is_diagnosed(claim.goods_type):
            return None
        closed = _("This claim has ended.")
        told = closed if not claim.is_open else _("There are no questions about goods of this type.")
        messages.info(self.request, told)
        return redirect("claims:claim_detail", claim.number)

    def _issues(self, checklist: Checklist, ending: Ending):
        """What can be chosen from the library where the questions name no known fault."""
        return None if ending.issue else library.in_use().filter(appliance=checklist.appliance)

    def _start(self, claim: Claim, form: DiagnosisForm | None = None):
        likely = appliance_of(claim.order_line.product)
        offered = [
            {
                "label": ApplianceChoices(each).label,
                "url": address(claim, checklists.current(each), ()),
                "is_likely": each == likely,
            }
            for each in sorted(ApplianceChoices.values, key=lambda each: each != likely)
        ]
        return self.page(
            template="claims/diagnosis_start.html",
            claim=claim,
            line=claim.order_line,
            offered=offered,
            earlier=marked(diagnoses.of_claim(claim)),
            form=form,
            place=claim.station,
            status=409 if form is not None and form.refused else 200,
        )

    def _where(self, claim: Claim, checklist: Checklist, walked: Walk, form: DiagnosisForm | None = None):
        said = passed(claim, checklist, walked)
        context = {
            "claim": claim,
            "line": claim.order_line,
            "appliance": ApplianceChoices(checklist.appliance).label,
            "said": said,
            "back": said[-1]["url"] if said else reverse("claims:diagnosis_new", args=[claim.number]),
            "place": claim.station,
            "status": 409 if form is not None and form.refused else 200,
        }
        if walked.step is not None:
            return self.page(
                template="claims/diagnosis_ask.html",
                step=walked.step,
                number=len(said) + 1,
                options=[
                    {
                        "text": each.text,
                        "url": address(claim, checklist, [*walked.answers, [walked.step.id, each.key]]),
                    }
                    for each in walked.step.options
                ],
                form=form,
                **context,
            )
        ending = walked.ending
        form = form or DiagnosisForm(
            initial={
                "list": checklist.version,
                "answers": written(walked.answers),
                "advice": ending.advice.value,
            },
            issues=self._issues(checklist, ending),
        )
        return self.page(
            template="claims/diagnosis_result.html",
            result=words.shown(ending),
            issue=Issue.objects.filter(code=ending.issue).first() if ending.issue else None,
            parts=diagnoses.parts_of(ending),
            form=form,
            **context,
        )


class DiagnosisDetail(CasePage):
    """One diagnosis that was kept: its result, what can be done about it, and what was asked."""

    permission = "claims.view_claim_page"
    template_name = "claims/diagnosis_detail.html"

    def get(self, request, pk):
        rows = Diagnosis.objects.select_related(
            "claim__station", "claim__consumer", "claim__order_line", "issue", "by"
        )
        diagnosis = get_object_or_404(rows, pk=pk)
        claim, walked = diagnosis.claim, diagnoses.walked(diagnosis)
        ending = walked.ending
        parts = diagnoses.parts_of(ending)
        symptom = diagnosis.issue.symptom if diagnosis.issue else diagnosis.note
        may = permissions(request.user, claim)
        return self.page(
            diagnosis=diagnosis,
            claim=claim,
            line=claim.order_line,
            result=words.shown(ending),
            issue=diagnosis.issue,
            parts=parts,
            said=[{"ask": step.ask, "text": option.text} for step, option in walked.passed],
            steps=words.next_steps(
                claim,
                ending,
                task=words.task_of(symptom, parts),
                compensation=current_compensation(claim),
                may=may,
                now=timezone.now(),
            ),
            place=claim.station,
        )


def read_answers(text: str) -> list[list[str]]:
    """Answers as they stand in an address: "danger.no,what.dead". What is none stays and fits nowhere."""
    return [each.split(".", 1) for each in text[:ANSWERS_SIGNS].split(",")] if text else []


def written(answers) -> str:
    """The same the other way round."""
    return ",".join(".".join(each) for each in answers)


def address(claim: Claim, checklist: Checklist, answers) -> str:
    """The page after these answers."""
    query = {"list": checklist.version}
    if answers:
        query["answers"] = written(answers)
    return f"{reverse('claims:diagnosis_new', args=[claim.number])}?{urlencode(query)}"


def passed(claim: Claim, checklist: Checklist, walked: Walk) -> list[dict[str, str]]:
    """The questions so far with their answers, and the page on which each is asked again."""
    return [
        {"ask": step.ask, "text": option.text, "url": address(claim, checklist, walked.answers[:number])}
        for number, (step, option) in enumerate(walked.passed)
    ]


def marked(rows: list[Diagnosis]) -> list[Diagnosis]:
    """Diagnoses with the tone of their result."""
    for each in rows:
        each.tone = words.TONES[each.advice]
    return rows
