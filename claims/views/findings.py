"""Findings: the list, a new one, what was done about it, and whether that is enough."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.supervision import (
    AcceptForm,
    FindingFilter,
    FindingForm,
    ReportForm,
    ReturnForm,
    finding_initial,
)
from claims.models import CheckItem, Finding, Rectification
from claims.queries import supervision as reading
from claims.rules.supervision import REMINDED_STATES, FindingState
from claims.services import findings as service
from claims.views import supervision_words as words
from claims.views.checks import PAGE_SIZE, SUPERVISE, CheckPage, SupervisionPage
from stations.access.guards import may_throughout, require

ANSWER = "claims.answer_finding"
LONGEST_KEY = 9


class FindingList(SupervisionPage):
    """Findings in reach, the next due first, with how they stand; `?format=xlsx` gives a table."""

    here = "findings"
    template_name = "claims/finding_list.html"

    def get(self, request):
        counties, today = self.counties(), timezone.localdate()
        form = FindingFilter(request.GET, counties=counties)
        wanted = form.wanted
        rows = _narrowed(reading.findings(), wanted, today)
        if request.GET.get("format"):
            findings = list(rows)
            words.mark_findings(findings, today)
            cells = map(words.finding_cells, findings)
            return self.table("finding.exported", _("Findings"), words.finding_columns(), cells, form)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("due_on", "id"), size=PAGE_SIZE)
        words.mark_findings(page.rows, today)
        return self.page(
            form=form,
            is_narrowed=any(wanted.values()),
            list_page=page,
            standing=reading.standing(Finding.objects.all(), today),
            shows_county=len(counties) > 1,
        )


def _narrowed(rows, wanted, today):
    if wanted.get("county"):
        rows = rows.filter(county_code=wanted["county"])
    if wanted.get("theme"):
        rows = rows.filter(check_round__theme=wanted["theme"])
    if wanted.get("severity"):
        rows = rows.filter(severity=wanted["severity"])
    if wanted.get("state"):
        rows = reading.in_state(rows, wanted["state"], today)
    return rows.filter(words__icontains=wanted["q"]) if wanted.get("q") else rows


class FindingNew(CheckPage):
    """A finding of a check: `?claim=` is its place in the check, `?question=` what it is about."""

    permission = SUPERVISE
    template_name = "claims/finding_new.html"

    def get(self, request, pk):
        check, item = self._find(pk)
        checklist = reading.checklist_of(check)
        initial = finding_initial(checklist, request.GET.get("question", ""), timezone.localdate())
        return self._page(
            check, item, FindingForm(initial=initial, check=check, checklist=checklist, item=item)
        )

    def post(self, request, pk):
        check, item = self._find(pk)
        form = FindingForm(request.POST, check=check, checklist=reading.checklist_of(check), item=item)
        if form.is_valid() and form.call(
            service.find, check=check, item=item, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The finding is made, and the county has been told."))
            if item is not None:
                return redirect("supervision:check_item", check.pk, item.position)
            return redirect("supervision:check_detail", check.pk)
        return self._page(check, item, form)

    def _find(self, pk):
        check, position = self.find(pk), self.request.GET.get("claim", "")
        if not position:
            return check, None
        if not (position.isascii() and position.isdecimal() and len(position) < LONGEST_KEY):
            raise Http404
        rows = CheckItem.objects.select_related("claim__station")
        return check, get_object_or_404(rows, check_round=check, position=int(position))

    def _page(self, check, item, form):
        return self.page(status=409 if form.refused else 200, **self.about(check), item=item, form=form)


class FindingPage(SupervisionPage):
    """One finding with everything that was reported and made of it."""

    here = "findings"
    template_name = "claims/finding_detail.html"

    def find(self, pk) -> Finding:
        return get_object_or_404(reading.findings(), pk=pk)

    def show(self, finding: Finding, step: str = "", form=None):
        """The page; `form` is the one that came back from a step."""
        words.mark_findings([finding], timezone.localdate())
        user, county = self.request.user, finding.county_code
        reports = list(
            Rectification.objects.filter(finding=finding)
            .select_related("reported_by", "judged_by")
            .order_by("-id")
        )
        supervises = may_throughout(user, SUPERVISE, county)
        waits = finding.state == FindingState.ANSWERED
        forms = {}
        if may_throughout(user, ANSWER, county) and finding.state in REMINDED_STATES:
            forms["report"] = ReportForm()
        if supervises and waits and reports and reports[0].reported_by_id != user.pk:
            forms.update({"accept": AcceptForm(prefix="accept"), "return": ReturnForm(prefix="return")})
        if form is not None:
            forms[step] = form
        return self.page(
            status=409 if form is not None and form.refused else 200,
            finding=finding,
            place=finding.county_name,
            check=finding.check_round,
            reports=reports,
            shows_claim=finding.item_id is not None
            and (finding.check_round.closed_at is not None or supervises),
            forms=forms,
        )


class FindingDetail(FindingPage):
    """One finding, to be read."""

    def get(self, request, pk):
        return self.show(self.find(pk))


class FindingStep(FindingPage):
    """The county reports what it did; the inspector accepts that or sends it back."""

    http_method_names = ["post"]
    STEPS = {
        "report": (ANSWER, ReportForm, service.report_rectification, ""),
        "accept": (SUPERVISE, AcceptForm, service.accept, "accept"),
        "return": (SUPERVISE, ReturnForm, service.send_back, "return"),
    }

    def post(self, request, pk, step):
        if step not in self.STEPS:
            raise Http404
        permission, form_class, act, prefix = self.STEPS[step]
        require(request.user, permission)
        finding, form = self.find(pk), form_class(request.POST, prefix=prefix or None)
        if form.is_valid() and form.call(
            act, finding=finding, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            said = {
                "report": _("Reported. The inspector has been told."),
                "accept": _("Accepted. The finding counts as rectified."),
                "return": _("Sent back. The county has been told."),
            }
            messages.success(request, said[step])
            return redirect("supervision:finding_detail", pk)
        return self.show(self.find(pk), step, form)
