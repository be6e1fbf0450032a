"""How classes and months of classes are shown: tones, subjects of the year, links to the handbook."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.lib.months import month_of
from training.models import Article, VillageClass
from training.queries.starter_texts import ClassIdea, class_ideas
from training.rules.classes import ClassState, Standing
from training.rules.subjects import Audience

STANDING_TONES = {
    Standing.HELD: "good",
    Standing.PLANNED: "info",
    Standing.UNRECORDED: "warn",
    Standing.MISSING: "bad",
}
STANDING_WORDS = {
    Standing.HELD: _("Held"),
    Standing.PLANNED: pgettext_lazy("class", "Planned"),
    Standing.UNRECORDED: _("Not recorded"),
    Standing.MISSING: pgettext_lazy("class", "None yet"),
}


def marked(village_class: VillageClass, now: datetime) -> VillageClass:
    """Give a class the tone and the word of how it stands: a planned one whose time is over is late."""
    state = ClassState(village_class.state)
    village_class.is_late = state == ClassState.PLANNED and village_class.starts_at <= now
    if village_class.is_late:
        village_class.tone, village_class.standing = "warn", STANDING_WORDS[Standing.UNRECORDED]
    else:
        tones = {ClassState.HELD: "good", ClassState.PLANNED: "info", ClassState.CANCELLED: "neutral"}
        village_class.tone = tones[state]
        village_class.standing = village_class.get_state_display()
    return village_class


def idea_of(village_class: VillageClass) -> ClassIdea | None:
    """What to show and to practise, where the class has one of the subjects of the year."""
    ideas = class_ideas().values()
    by_title = next((each for each in ideas if each.title == village_class.title), None)
    if by_title or village_class.article is None:
        return by_title
    return next((each for each in ideas if each.article == village_class.article.code), None)


def ideas_from(month: int) -> list[ClassIdea]:
    """The subjects of the year, that of this month first."""
    ideas = class_ideas()
    return [ideas[number] for number in sorted(ideas, key=lambda number: (number - month) % 12)]


def article_url(article: Article | None) -> str:
    """Where an article is read with an account; "" without one, or while it is retired."""
    if article is None or article.retired_at is not None:
        return ""
    return reverse("training:handbook_article", args=[article.code])


def public_article_url(article: Article | None) -> str:
    """Where villagers read an article without an account; "" for one that is not written for them."""
    if article is None or article.retired_at is not None or article.audience != Audience.VILLAGER:
        return ""
    return reverse("training_public:handbook_article", args=[article.code])


def this_month() -> date:
    """The first day of the present month, as clocks in China show it."""
    return month_of(timezone.localdate())
