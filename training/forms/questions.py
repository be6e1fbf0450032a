"""The bank of questions: finding one, writing one, bringing in a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.lib.errors import Refused
from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.rules.questions import LETTERS, OPTION_SIGNS, letters
from training.services.question_lists import QuestionRow
from training.services.question_rows import answer_of

ANY_TOPIC, ANY_KIND, ANY_GOODS = (
    ("", _("All topics")),
    ("", _("All kinds of questions")),
    ("", _("All goods")),
)
IN_USE, RETIRED, WAITING = "", "retired", "waiting"
STATES = [
    (IN_USE, _("asked in exams")),
    (WAITING, _("waits for its picture")),
    (RETIRED, _("no longer asked")),
]
MOST_FILE_BYTES = 4 * 1024 * 1024
SALT = "training.question_list"
LOOKED_AT_SECONDS = 2 * 3600


class QuestionSearchForm(FilterForm):
    """What narrows the bank."""

    q = SearchField(label=_("Words or number of a question"))
    topic = forms.ChoiceField(label=_("Topic"), choices=[ANY_TOPIC, *TopicChoices.choices], required=False)
    kind = forms.ChoiceField(
        label=_("Kind of question"), choices=[ANY_KIND, *QuestionKindChoices.choices], required=False
    )
    goods = forms.ChoiceField(label=_("Goods"), choices=[ANY_GOODS, *GoodsChoices.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)


class QuestionWordsForm(ServiceForm):
    """A question as it is asked, with its options, the right answer in letters, and a picture."""

    fields_by_code = {"answer_not_letters": "answer"}

    kind = forms.ChoiceField(label=_("Kind of question"), choices=QuestionKindChoices)
    topic = forms.ChoiceField(label=_("Topic"), choices=TopicChoices)
    goods_type = forms.ChoiceField(
        label=_("Goods type"), choices=[("", _("for all goods")), *GoodsChoices.choices], required=False
    )
    text = NoteField(
        label=_("Question text"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )
    answer = LineField(
        label=_("Right answer"),
        max_length=20,
        help_text=_("In letters: B for one, AC for several, CABD for the right order."),
    )
    explanation = NoteField(
        label=_("Explanation"),
        max_length=500,
        required=False,
        help_text=_("Shown after the exam to whoever was wrong."),
    )
    source = LineField(
        label=_("Source of the question"),
        max_length=200,
        required=False,
        help_text=_("Law with its article, or lesson."),
    )
    picture = forms.FileField(
        label=_("Picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    caption = LineField(label=_("What the picture shows"), max_length=100, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for letter in LETTERS:
            self.fields[f"option_{letter.lower()}"] = LineField(
                label=_("Option %(letter)s") % {"letter": letter}, max_length=OPTION_SIGNS, required=False
            )

    @property
    def options(self) -> list:
        """The fields of the options, in their order."""
        return [self[f"option_{letter.lower()}"] for letter in LETTERS]

    def clean(self):
        given = super().clean()
        if not self.errors:
            options = [given[field.name] for field in self.options]
            while options and not options[-1]:
                options.pop()
            try:
                answer = answer_of(given["answer"], options, given["kind"])
            except Refused as refused:
                self.add_error("answer", ValidationError(refused.message, code=refused.code))
            else:
                given |= {"options": options, "answer": answer}
        return given

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        given = self.cleaned_data
        names = ("kind", "topic", "goods_type", "text", "options", "answer", "explanation", "source")
        picture = given["picture"]
        return {
            **{name: given[name] for name in names},
            "text": " ".join(given["text"].split()),
            "explanation": " ".join(given["explanation"].split()),
            "picture": picture.file if picture else None,
            "caption": given["caption"],
        }

    def refuse(self, refused: Refused) -> None:
        """Refused options are shown at the first one."""
        if refused.field == "options":
            refused.field = "option_a"
        super().refuse(refused)

    @staticmethod
    def initial_of(question) -> dict[str, Any]:
        """What the form begins with when a question is corrected."""
        options = {
            f"option_{letter.lower()}": option
            for letter, option in zip(LETTERS, question.options, strict=False)
        }
        names = ("kind", "topic", "goods_type", "text", "explanation", "source")
        return {
            **{name: getattr(question, name) for name in names},
            **options,
            "answer": letters(question.answer),
        }


class QuestionForm(QuestionWordsForm):
    """A new question."""

    code = LineField(label=_("Question number"), max_length=20, help_text=_("For example Q-301."))


class QuestionListForm(ServiceForm):
    """A list as it was saved by a spreadsheet."""

    file = forms.FileField(
        label=_("List of questions"),
        help_text=_("XLSX or CSV, at most 1,000 questions."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            raise ValidationError(_("This file is too large."), code="too_large")
        if not file.name.lower().endswith((".xlsx", ".csv")):
            raise ValidationError(_("Send an XLSX or a CSV file."), code="wrong_kind")
        return file

    @property
    def suffix(self) -> str:
        return ".csv" if self.cleaned_data["file"].name.lower().endswith(".csv") else ".xlsx"


class SeenListForm(ServiceForm):
    """The good rows of a list that was looked at, sealed so that they come back as they were shown."""

    rows = forms.CharField(widget=forms.HiddenInput)
    keep_good = forms.BooleanField(required=False)

    def clean_rows(self):
        """File name, good rows and how many were refused."""
        try:
            name, refused, rows = signing.loads(
                self.cleaned_data["rows"], salt=SALT, max_age=LOOKED_AT_SECONDS
            )
        except (signing.BadSignature, ValueError):
            raise ValidationError(
                _("Choose the file again and look at it once more."), code="stale"
            ) from None
        return name, refused, [QuestionRow(line, code, values) for line, code, values in rows]


def sealed(file_name: str, refused: int, rows: list[QuestionRow]) -> str:
    """What `SeenListForm.rows` reads."""
    listed = [(row.line, row.code, row.values) for row in rows]
    return signing.dumps((file_name[:100], refused, listed), salt=SALT, compress=True)
