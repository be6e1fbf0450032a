"""Lists of questions of exams."""

from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.services import question_lists
from training.services.question_rows import NEEDED, TITLES

CHOICES = {
    "kind": QuestionKindChoices.choices,
    "topic": TopicChoices.choices,
    "goods_type": GoodsChoices.choices,
}
EXAMPLE = {
    "code": "X-001",
    "kind": "single",
    "topic": "law",
    "text": "七日无理由退货的期限从哪天算起？",
    "option_a": "下单次日",
    "option_b": "签收次日",
    "option_c": "发货次日",
    "answer": "B",
}
NOTES = {
    "code": _("Letters, digits and hyphens, each once. A known number corrects the question there is."),
    "answer": _("In letters: B for one, AC for several, CABD for the right order; 正确 or 错误."),
    "option_a": _("Two to six options, three at least for putting in order; none for right or wrong."),
}
LAYOUT = tuple(
    ListColumn(
        name,
        title,
        is_needed=name in NEEDED,
        note=NOTES.get(name, ""),
        example=EXAMPLE.get(name, ""),
        choices=CHOICES.get(name, ()),
        width=40 if name == "text" else 18,
    )
    for name, title in TITLES.items()
)


def _enter(run: Run) -> Tally:
    return question_lists.import_list(
        path=run.path, keep_good=True, by=run.by, now=run.now, refuse=run.refuse_in
    )


QUESTIONS = Kind(
    code=ImportKind.QUESTIONS,
    permission="training.keep_questions",
    words=_("Questions of exams, at most 1,000 in a list."),
    layout=LAYOUT,
    enter=_enter,
    back_words=_("Questions are not taken back: retire or correct one on its own page."),
    command="import_questions",
)
