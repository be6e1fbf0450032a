"""Bringing in a list of questions: the empty list to fill in, a look at what it would do, and doing it."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web import exports
from training.forms.questions import QuestionListForm, SeenListForm, sealed
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.rules.exams import QuestionKind
from training.rules.questions import MOST_OPTIONS
from training.services import question_lists as service
from training.services.question_lists import MOST_ROWS, Effect, Plan
from training.services.question_rows import TITLES
from training.views.questions import WIDTHS, QuestionPage

ROWS_SHOWN = 200
EFFECTS = {
    Effect.NEW: (gettext_lazy("new"), "good"),
    Effect.CORRECTED: (gettext_lazy("corrects the one there is"), "info"),
    Effect.UNCHANGED: (gettext_lazy("unchanged"), "neutral"),
}


class QuestionTemplate(QuestionPage):
    """An empty list with one example of each kind, and what belongs into which column on its first sheet."""

    def get(self, request):
        if (file_format := request.GET.get("format", "xlsx")) not in exports.CONTENT_TYPES:
            raise Http404
        written = exports.write(
            exports.Export(
                title=_("List of questions to fill in"),
                columns=[
                    exports.Column(str(title), width=WIDTHS.get(name, 18)) for name, title in TITLES.items()
                ],
                rows=examples(),
                made_at=timezone.now(),
                made_by=str(request.user),
                filters=explanations(),
            ),
            file_format,
        )
        return written.response()


class QuestionImport(QuestionPage):
    """A file is chosen, what it would do is looked at, then its rows are brought in."""

    template_name = "training/question_import.html"

    def get(self, request):
        return self._page(QuestionListForm())

    def post(self, request):
        if "rows" in request.POST:
            return self._bring_in()
        form = QuestionListForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form)
        with tempfile.NamedTemporaryFile(suffix=form.suffix) as kept:
            for part in form.cleaned_data["file"].chunks():
                kept.write(part)
            kept.flush()
            found = service.read(Path(kept.name))
        name = form.cleaned_data["file"].name
        return self._look(service.plan(found), name, sealed(name, len(found.refused), found.rows))

    def _bring_in(self):
        form = SeenListForm(self.request.POST)
        if not form.is_valid():
            chosen = QuestionListForm()
            messages.error(self.request, form.errors["rows"][0])
            return self._page(chosen)
        name, unread, rows = form.cleaned_data["rows"]
        if form.call(
            service.bring_in,
            rows=rows,
            refused=[(1, "")] * unread,
            keep_good=form.cleaned_data["keep_good"],
            file_name=name,
            by=self.request.user,
            now=timezone.now(),
        ):
            said = _("New: %(new)s. Corrected: %(corrected)s. Unchanged: %(unchanged)s.")
            numbers = {str(effect): form.result.number(effect) for effect in Effect}
            messages.success(self.request, said % numbers)
            return redirect("training:question_list")
        plan = service.plan(service.Reading(rows))
        return self._look(plan, name, self.request.POST["rows"], form=form, unread=unread)

    def _look(self, plan: Plan, name: str, rows: str, *, form=None, unread: int = 0):
        numbers = {effect: plan.number(effect) for effect in Effect}
        return self.page(
            plan=plan,
            form=form or SeenListForm(),
            file_name=name,
            rows=rows,
            refused=len(plan.refused) + unread,
            new=numbers[Effect.NEW],
            corrected=numbers[Effect.CORRECTED],
            unchanged=numbers[Effect.UNCHANGED],
            shown=[
                {"planned": each, "label": EFFECTS[each.effect][0], "tone": EFFECTS[each.effect][1]}
                | {
                    "kind": QuestionKindChoices(each.row.values["kind"]).label,
                    "topic": TopicChoices(each.row.values["topic"]).label,
                }
                for each in plan.rows[:ROWS_SHOWN]
            ],
            shown_refused=plan.refused[:ROWS_SHOWN],
            rows_shown=ROWS_SHOWN,
            status=409 if form is not None and form.refused else 200,
        )

    def _page(self, form):
        return self.page(form=form, plan=None)


def explanations() -> list[tuple[str, str]]:
    """What the first sheet of the empty list says about the columns."""
    return [
        (_("How to fill it in"), _("One question a row on the second sheet. Delete the examples.")),
        (
            str(TITLES["code"]),
            _("Letters, digits and hyphens, each once. A known number corrects the question there is."),
        ),
        (str(TITLES["kind"]), "、".join(str(label) for label in QuestionKindChoices.labels)),
        (str(TITLES["topic"]), "、".join(str(label) for label in TopicChoices.labels)),
        (str(TITLES["goods_type"]), "、".join(str(label) for label in GoodsChoices.labels)),
        (
            _("Options"),
            _("Two to %(most)s, three at least for putting in order; none for right or wrong.")
            % {"most": MOST_OPTIONS},
        ),
        (
            str(TITLES["answer"]),
            _("In letters: B for one, AC for several, CABD for the right order; 正确 or 错误."),
        ),
        (
            str(QuestionKindChoices(QuestionKind.PICTURE).label),
            _("The picture is added on the page of the question; until then it is not asked."),
        ),
        (_("Most questions"), _("%(limit)s questions in a list") % {"limit": MOST_ROWS}),
    ]


def examples() -> list[list[str]]:
    """One row of each kind that needs no picture, about what this platform trains."""
    return [
        _row("X-001", QuestionKind.SINGLE, "law", "七日无理由退货的期限从哪天算起？",
             ["下单次日", "签收次日", "发货次日"], "B"),
        _row("X-002", QuestionKind.MULTIPLE, "evidence", "鲜果有坏，登记时哪些照片有用？",
             ["箱子和面单", "坏果近照", "店铺首页截图", "全部好坏分开的全景"], "ABD"),
        _row("X-003", QuestionKind.TRUE_FALSE, "safety", "可以把村民的电话发到微信群里请人帮忙联系。",
             [], "错误"),
        _row("X-004", QuestionKind.ORDERING, "communication", "接待着急的村民，先后怎么做？",
             ["复述一遍确认", "听完不打断", "说明下一步和时间"], "BAC"),
    ]  # fmt: skip


def _row(code: str, kind: str, topic: str, text: str, options: list[str], answer: str) -> list[str]:
    filled = [*options, *[""] * (MOST_OPTIONS - len(options))]
    return [
        code,
        str(QuestionKindChoices(kind).label),
        str(TopicChoices(topic).label),
        "",
        text,
        *filled,
        answer,
        "",
        "",
    ]
