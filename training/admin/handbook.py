"""The handbook, what readers said of it and the case library as rows; they are kept on their own pages."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, moment_column
from aftersales.web.admin_filters import InUseFilter
from training.models import Article, ArticleVersion, ArticleVote, CaseStudy
from training.queries import case_studies


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    list_display = (
        "code_link",
        "audience",
        "topic",
        "goods_type",
        "problem",
        "position",
        moment_column("retired_at", gettext_lazy("retired")),
    )
    list_filter = ("audience", "topic", "goods_type", InUseFilter)
    search_fields = ("code",)
    search_help_text = gettext_lazy("Title or address word")
    ordering = ("code",)
    sortable_by = ()
    fields = readonly_fields = (
        "code_link",
        "audience",
        "topic",
        "goods_type",
        "problem",
        "position",
        moment_column("retired_at", gettext_lazy("retired")),
    )

    @admin.display(description=pgettext_lazy("training", "code"))
    def code_link(self, article):
        return link(reverse("training:handbook_article", args=[article.code]), article.code)


@admin.register(ArticleVersion)
class ArticleVersionAdmin(ReadOnlyAdmin):
    """What every county reads; whoever wrote it stands on the trainers' pages alone."""

    list_display = (
        "title",
        "article",
        "version",
        "is_current",
        "review_on",
        moment_column("published_at", gettext_lazy("published")),
    )
    list_select_related = ("article",)
    list_filter = ("is_current", "article__audience", "article__topic")
    search_fields = ("title", "article__code")
    search_help_text = gettext_lazy("Title or address word")
    ordering = ("article__code", "-version")
    sortable_by = ()
    fields = readonly_fields = (
        "article",
        "version",
        "title",
        "summary",
        "body",
        "video_url",
        "sources",
        "is_current",
        "review_on",
        moment_column("published_at", gettext_lazy("published")),
    )


@admin.register(ArticleVote)
class ArticleVoteAdmin(ReadOnlyAdmin):
    """What was said, without who said it: the page of an article does not tell either."""

    list_display = ("article_version", "has_helped", "comment", moment_column("at", gettext_lazy("when")))
    list_select_related = ("article_version",)
    list_filter = ("has_helped",)
    ordering = ("-at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "article_version",
        "has_helped",
        "comment",
        moment_column("at", gettext_lazy("when")),
    )


@admin.register(CaseStudy)
class CaseStudyAdmin(ReadOnlyAdmin):
    """Published cases of the programme, and those of the counties within reach whatever became of them."""

    list_display = (
        "title",
        "goods_type",
        "problem",
        "how_it_stands",
        moment_column("proposed_at", gettext_lazy("proposed")),
    )
    list_filter = ("goods_type", "problem")
    search_fields = ("title",)
    search_help_text = gettext_lazy("Title")
    ordering = ("-proposed_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "title",
        "goods_type",
        "problem",
        "what_happened",
        "what_was_done",
        "what_to_learn",
        "how_it_stands",
        moment_column("proposed_at", gettext_lazy("proposed")),
        moment_column("published_at", gettext_lazy("published")),
    )

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.filter(
            Q(pk__in=case_studies.desk().order_by().values("pk"))
            | Q(pk__in=case_studies.readable().order_by().values("pk"))
        )

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, case):
        if case.dropped_at:
            return badge(pgettext("case", "dropped"), "neutral")
        if case.published_at:
            return badge(pgettext("case", "published"), "good")
        return badge(pgettext("case", "waiting"), "wait")
