"""The layout of lists of questions, column by column, for who fills one in. docs/rules/exams.md."""

from django.utils.translation import gettext_lazy as _

from aftersales.web.list_rows import ListColumn
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.services.question_rows import NEEDED, TITLES

CHOICES = {
    "kind": QuestionKindChoices.choices,
    "topic": TopicChoices.choices,
    "goods_type": GoodsChoices.choices,
}
EXAMPLE = {
    "code": "EXAMPLE-1",
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
