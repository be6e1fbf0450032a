"""The handbook as it is read: searching it, what goes with a claim, what has to be looked over.

docs/rules/handbook.md, sections 1, 3 and 5.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When

from training.models import Article, ArticleVersion, ArticleVote
from training.rules.searching import Place, enough_pieces, pieces_of, words_of
from training.rules.subjects import Audience, covered_by, within

LIST_ORDER = ("rank", "article__audience", "article__topic", "article__position", "article_id")
REVIEW_SOON = timedelta(days=14)
"""So many days before its day an article stands among those to be looked over."""


def published(*, audience: str = "") -> QuerySet[ArticleVersion]:
    """What the handbook says today, without articles that are retired; for everybody or one audience."""
    rows = ArticleVersion.objects.filter(is_current=True, article__retired_at__isnull=True)
    if audience:
        rows = rows.filter(article__audience=audience)
    return rows.select_related("article").defer("body", "searched", "article__retired_at")


def open_to(*, everything: bool) -> QuerySet[ArticleVersion]:
    """What somebody may read: all of it with an account for learning, else what is written for villagers."""
    return published(audience="" if everything else Audience.VILLAGER)


def narrowed(
    rows: QuerySet[ArticleVersion], *, goods: str = "", problem: str = "", topic: str = "", audience: str = ""
) -> QuerySet[ArticleVersion]:
    """Those about a goods type (with its group, and with what lies in it), a problem, a topic, for somebody.

    A text that names no problem counts for every problem of its goods.
    """
    if goods:
        rows = rows.filter(article__goods_type__in={*covered_by(goods), *within(goods)})
    if problem:
        rows = rows.filter(article__problem__in=(problem, "") if goods else (problem,))
    if topic:
        rows = rows.filter(article__topic=topic)
    if audience:
        rows = rows.filter(article__audience=audience)
    return rows


def matching(rows: QuerySet[ArticleVersion], text: str) -> QuerySet[ArticleVersion]:
    """Those that hold every word of a search, with `rank`: in the title, the summary or the text."""
    words = words_of(text)
    for word in words:
        rows = rows.filter(searched__contains=word)
    in_title, in_both = Q(), Q()
    for word in words:
        in_title &= Q(title__icontains=word)
        in_both &= Q(title__icontains=word) | Q(summary__icontains=word)
    if not words:
        return rows.annotate(rank=Value(0, output_field=IntegerField()))
    return rows.annotate(
        rank=Case(
            When(in_title, then=Value(int(Place.TITLE))),
            When(in_both, then=Value(int(Place.SUMMARY))),
            default=Value(int(Place.TEXT)),
            output_field=IntegerField(),
        )
    )


def nearest(rows: QuerySet[ArticleVersion], text: str, limit: int) -> list[ArticleVersion]:
    """Where nothing holds a whole search: those that hold most pieces of it, at least a third of them."""
    pieces = pieces_of(text)
    if not pieces:
        return []
    held = sum(
        (
            Case(When(searched__contains=piece, then=Value(1)), default=Value(0), output_field=IntegerField())
            for piece in pieces
        ),
        start=Value(0, output_field=IntegerField()),
    )
    rows = rows.annotate(held=held).filter(held__gte=enough_pieces(len(pieces)))
    return list(rows.order_by("-held", *LIST_ORDER[1:])[:limit])


def about(*, goods: str, problem: str, limit: int) -> tuple[list[ArticleVersion], list[ArticleVersion]]:
    """What goes with a claim: texts about its goods or their group, and those about all goods.

    Both for this problem or for any, the nearest first: goods before group, this problem before any.
    """
    rows = published().filter(article__problem__in={problem, ""})
    of_goods = rows.filter(article__goods_type__in=covered_by(goods)) if goods else rows.none()
    near = of_goods.annotate(
        rank=Case(
            When(article__goods_type=goods, article__problem=problem, then=Value(0)),
            When(article__goods_type=goods, then=Value(1)),
            When(article__problem=problem, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
    )
    general = rows.filter(article__goods_type="").annotate(
        rank=Case(
            When(article__problem=problem, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
    )
    return list(near.order_by(*LIST_ORDER)[:limit]), list(general.order_by(*LIST_ORDER)[:limit])


def current_of(code: str, *, everything: bool) -> ArticleVersion | None:
    """What an article says today, with its pictures, for somebody who may read it; None where there is
    nothing for them, whether it is missing, retired, never published or not meant for them."""
    rows = ArticleVersion.objects.filter(
        article__code=code, is_current=True, article__retired_at__isnull=True
    ).select_related("article")
    if not everything:
        rows = rows.filter(article__audience=Audience.VILLAGER)
    return rows.prefetch_related("attachments").first()


def votes_of(versions: Iterable[ArticleVersion]) -> dict[int, tuple[int, int]]:
    """By version: how many said it helped, and how many said anything."""
    rows = (
        ArticleVote.objects.filter(article_version__in=[each.pk for each in versions])
        .order_by()
        .values("article_version")
        .annotate(helped=Count("pk", filter=Q(has_helped=True)), all=Count("pk"))
    )
    return {row["article_version"]: (row["helped"], row["all"]) for row in rows}


def votes_by_article(articles: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By article, for the version in force: how many said it helped, and how many said anything."""
    rows = (
        ArticleVote.objects.filter(article_version__article__in=articles, article_version__is_current=True)
        .order_by()
        .values("article_version__article")
        .annotate(helped=Count("pk", filter=Q(has_helped=True)), all=Count("pk"))
    )
    return {row["article_version__article"]: (row["helped"], row["all"]) for row in rows}


def words_about(article: Article, limit: int) -> list[ArticleVote]:
    """The last words that readers left about an article, whatever the version."""
    rows = ArticleVote.objects.filter(article_version__article=article).exclude(comment="")
    return list(rows.select_related("article_version").defer("article_version__body")[:limit])


def has_voted(version: ArticleVersion, user) -> bool:
    """Whether an account has said already if this version helped."""
    return ArticleVote.objects.filter(article_version=version, user=user).exists()


def draft_of(article: Article) -> ArticleVersion | None:
    """The version that is being written, with its pictures; there is at most one."""
    return article.versions.filter(published_at__isnull=True).prefetch_related("attachments").first()


def desk() -> QuerySet[Article]:
    """Every article for those who write it: with its current title, versions and whether a draft waits."""
    return Article.objects.annotate(
        title=Max("versions__title", filter=Q(versions__is_current=True)),
        draft_title=Max("versions__title", filter=Q(versions__published_at__isnull=True)),
        current_version=Max("versions__version", filter=Q(versions__is_current=True)),
        review_on=Max("versions__review_on", filter=Q(versions__is_current=True)),
        drafts=Count("versions", filter=Q(versions__published_at__isnull=True)),
    )


def to_look_over(today: date) -> QuerySet[ArticleVersion]:
    """Current articles whose day to be looked over has come or comes within a fortnight, overdue first."""
    rows = published().filter(review_on__lte=today + REVIEW_SOON)
    return rows.order_by("review_on", "article_id")
