"""The issue library: searching it, one known fault, and the table of product type by cause."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import capped_count, keyset_page
from claims.forms.diagnoses import IssueSearchForm
from claims.models import Issue
from claims.models.diagnoses import AdviceChoices, RootCauseChoices
from claims.queries import issues as reading
from claims.views.diagnoses import marked
from claims.views.diagnosis_words import TONES
from claims.views.places import CasePage
from stations.access.places import own_station

PAGE_SIZE = 30
LAST_SHOWN = 8
READERS = ("claims.diagnose", "claims.view_issue")


class IssueList(CasePage):
    """Known faults by what is typed, by appliance and root cause, with how often each was found."""

    permission = READERS
    template_name = "claims/issue_list.html"

    def get(self, request):
        form = IssueSearchForm(request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        rows = reading.matching(reading.in_use(), wanted.get("q", ""))
        if appliance := wanted.get("appliance"):
            rows = rows.filter(appliance=appliance)
        if cause := wanted.get("cause"):
            rows = rows.filter(root_cause=cause)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER, size=PAGE_SIZE
        )
        times = reading.times_found(page.rows, since=timezone.now() - reading.LOOKS_BACK)
        for issue in page:
            issue.times = times.get(issue.pk, 0)
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            is_filtered=any(wanted.values()),
            place=own_station(request.user),
        )


class IssueDetail(CasePage):
    """One known fault: how it shows, where it comes from, what to do, and where it was found."""

    permission = READERS
    template_name = "claims/issue_detail.html"

    def get(self, request, pk):
        issue = get_object_or_404(Issue, pk=pk)
        led_to = reading.by_advice(issue, since=timezone.now() - reading.LOOKS_BACK)
        return self.page(
            issue=issue,
            times=sum(led_to.values()),
            led_to=[
                {"label": AdviceChoices(advice).label, "tone": TONES[advice], "times": led_to[advice]}
                for advice in AdviceChoices.values
                if advice in led_to
            ],
            last=marked(reading.last_of(issue, LAST_SHOWN)),
            place=own_station(request.user),
        )


class IssueTable(CasePage):
    """Product type by cause over the last year within reach; XLSX or CSV with ?format=."""

    permission = READERS
    template_name = "claims/issue_table.html"

    def get(self, request):
        now = timezone.now()
        lines = reading.by_cause(since=now - reading.LOOKS_BACK)
        if form := request.GET.get("format", ""):
            return self._export(lines, form, now)
        causes = [
            RootCauseChoices(each) for each in reading.CAUSES if any(each in line.by_cause for line in lines)
        ]
        return self.page(
            lines=lines,
            rows=[(line, [line.by_cause.get(cause, 0) for cause in causes]) for line in lines],
            causes=causes,
            all=sum(line.all for line in lines),
            solved=sum(line.solved for line in lines),
            place=own_station(request.user),
        )

    def _export(self, lines: list[reading.Line], form: str, now):
        if form not in exports.CONTENT_TYPES:
            raise Http404
        numbers = [*(RootCauseChoices(each).label for each in reading.CAUSES), _("Not known")]
        written = exports.write(
            exports.Export(
                title=_("Product type by cause"),
                columns=[
                    exports.Column(_("Appliance")),
                    exports.Column(_("All"), "integer", 10),
                    exports.Column(_("Solved on the phone"), "integer", 18),
                    *(exports.Column(str(each), "integer", 14) for each in numbers),
                ],
                rows=[(line.label, line.all, line.solved, *line.counts, line.unknown) for line in lines],
                made_at=now,
                made_by=str(self.request.user),
                filters=[(_("Period"), _("the last 365 days"))],
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=self.request.user.county_code,
            after={"report": "issues", "form": form, "rows": written.rows, "sha256": written.sha256},
        )
        return written.response()
