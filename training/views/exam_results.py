"""Who sat an exam and who passed it, by person; as a table for a spreadsheet."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import keyset_page
from stations.queries.network import counties_in_reach
from training.forms.exams import FAILED, PASSED, ResultFilterForm
from training.models import Exam
from training.queries import exam_results as reading
from training.queries.learners import named
from training.views.exams import READERS, ExamPage

PAGE_SIZE = 50


class ExamResults(ExamPage):
    """One line for each person; XLSX or CSV with ?format=."""

    permission = READERS
    template_name = "training/exam_results.html"

    def get(self, request, pk):
        exam = self.exam(pk)
        counties = list(counties_in_reach())
        form = ResultFilterForm(request.GET, counties=counties)
        wanted = form.wanted
        rows = found(exam, wanted)
        if file_format := request.GET.get("format", ""):
            return self._export(exam, rows, file_format, wanted, counties)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER, size=PAGE_SIZE
        )
        return self.page(
            exam=exam,
            form=form,
            list_page=page,
            results=reading.results(page.rows),
            came=reading.totals([exam]).get(exam.pk),
            is_filtered=any(wanted.values()),
        )

    def _export(self, exam: Exam, rows, file_format: str, wanted, counties):
        if file_format not in exports.CONTENT_TYPES:
            raise Http404
        Column = exports.Column
        now = timezone.now()
        names = {county.code: county.name for county in counties}
        results = reading.results(list(rows.order_by(*reading.LIST_ORDER)[: exports.ROW_LIMIT]))
        written = exports.write(
            exports.Export(
                title=_("Results of “%(exam)s”") % {"exam": exam.title},
                columns=[
                    Column(_("Person"), width=14),
                    Column(_("Station"), width=28),
                    Column(_("County")),
                    Column(_("Attempts"), "integer", 10),
                    Column(_("Best score"), "percent", 12),
                    Column(_("Passed"), width=10),
                    Column(_("Last attempt"), "day", 14),
                ],
                rows=[
                    (
                        str(each.user),
                        each.station.name,
                        names.get(each.station.county_code, each.station.county_code),
                        each.attempts,
                        each.best / 1000,
                        _("yes") if each.has_passed else _("no"),
                        timezone.localdate(each.last_at),
                    )
                    for each in results
                ],
                made_at=now,
                made_by=str(self.request.user),
                filters=[(_("Exam"), f"{exam.code} {exam.title}")],
            ),
            file_format,
        )
        narrowed = {name: wanted[name] for name in ("county", "state") if wanted.get(name)}
        facts = {**written.facts, "narrowed_to": narrowed}
        user = self.request.user
        trail.record(
            "exam.results_exported", by=user, obj=exam, county_code=user.county_code, after=facts, at=now
        )
        return written.response()


def found(exam: Exam, wanted):
    """The people whose attempts fit what was asked for."""
    rows = named(reading.by_person(exam), wanted.get("q", ""))
    if county := wanted.get("county"):
        rows = rows.filter(county_code=county)
    state = wanted.get("state")
    if state == PASSED:
        return rows.filter(passes__gt=0)
    return rows.filter(passes=0) if state == FAILED else rows
