"""Theory exams at the desk: the list, one exam, setting and retiring one, a paper on trial."""

import secrets

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.service_forms import KEY_DIGITS
from stations.access.guards import may_throughout
from stations.access.places import PlacePage
from training.forms.exams import ExamForm
from training.forms.steps import ReasonForm
from training.models import Exam, Question
from training.models.choices import QuestionKindChoices
from training.queries import exam_results
from training.queries import questions as reading
from training.rules.exams import BankTooSmall, Purpose, draw, shortages
from training.services import exams as service
from training.views.question_words import options_of

READERS = ("training.view_training", "training.keep_questions")
TERMS = "training.keep_certificate_terms"
SEED_SIGNS = 32


class ExamPage(PlacePage):
    """A page of those who set exams."""

    permission = "training.keep_questions"

    def exam(self, pk) -> Exam:
        return get_object_or_404(Exam.objects.select_related("course"), pk=pk)

    def may_keep(self, exam: Exam) -> bool:
        """Exams that count hold in every county; those for practice are any trainer's."""
        return exam.purpose == Purpose.PRACTICE or may_throughout(self.request.user, TERMS)


class ExamList(ExamPage):
    """Every exam with what came of it at the places one sees."""

    permission = READERS
    template_name = "training/exam_list.html"

    def get(self, request):
        exams = list(Exam.objects.order_by("purpose", "code"))
        came = exam_results.totals(exams)
        there = reading.counts()
        rows = [
            {
                "exam": exam,
                "questions": sum(line.count for line in reading.lines_of(exam)),
                "came": came.get(exam.pk),
                "is_short": exam.retired_at is None and bool(shortages(reading.lines_of(exam), there)),
            }
            for exam in exams
        ]
        return self.page(
            in_use=[row for row in rows if row["exam"].retired_at is None],
            retired=[row for row in rows if row["exam"].retired_at is not None],
        )


class ExamDetail(ExamPage):
    """One exam: its rules, what its papers draw and whether the bank has it, and what came of it."""

    permission = READERS
    template_name = "training/exam_detail.html"

    def get(self, request, pk):
        exam = self.exam(pk)
        lines, there = reading.lines_of(exam), reading.counts()
        short = dict(shortages(lines, there))
        return self.page(
            exam=exam,
            lines=[
                {
                    "line": line,
                    "words": service.words_of(line),
                    "there": sum(
                        number
                        for (topic, kind), number in there.items()
                        if topic == line.topic and line.kind in ("", kind)
                    ),
                    "is_short": line in short,
                }
                for line in lines
            ],
            questions=sum(line.count for line in lines),
            is_short=bool(short),
            came=exam_results.totals([exam]).get(exam.pk),
            may_keep=self.may_keep(exam),
        )


class ExamNew(ExamPage):
    """Setting an exam; with ?like= it begins with the figures of another one."""

    template_name = "training/exam_form.html"

    def get(self, request):
        like = request.GET.get("like", "")
        is_key = like.isascii() and like.isdecimal() and len(like) < KEY_DIGITS
        initial = ExamForm.initial_of(self.exam(int(like))) if is_key else {}
        return self._page(self._form(initial=initial))

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid() and form.call(service.define, by=request.user, now=timezone.now(), **form.values):
            messages.success(request, _("The exam is set. Whoever may sit exams finds it now."))
            return redirect("training:exam_detail", form.result.pk)
        return self._page(form)

    def _form(self, *args, **kwargs) -> ExamForm:
        only_practice = not may_throughout(self.request.user, TERMS)
        return ExamForm(*args, counts=reading.counts(), only_practice=only_practice, **kwargs)

    def _page(self, form):
        return self.page(form=form, kinds=QuestionKindChoices.labels, status=409 if form.refused else 200)


class ExamPaper(ExamPage):
    """A paper as somebody could get it, with the right answers; the same one again for the same ?seed=."""

    template_name = "training/exam_paper.html"

    def get(self, request, pk):
        exam = self.exam(pk)
        seed = request.GET.get("seed", "")[:SEED_SIGNS] or secrets.token_hex(4)
        lines = reading.lines_of(exam)
        try:
            paper = draw(reading.bank({line.topic for line in lines}), lines, seed)
        except BankTooSmall as small:
            return self.page(exam=exam, missing=service.words_of(small.line), small=small, seed=seed)
        asked = Question.objects.prefetch_related("attachments").in_bulk(place.question for place in paper)
        places = [
            {
                "question": asked[place.question],
                "options": options_of(asked[place.question], order=place.order),
                "pictures": asked[place.question].attachments.all(),
            }
            for place in paper
        ]
        return self.page(exam=exam, places=places, seed=seed)


class ExamRetire(ExamPage):
    """Letting nobody begin an exam any more."""

    template_name = "training/exam_retire.html"

    def exam(self, pk) -> Exam:
        exam = super().exam(pk)
        if not self.may_keep(exam):
            raise PermissionDenied
        return exam

    def get(self, request, pk):
        return self._page(self.exam(pk), ReasonForm())

    def post(self, request, pk):
        exam = self.exam(pk)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.retire,
            exam=exam,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Nobody can begin this exam any more."))
            return redirect("training:exam_detail", pk)
        return self._page(exam, form)

    def _page(self, exam, form):
        return self.page(exam=exam, form=form, status=409 if form.refused else 200)
