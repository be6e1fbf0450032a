"""The bank of questions: the list, one question, writing, correcting, taking out of use."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import capped_count, keyset_page
from aftersales.web.picture_store import serve_picture
from stations.access.places import PlacePage
from training.forms.questions import (
    RETIRED,
    WAITING,
    QuestionForm,
    QuestionSearchForm,
    QuestionWordsForm,
)
from training.forms.steps import PictureForm, ReasonForm
from training.models import Attachment, Question
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.queries import item_statistics
from training.queries import questions as reading
from training.rules.exams import QuestionKind
from training.services import attachments
from training.services import questions as service
from training.services.question_rows import TITLES, cells_of
from training.views.question_words import FINDINGS, options_of

PAGE_SIZE = 30
WIDTHS = {"text": 50, "explanation": 40, "source": 30, "code": 12, "answer": 12}


class QuestionPage(PlacePage):
    """A page of those who keep the bank."""

    permission = "training.keep_questions"

    def question(self, pk) -> Question:
        return get_object_or_404(Question.objects.select_related("replaces"), pk=pk)


class QuestionList(QuestionPage):
    """The bank by what is typed, by topic, kind and goods, with how each was answered; XLSX or CSV with
    ?format=, as a list that can be imported again."""

    template_name = "training/question_list.html"

    def get(self, request):
        form = QuestionSearchForm(request.GET)
        wanted = form.wanted
        rows = found(wanted)
        if file_format := request.GET.get("format", ""):
            return self._export(rows, file_format, wanted)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=reading.LIST_ORDER, size=PAGE_SIZE
        )
        answered = item_statistics.asked(page.rows)
        for question in page:
            question.answered = answered.get(question.pk)
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            is_filtered=any(wanted.get(name) for name in ("topic", "kind", "goods", "state")),
            wanted=wanted,
        )

    def _export(self, rows, file_format: str, wanted):
        if file_format not in exports.CONTENT_TYPES:
            raise Http404
        now = timezone.now()
        written = exports.write(
            exports.Export(
                title=_("Question bank"),
                columns=[
                    exports.Column(str(title), width=WIDTHS.get(name, 18)) for name, title in TITLES.items()
                ],
                rows=map(cells_of, rows.order_by(*reading.LIST_ORDER).iterator()),
                made_at=now,
                made_by=str(self.request.user),
                filters=filter_words(wanted),
            ),
            file_format,
        )
        trail.record("question.exported", by=self.request.user, after=written.facts, at=now)
        return written.response()


class QuestionDetail(QuestionPage):
    """One question as it is asked, the right answer, and what its answers so far say about it."""

    template_name = "training/question_detail.html"

    def get(self, request, pk):
        question = self.question(pk)
        statistics = item_statistics.statistics(question)
        words, tone = FINDINGS[statistics.finding]
        exams = [
            (exam, line)
            for exam in reading.exams_in_use()
            for line in reading.lines_of(exam)
            if line.topic == question.topic and line.kind in ("", question.kind)
        ]
        pictures = list(attachments.of(question))
        return self.page(
            question=question,
            options=options_of(question, chosen=statistics.chosen),
            is_ordering=question.kind == QuestionKind.ORDERING,
            pictures=pictures,
            waits=question.kind == QuestionKind.PICTURE and not pictures,
            statistics=statistics,
            points="" if statistics.difference is None else f"{statistics.difference / 10:+.1f}",
            finding=words,
            finding_tone=tone,
            exams=exams,
            successor=Question.objects.filter(replaces=question).first(),
        )


class QuestionNew(QuestionPage):
    """A new question."""

    template_name = "training/question_form.html"

    def get(self, request):
        return self.page(form=QuestionForm(initial={"topic": request.GET.get("topic", "")}))

    def post(self, request):
        form = QuestionForm(request.POST, request.FILES)
        if form.is_valid() and form.call(
            service.add,
            code=form.cleaned_data["code"],
            by=request.user,
            now=timezone.now(),
            **form.values,
        ):
            messages.success(request, _("The question is in the bank."))
            return redirect("training:question_detail", form.result.pk)
        return self.page(form=form, status=409 if form.refused else 200)


class QuestionReplace(QuestionPage):
    """A corrected question in the place of another one."""

    template_name = "training/question_form.html"

    def get(self, request, pk):
        question = self.question(pk)
        return self._page(question, QuestionWordsForm(initial=QuestionWordsForm.initial_of(question)))

    def post(self, request, pk):
        question = self.question(pk)
        form = QuestionWordsForm(request.POST, request.FILES)
        if form.is_valid() and form.call(
            service.replace, question=question, by=request.user, now=timezone.now(), **form.values
        ):
            messages.success(request, _("The corrected question is asked from now on."))
            return redirect("training:question_detail", form.result.pk)
        return self._page(question, form)

    def _page(self, question, form):
        return self.page(
            question=question,
            form=form,
            pictures=attachments.of(question),
            status=409 if form.refused else 200,
        )


class QuestionPictureAdd(QuestionPage):
    """The picture a question waits for."""

    template_name = "training/question_picture.html"

    def get(self, request, pk):
        return self.page(question=self.question(pk), form=PictureForm())

    def post(self, request, pk):
        question = self.question(pk)
        form = PictureForm(request.POST, request.FILES)
        if form.is_valid() and form.call(
            service.add_picture,
            question=question,
            picture=form.cleaned_data["picture"].file,
            caption=form.cleaned_data["caption"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Picture added. The question can be drawn now."))
            return redirect("training:question_detail", pk)
        return self.page(question=question, form=form, status=409 if form.refused else 200)


class QuestionUse(QuestionPage):
    """Taking a question out of use, or putting it back, with a reason."""

    template_name = "training/question_use.html"
    step = ""

    def get(self, request, pk):
        return self._page(self.question(pk), ReasonForm())

    def post(self, request, pk):
        question = self.question(pk)
        form = ReasonForm(request.POST)
        steps = {"retire": service.retire, "restore": service.restore}
        if form.is_valid() and form.call(
            steps[self.step],
            question=question,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Saved."))
            return redirect("training:question_detail", pk)
        return self._page(question, form)

    def _page(self, question, form):
        return self.page(
            question=question,
            form=form,
            is_retiring=self.step == "retire",
            status=409 if form.refused else 200,
        )


class QuestionPicture(QuestionPage):
    """One picture of a question; small with `?small=1`."""

    http_method_names = ["get", "head"]

    def get(self, request, pk):
        picture = get_object_or_404(Attachment, pk=pk, question__isnull=False)
        return serve_picture(request, picture.file_name, thumbnail=request.GET.get("small") == "1")


def found(wanted):
    """The questions that fit what was asked for."""
    state = wanted.get("state", "")
    rows = Question.objects.filter(retired_at__isnull=False) if state == RETIRED else reading.in_use()
    if state == WAITING:
        rows = reading.with_picture_mark(rows).filter(kind=QuestionKind.PICTURE, has_picture=False)
    for name, column in (("topic", "topic"), ("kind", "kind"), ("goods", "goods_type")):
        if value := wanted.get(name):
            rows = rows.filter(**{column: value})
    return reading.matching(rows, wanted.get("q", ""))


def filter_words(wanted) -> list[tuple[str, str]]:
    """What an exported list was narrowed to."""
    offered = {
        "topic": (_("Topic"), TopicChoices),
        "kind": (_("Kind of question"), QuestionKindChoices),
        "goods": (_("Goods"), GoodsChoices),
    }
    words = [
        (label, str(choices(wanted[name]).label))
        for name, (label, choices) in offered.items()
        if wanted.get(name)
    ]
    if wanted.get("q"):
        words.append((_("Words or number of a question"), wanted["q"]))
    return words
