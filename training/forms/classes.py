"""Planning a village class, recording it, its list of names, and lines of the publicity log."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.models import User
from aftersales.web.service_forms import (
    ChineseNameField,
    DayField,
    KeyedForm,
    LineField,
    MomentField,
    NoteField,
    ServiceForm,
)
from stations.models import Station
from training.models import ArticleVersion, Attendee
from training.models.choices import PublicityKindChoices
from training.rules.classes import LONGEST_MINUTES, MOST_PEOPLE, MOST_REACHED, SHORTEST_MINUTES
from training.services.class_attendees import NAME_SIGNS, REASON_LIMIT
from training.services.class_plans import PLACE_SIGNS, TITLE_SIGNS
from training.services.class_texts import LEAST_SIGNS
from training.services.publicity import WHAT_SIGNS
from training.services.village_classes import REASON_SIGNS, REPORT_SIGNS

NAMES_SIGNS = 9000


class VersionedForm(ServiceForm):
    """A form that says which version of a class its page showed, so that a newer one is not overrun."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class ClassForm(ServiceForm):
    """What a class is about, when, where, and who holds it."""

    title = LineField(label=_("Subject"), max_length=TITLE_SIGNS, min_length=LEAST_SIGNS)
    article = forms.TypedChoiceField(
        label=_("Material from the handbook"), required=False, coerce=int, empty_value=None
    )
    starts_at = MomentField(label=_("Begins"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    place = LineField(
        label=_("Meeting place"),
        max_length=PLACE_SIGNS,
        min_length=LEAST_SIGNS,
        help_text=_("For example: the yard of the service point. It stands on the poster."),
    )
    teacher = forms.TypedChoiceField(label=_("Who teaches"), coerce=int)

    def __init__(self, *args, teachers: Sequence[User], material: Iterable[ArticleVersion], **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {each.pk: each for each in teachers}
        self.articles = {each.article_id: each.article for each in material}
        self.fields["teacher"].choices = [(each.pk, str(each)) for each in teachers]
        self.fields["article"].choices = [
            ("", _("none")),
            *((each.article_id, f"{each.title}") for each in material),
        ]

    @property
    def plan(self) -> dict:
        """The cleaned values as the service takes them."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return values | {
            "teacher": self.people[values["teacher"]],
            "article": self.articles.get(values["article"]),
        }


class ClassChangeForm(VersionedForm, ClassForm):
    """The same for a class that is planned already."""


class ClassRecordForm(VersionedForm):
    """How many came, and what was done."""

    attended = forms.IntegerField(
        label=_("How many people came?"),
        min_value=0,
        max_value=MOST_PEOPLE,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Empty: as many as there are names on the list."),
    )
    report = NoteField(
        label=_("How the class went"),
        max_length=REPORT_SIGNS,
        min_length=LEAST_SIGNS,
        help_text=_("In a sentence or two: what was shown, what people asked. Without names."),
    )


class ClassCancelForm(ServiceForm):
    """Why a class is called off."""

    reason = LineField(label=_("Reason"), max_length=REASON_SIGNS, min_length=LEAST_SIGNS)


class NamesForm(ServiceForm):
    """People for the list of a class, a line each, and how they agreed to be on it."""

    names = NoteField(
        label=_("Name"),
        max_length=NAMES_SIGNS,
        help_text=_("One name on each line. They are kept sealed and erased after a year."),
    )
    consent_how = forms.ChoiceField(
        label=_("How did they agree to be on the list?"),
        choices=Attendee._meta.get_field("consent_how").choices,
        widget=forms.RadioSelect,
    )

    def clean_names(self) -> list[str]:
        """The lines with something on them. Raises ValidationError for what is no name, or too long."""
        names = [" ".join(line.split()) for line in self.cleaned_data["names"].splitlines()]
        names = [name for name in names if name]
        if any(len(name) > NAME_SIGNS for name in names):
            raise forms.ValidationError(
                _("One name on each line, with at most %(limit)s characters."),
                code="too_long",
                params={"limit": NAME_SIGNS},
            )
        field = ChineseNameField(max_length=NAME_SIGNS)
        return [field.clean(name) for name in names]


class NamesShowForm(ServiceForm):
    """What the names are needed for; the reason stays in the history."""

    reason = LineField(
        label=_("What do you need it for?"),
        max_length=REASON_LIMIT,
        min_length=4,
        help_text=_("For example: comparing with the signed list. The reason is kept with your name."),
    )


class PublicityForm(KeyedForm):
    """A line of the publicity log."""

    station = forms.ModelChoiceField(label=_("Station"), queryset=Station._base_manager.none())
    day = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("By what means"), choices=PublicityKindChoices, widget=forms.RadioSelect)
    what = LineField(
        label=_("What was told"),
        max_length=WHAT_SIGNS,
        min_length=LEAST_SIGNS,
        help_text=_("For example: how to take a claim photo, twice over the loudspeaker."),
    )
    reached = forms.IntegerField(
        label=_("About how many people"),
        min_value=1,
        max_value=MOST_REACHED,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Leave it empty if nobody counted."),
    )

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations


class PublicityWithdrawForm(ServiceForm):
    """Why a line is taken back."""

    reason = LineField(label=_("Why is it wrong?"), max_length=REASON_SIGNS, min_length=LEAST_SIGNS)
