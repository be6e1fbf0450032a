"""Courses, the text of a lesson, its pictures, and who is enrolled."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.service_forms import DayField, LineField, NoteField, ServiceForm
from training.forms.people import PeopleField, PeopleFilterForm
from training.models.choices import GoodsChoices, TopicChoices
from training.rules.courses import Standing
from training.rules.hours import MAX_ENTRY_MINUTES
from training.services.courses import SIGNS

MARKS = _(
    "“## ” begins a heading, “- ” a point of a list, “1. ” a step; **bold**; ![1] alone on a line is the"
    " first picture."
)


class CourseForm(ServiceForm):
    """What is said about a course."""

    title = LineField(label=_("Title"), max_length=SIGNS["title"])
    topic = forms.ChoiceField(label=_("Topic"), choices=TopicChoices.choices)
    goods_type = forms.ChoiceField(
        label=_("Goods type"), choices=[("", _("All goods")), *GoodsChoices.choices], required=False
    )
    summary = NoteField(label=pgettext_lazy("course", "Summary"), max_length=SIGNS["summary"], required=False)
    programme = LineField(
        label=_("Programme"),
        max_length=SIGNS["programme"],
        required=False,
        help_text=_("Who carries the course, when not the county."),
    )
    position = forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=_("Small numbers first."),
    )
    is_required = forms.BooleanField(label=_("Required before the exam for the certificate"), required=False)


class NewCourseForm(CourseForm):
    """A new course, with the code it keeps."""

    code = LineField(
        label=_("Code"),
        max_length=20,
        help_text=_("Small letters, digits and hyphens, such as fresh-fruit. It stays as it is."),
    )
    field_order = ["code"]


class LessonForm(ServiceForm):
    """The draft of a lesson; `seen` is the draft the writer began with."""

    title = LineField(label=_("Title"), max_length=SIGNS["title"])
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MAX_ENTRY_MINUTES,
        help_text=_("How long reading and thinking take; so much is counted as hours of learning."),
    )
    body = NoteField(
        label=pgettext_lazy("of a lesson", "Text"),
        max_length=SIGNS["body"],
        help_text=MARKS,
        widget=forms.Textarea(attrs={"rows": 22}),
    )
    video_url = LineField(
        label=_("Address of a video"),
        max_length=SIGNS["video_url"],
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    sources = NoteField(
        label=_("Sources"),
        max_length=SIGNS["sources"],
        required=False,
        help_text=_("Laws, standards or manuals that the text rests on."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class EnrolForm(ServiceForm):
    """Whom to enrol until when; `confirmed` once the list has been looked at."""

    people = PeopleField(label=_("People"), error_messages={"required": _("Choose at least one person.")})
    due_on = DayField(
        label=_("To be finished by"),
        required=False,
        help_text=_("Everybody is reminded seven days before."),
    )
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people


class ProgressFilterForm(PeopleFilterForm):
    """What narrows the table of progress."""

    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            (Standing.OVERDUE.value, _("The day is over")),
            (Standing.DUE_SOON.value, _("Due within a week")),
            (Standing.NOT_BEGUN.value, _("Not begun")),
            (Standing.UNDER_WAY.value, _("Being read")),
            (Standing.FINISHED.value, _("Course finished")),
        ],
    )
