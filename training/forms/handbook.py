"""Forms of the handbook: searching it, saying whether it helped, writing it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.service_forms import DayField, KeyedForm, LineField, NoteField, ServiceForm
from training.models.choices import AudienceChoices, GoodsChoices, ProblemChoices, TopicChoices
from training.services.article_votes import COMMENT_SIGNS
from training.services.handbook import LONGEST_BODY

ANY_GOODS = ("", _("All goods"))
ANY_PROBLEM = ("", _("All problems"))
ANY_TOPIC = ("", _("All topics"))
STATES = [
    ("", _("All articles")),
    ("draft", _("with a draft")),
    ("unread", _("not published yet")),
    ("retired", _("out of the handbook")),
]


class AboutForm(FilterForm):
    """What a claim is about, in the codes of its class."""

    goods = forms.ChoiceField(choices=[ANY_GOODS, *GoodsChoices.choices], required=False)
    problem = forms.ChoiceField(choices=[ANY_PROBLEM, *ProblemChoices.choices], required=False)


class HandbookSearchForm(FilterForm):
    """What the handbook is searched for by villagers."""

    q = SearchField(label=_("Words in the handbook"), hint=_("What is it about? e.g. rotten fruit"))
    goods = forms.ChoiceField(label=_("Goods"), choices=[ANY_GOODS, *GoodsChoices.choices], required=False)
    problem = forms.ChoiceField(
        label=_("Problem"), choices=[ANY_PROBLEM, *ProblemChoices.choices], required=False
    )
    topic = forms.ChoiceField(label=_("Topic"), choices=[ANY_TOPIC, *TopicChoices.choices], required=False)


class AgentSearchForm(HandbookSearchForm):
    """What it is searched for by those who also read what is written for agents."""

    audience = forms.ChoiceField(
        label=_("Written"), choices=[("", _("for everybody")), *AudienceChoices.choices], required=False
    )


class DeskForm(FilterForm):
    """What narrows the list of those who write."""

    q = SearchField(label=_("Title or address word"), hint=_("Title or address word"))
    audience = forms.ChoiceField(
        label=_("Written"), choices=[("", _("for everybody")), *AudienceChoices.choices], required=False
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)


class VoteForm(ServiceForm):
    """Whether an article helped: 1 or 0, and a word."""

    has_helped = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda text: text == "1")
    comment = LineField(
        label=_("A word to those who write it"),
        max_length=COMMENT_SIGNS,
        required=False,
        help_text=_("No names and no telephone numbers, please."),
    )


class PlaceForm(ServiceForm):
    """For whom and about what an article is."""

    audience = forms.ChoiceField(label=_("Written"), choices=AudienceChoices.choices)
    topic = forms.ChoiceField(label=_("Topic"), choices=TopicChoices.choices)
    goods_type = forms.ChoiceField(
        label=_("Goods"), choices=[ANY_GOODS, *GoodsChoices.choices], required=False
    )
    problem = forms.ChoiceField(
        label=_("Problem"), choices=[ANY_PROBLEM, *ProblemChoices.choices], required=False
    )
    position = forms.IntegerField(
        label=_("Position"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=_("The lower the number, the further up among those of its topic."),
    )


class NewArticleForm(KeyedForm, PlaceForm):
    """A new article: its place, and the word in its address."""

    code = LineField(
        label=_("Word in the address"),
        max_length=24,
        help_text=_("Small letters, digits and hyphens, e.g. fruit-photos. It never changes."),
    )
    field_order = ("code", "audience", "topic", "goods_type", "problem", "position")


class DraftForm(ServiceForm):
    """What a draft says. `seen` is the mark of what the form was filled from."""

    title = LineField(label=_("Title"), max_length=80)
    summary = LineField(label=_("In one sentence"), max_length=200)
    body = NoteField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
    )
    video_url = LineField(
        label=_("Address of a video"), max_length=300, required=False, help_text=_("Begins with https://.")
    )
    sources = LineField(
        label=_("Sources"),
        max_length=500,
        required=False,
        help_text=_("Laws, standards and rules it rests on, with article and year."),
    )
    review_on = DayField(label=_("To be looked over on"))
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class ReviewForm(ServiceForm):
    """When somebody looks the next time whether an article is still right."""

    review_on = DayField(label=_("Next time to be looked over on"))
