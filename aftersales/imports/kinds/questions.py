"""Lists of questions of exams."""

from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from training.services import question_lists
from training.services.question_layout import LAYOUT


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
