"""The handbook: articles in versions, whether they helped, and cases to learn from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.audit.append_only import append_only, frozen_columns
from training.models.choices import AudienceChoices, GoodsChoices, ProblemChoices, TopicChoices
from training.models.texts import TextVersion


class Article(models.Model):
    """One article of the handbook (操作手册; L-03, L-04, E-09); what it says is in its versions. Public."""

    code = models.CharField(pgettext_lazy("training", "code"), max_length=24, unique=True)
    audience = models.CharField(_("audience"), max_length=8, choices=AudienceChoices)
    topic = models.CharField(_("topic"), max_length=13, choices=TopicChoices)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsChoices, blank=True)
    problem = models.CharField(_("problem"), max_length=9, choices=ProblemChoices, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("article of the handbook")
        verbose_name_plural = _("handbook")
        ordering = ["audience", "topic", "position", "code"]
        indexes = [models.Index(fields=["goods_type", "problem"], name="article_about")]

    def __str__(self):
        return self.code


@frozen_columns(
    "title",
    "summary",
    "body",
    "video_url",
    "sources",
    "version",
    when="OLD.published_at IS NOT NULL",
)
class ArticleVersion(TextVersion):
    """What an article says from a moment on; a draft until it is published, then never changed.

    `searched` is the text without marks, lower case: what a search looks at. `review_on` is when somebody
    looks whether it is still right.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions", verbose_name=_("article"))
    summary = models.CharField(_("in one sentence"), max_length=200)
    searched = models.TextField(editable=False, blank=True)
    review_on = models.DateField(_("to be looked over on"))
    is_current = models.BooleanField(pgettext_lazy("version", "current"), default=False)

    class Meta(TextVersion.Meta):
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        ordering = ["article_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["article", "version"], name="article_version_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(is_current=True), name="article_one_current"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False),
                name="article_current_is_published",
            ),
        ]


@append_only
class ArticleVote(models.Model):
    """Whether an article helped, with a word; from an account, or from a villager without one."""

    article_version = models.ForeignKey(
        ArticleVersion, models.PROTECT, related_name="votes", verbose_name=_("version of an article")
    )
    has_helped = models.BooleanField(_("helped"))
    comment = models.CharField(_("comment"), max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("vote on an article")
        verbose_name_plural = _("votes on articles")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article_version", "user"], condition=Q(user__isnull=False), name="vote_once"
            )
        ]

    def __str__(self):
        return f"{self.article_version_id} {self.has_helped}"


class CaseStudy(models.Model):
    """A case to learn from (案例库, L-02), fed from a closed claim without anything about its people.

    `claim_digest` keeps the same claim from becoming two cases; the number itself is not kept.
    """

    title = models.CharField(_("title"), max_length=80)
    goods_type = models.CharField(_("goods type"), max_length=24, choices=GoodsChoices)
    problem = models.CharField(_("problem"), max_length=9, choices=ProblemChoices, blank=True)
    what_happened = models.CharField(_("what happened"), max_length=500)
    what_was_done = models.CharField(_("what was done"), max_length=500)
    what_to_learn = models.CharField(_("what to learn from it"), max_length=500, blank=True)
    county_code = models.CharField(_("county"), max_length=12, editable=False)
    claim_digest = models.CharField(max_length=64, unique=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True)

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case library")
        ordering = ["-proposed_at", "-id"]

    def __str__(self):
        return self.title
