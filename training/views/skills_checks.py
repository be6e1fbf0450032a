"""The quarterly check of skills: who is due, recording one, the list as a table, and one's own checks."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import keyset_page
from stations.access.places import PlacePage, own_station
from stations.models import Agent, Posting
from training.forms.skills_checks import SkillsCheckForm
from training.models import Exam
from training.queries import skills_checks as reading
from training.queries.skills_checks import Row
from training.rules import skills
from training.rules.exams import Purpose
from training.rules.figures import PASS_TARGET, Share
from training.services import skills_checks as service

QUARTERS_OFFERED = 8
STATES = {
    "open": gettext_lazy("still to check"),
    "passed": gettext_lazy("passed"),
    "failed": gettext_lazy("not passed"),
}
WANTED = {
    "open": {"is_recorded": False},
    "passed": {"is_passed": True},
    "failed": {"is_recorded": True, "is_passed": False},
}


def quarter_asked(text: str, today: date) -> date:
    """The quarter in an address, the running one for nothing. Raises Http404."""
    if not text:
        return skills.quarter_of(today)
    quarter = skills.named(text)
    if quarter is None or not date(2020, 1, 1) <= quarter <= today:
        raise Http404
    return quarter


def quarters_offered(today: date) -> list[tuple[str, str]]:
    """The last quarters by name and in words, the running one first."""
    return [
        (skills.name_of(each), quarter_words(each))
        for each in reversed(skills.quarters_back(today, QUARTERS_OFFERED))
    ]


def quarter_words(quarter: date) -> str:
    return _("%(year)s, quarter %(number)s") % {"year": quarter.year, "number": (quarter.month + 2) // 3}


class SkillsCheckPage(PlacePage):
    """A page about the checks of others."""

    permission = "training.examine"


class SkillsCheckList(SkillsCheckPage):
    """Everybody due in a quarter with what there is of each; XLSX with ?format=xlsx."""

    template_name = "training/skills_check_list.html"

    def get(self, request):
        today = timezone.localdate()
        quarter = quarter_asked(request.GET.get("quarter", ""), today)
        due = reading.with_state(reading.due_in(quarter, today), quarter)
        state = request.GET.get("state", "")
        shown = due.filter(**WANTED[state]) if state in WANTED else due
        shown = shown.select_related("agent__user", "station")
        if form := request.GET.get("format", ""):
            return self._export(form, quarter, shown)
        counts = list(due.order_by().values_list("is_recorded", "is_passed"))
        checked = Share(sum(recorded for recorded, _passed in counts), len(counts))
        passed = Share(sum(is_passed for _recorded, is_passed in counts), checked.good)
        page = keyset_page(shown, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER)
        return self.page(
            quarter=quarter,
            quarter_name=skills.name_of(quarter),
            quarter_words=quarter_words(quarter),
            quarters=quarters_offered(today),
            state=state if state in WANTED else "",
            states=STATES.items(),
            list_page=page,
            rows=reading.rows(page.rows, quarter),
            checked=checked,
            passed=passed,
            is_below=passed.is_below(PASS_TARGET),
            is_recordable=skills.is_recordable(quarter, today),
            until=skills.last_day(quarter) + skills.RECORDED_UNTIL,
            place=own_station(request.user),
        )

    def _export(self, form: str, quarter: date, shown: QuerySet[Posting]):
        if form != "xlsx":
            raise Http404
        Column = exports.Column
        written = exports.write(
            exports.Export(
                title=_("Quarterly skills checks"),
                columns=[
                    Column(_("Person"), width=14),
                    Column(_("Station"), width=28),
                    Column(_("Theory"), "percent", 12),
                    Column(_("Practice"), "percent", 12),
                    Column(_("Attitude"), "percent", 12),
                    Column(_("State"), width=14),
                    Column(_("Recorded on"), "day", 14),
                    Column(_("Recorded by"), width=14),
                    Column(_("Remark"), width=40),
                ],
                rows=map(sheet_row, reading.rows(shown.order_by(*reading.LIST_ORDER), quarter)),
                made_at=timezone.now(),
                made_by=str(self.request.user),
                filters=[(_("Quarter"), quarter_words(quarter))],
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=self.request.user.county_code,
            after={"report": "skills_checks", "quarter": skills.name_of(quarter), **written.facts},
        )
        return written.response()


def sheet_row(row: Row) -> tuple:
    """One person as a line of the spreadsheet: what was recorded, else the best results so far."""
    check = row.check
    theory, practice = (check.sitting, check.practical) if check else (row.sitting, row.practical)
    state = _("still to check")
    if check:
        state = _("passed") if check.has_passed else _("not passed")
    return (
        str(row.user),
        str(row.posting.station),
        theory.score_permille / 1000 if theory else None,
        practice.score_permille / 1000 if practice else None,
        check.attitude_permille / 1000 if check else None,
        state,
        timezone.localdate(check.at) if check else None,
        str(check.by) if check else "",
        check.remark if check else "",
    )


class SkillsCheckRecord(SkillsCheckPage):
    """One person in one quarter: the check as it was recorded, or or the form and what it comes to."""

    template_name = "training/skills_check.html"

    def get(self, request, quarter, agent_id):
        return self._answer(quarter, agent_id)

    def post(self, request, quarter, agent_id):
        return self._answer(quarter, agent_id, request.POST)

    def _answer(self, name: str, agent_id: int, data=None):
        now, user = timezone.now(), self.request.user
        quarter = quarter_asked(name, timezone.localdate(now))
        agent = get_object_or_404(Agent.objects.select_related("user", "station"), pk=agent_id)
        (row,) = reading.rows([Posting(agent=agent, station=agent.station)], quarter)
        why_not = _why_not(row, user, quarter, now)
        form = SkillsCheckForm(
            data if not why_not and not row.check else None,
            row=row,
            sittings=list(reading.theory_of([agent.user_id], quarter)),
            practicals=list(reading.practice_of([agent.user_id], quarter)),
        )
        step, preview = (data or {}).get("step", ""), None
        if form.is_bound and form.is_valid():
            preview = _preview(form.values)
            if step == "record" and form.call(
                service.record, user=agent.user, quarter=quarter, by=user, now=now, **form.values
            ):
                said = _("Recorded: passed.") if form.result.has_passed else _("Recorded: not passed.")
                messages.success(self.request, said)
                return redirect(f"{reverse('training:skills_checks')}?quarter={skills.name_of(quarter)}")
        return self.page(
            status=409 if form.refused or (data is not None and not form.is_bound) else 200,
            row=row,
            agent=agent,
            quarter_name=skills.name_of(quarter),
            quarter_words=quarter_words(quarter),
            form=form,
            preview=preview if step != "change" and not form.refused else None,
            why_not=why_not,
            attitude_pass=skills.ATTITUDE_PASS_PERMILLE,
            place=own_station(user),
        )


def _why_not(row: Row, user, quarter: date, now) -> str:
    """Why nothing can be recorded now, as a sentence; empty when it can."""
    if row.user.pk == user.pk:
        return _("Nobody checks their own skills. Ask a colleague.")
    if row.posting.agent.left_on is not None:
        return _("This person has left.")
    if not skills.is_recordable(quarter, timezone.localdate(now)):
        return _("A quarter is recorded while it runs and in the 31 days after it.")
    return ""


def _preview(values: dict) -> dict:
    """What the check comes to before it is recorded."""
    sitting, practical = values["sitting"], values["practical"]
    return {
        **values,
        "has_passed": skills.passes(
            theory=sitting.has_passed if sitting else None,
            practice=practical.has_passed if practical else None,
            attitude_permille=values["attitude_permille"],
        ),
    }


class MySkillsChecks(PlacePage):
    """One's own checks, what the running quarter still asks for, and the exam that belongs to it."""

    permission = "training.learn"
    template_name = "training/my_skills_checks.html"

    def get(self, request):
        today = timezone.localdate()
        quarter = skills.quarter_of(today)
        mine = reading.due_in(quarter, today).filter(agent__user=request.user).select_related("agent")
        due = reading.rows(mine[:1], quarter)
        return self.page(
            quarter_words=quarter_words(quarter),
            until=skills.last_day(quarter),
            row=due[0] if due else None,
            exams=list(Exam.objects.filter(purpose=Purpose.SKILLS_CHECK, retired_at__isnull=True)),
            checks=[(quarter_words(each.quarter), each) for each in reading.own_checks(request.user)],
            place=own_station(request.user),
        )
