"""The handbook: articles written as drafts, published in versions, looked over.

docs/rules/handbook.md, sections 1, 4 and 5.
"""

import re
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.changes import change_row
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from training.models import Article, ArticleVersion
from training.models.choices import AudienceChoices, GoodsChoices, ProblemChoices, TopicChoices
from training.queries.drafts import ARTICLE_TEXTS, mark_of
from training.rules.markup import pictures_missing, plain
from training.rules.searching import searched_text
from training.services import attachments

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_BODY = 20_000
FURTHEST_REVIEW = timedelta(days=3 * 366)
ABOUT = ("audience", "topic", "goods_type", "problem", "position")
_CHOICES = {
    "audience": AudienceChoices.values,
    "topic": TopicChoices.values,
    "goods_type": ["", *GoodsChoices.values],
    "problem": ["", *ProblemChoices.values],
}


def begin(
    *,
    code: str,
    audience: str,
    topic: str,
    goods_type: str = "",
    problem: str = "",
    position: int = 0,
    by: User,
    now: datetime,
) -> Article:
    """Put a new article on the desk; readers see it when its first version is published.

    Raises Refused: "code_malformed", "article_exists", "unknown_choice".
    """
    code = code.strip().lower()
    if not CODE.fullmatch(code) or len(code) > 24:
        raise Refused(
            _("Use small letters, digits and single hyphens, at most 24 characters."),
            code="code_malformed",
            field="code",
        )
    values = {
        "audience": audience,
        "topic": topic,
        "goods_type": goods_type,
        "problem": problem,
        "position": position,
    }
    _check_choices(values)
    with transaction.atomic():
        try:
            with transaction.atomic():
                article = Article.objects.create(code=code, **values)
        except IntegrityError:
            raise Refused(
                _("There is an article with this code."), code="article_exists", field="code"
            ) from None
        trail.record("article.begun", by=by, obj=article, after={"code": code, **values}, at=now)
    return article


def change(*, article: Article, by: User, now: datetime, **values) -> Article:
    """Say otherwise for whom and about what an article is (ABOUT); what it says is not touched.

    Raises Refused("unknown_choice").
    """
    _check_choices(values)
    change_row(article, values, verb="article.changed", by=by, now=now)
    return article


def save_draft(
    article: Article,
    *,
    title: str,
    summary: str,
    body: str,
    video_url: str,
    sources: str,
    review_on: date,
    by: User,
    now: datetime,
    seen: str | None = None,
) -> ArticleVersion:
    """Write the draft of an article; the first one begins with copies of the pictures of what is in force.

    `seen` is the mark of the draft as it was opened (queries.drafts.mark_of, "" for none): when somebody else
    has saved meanwhile nothing is overwritten. Without it the last one wins.

    Raises Refused: "text_missing", "too_long", "wrong_video", "review_in_the_past", "review_too_far",
    "article_retired", "changed_meanwhile".
    """
    texts = {
        "title": title.strip(),
        "summary": summary.strip(),
        "body": body.strip(),
        "video_url": video_url.strip(),
        "sources": sources.strip(),
    }
    _check_texts(texts)
    _check_review(review_on, now)
    texts["searched"] = searched_text(texts["title"], texts["summary"], texts["body"])
    if article.retired_at is not None:
        raise Refused(_("This article is no longer in use. Put it back first."), code="article_retired")
    try:
        with transaction.atomic():
            Article.objects.select_for_update(no_key=True).get(pk=article.pk)
            draft = article.versions.filter(published_at__isnull=True).first()
            if seen is not None and seen != mark_of(draft):
                raise _changed()
            if draft is None:
                draft = _first_draft(article, texts, review_on, by, now)
            else:
                before = mark_of(draft)
                written = ArticleVersion.objects.filter(pk=draft.pk, published_at__isnull=True).update(
                    **texts, review_on=review_on, written_by=by
                )
                if not written:
                    raise _changed()
                draft.refresh_from_db()
                if mark_of(draft) == before:
                    return draft
            trail.record("article.drafted", by=by, obj=article, after={"version": draft.version}, at=now)
    except IntegrityError:
        raise _changed() from None
    return draft


def drop_draft(version: ArticleVersion, *, by: User, now: datetime) -> None:
    """Throw a draft away with its pictures; what is published stays.

    Call it outside any transaction, so that files go only when their rows have gone. Raises
    Refused("published"), Refused("changed_meanwhile") when it is gone already.
    """
    attachments.check_open(version)
    names = list(attachments.of(version).values_list("file_name", flat=True))
    with transaction.atomic(durable=True):
        attachments.of(version).delete()
        deleted, _per_model = ArticleVersion.objects.filter(pk=version.pk, published_at__isnull=True).delete()
        if not deleted:
            raise _changed()
        trail.record(
            "article.dropped", by=by, obj=version.article, before={"version": version.version}, at=now
        )
    for name in names:
        picture_store.remove(name)


def publish(version: ArticleVersion, *, by: User, now: datetime, seen: str | None = None) -> ArticleVersion:
    """Let readers read a draft from now on instead of what they read before; it never changes again.

    `seen` is the mark of what the preview showed, with its pictures (queries.drafts.mark_of). Raises Refused:
    "published"; "changed_meanwhile" when the draft says something else by now; "picture_missing" when the
    text names a picture it has not; "review_in_the_past"; "article_retired".
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(no_key=True).get(pk=version.article_id)
        version = ArticleVersion.objects.filter(pk=version.pk).first()
        if version is None:
            raise _changed()
        attachments.check_open(version)
        if seen is not None and seen != mark_of(version, with_pictures=True):
            raise _changed()
        if article.retired_at is not None:
            raise Refused(_("This article is no longer in use. Put it back first."), code="article_retired")
        _check_review(version.review_on, now)
        missing = pictures_missing(version.body, attachments.of(version).count())
        if missing:
            raise Refused(
                _("The text names picture %(number)s, but there is no such picture.")
                % {"number": missing[0]},
                code="picture_missing",
            )
        ArticleVersion.objects.filter(article=article, is_current=True).update(is_current=False)
        published = ArticleVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(
            published_at=now, published_by=by, is_current=True
        )
        if not published:
            raise _changed()
        trail.record("article.published", by=by, obj=article, after={"version": version.version}, at=now)
    version.refresh_from_db()
    return version


def look_over(version: ArticleVersion, *, review_on: date, by: User, now: datetime) -> ArticleVersion:
    """Somebody read what is in force and found it still right; it is looked at again on another day.

    Raises Refused: "review_in_the_past", "review_too_far", "not_current".
    """
    _check_review(review_on, now)
    with transaction.atomic():
        rows = ArticleVersion.objects.filter(pk=version.pk, is_current=True, article__retired_at__isnull=True)
        if not ArticleVersion.objects.filter(pk__in=rows.values("pk")).update(review_on=review_on):
            raise Refused(_("This version is no longer in force."), code="not_current")
        trail.record(
            "article.looked_over",
            by=by,
            obj=version.article,
            before={"review_on": f"{version.review_on}"},
            after={"version": version.version, "review_on": f"{review_on}"},
            at=now,
        )
    version.refresh_from_db()
    return version


def retire(*, article: Article, reason: str, by: User, now: datetime) -> Article:
    """Take an article out of the handbook; its versions stay. Raises Refused("article_retired")."""
    return _mark(article, retired_at=now, verb="article.retired", reason=reason, by=by, now=now)


def restore(*, article: Article, reason: str, by: User, now: datetime) -> Article:
    """Put a retired article back. Raises Refused("article_in_use")."""
    return _mark(article, retired_at=None, verb="article.restored", reason=reason, by=by, now=now)


def _first_draft(article, texts, review_on, by, now) -> ArticleVersion:
    last = article.versions.aggregate(last=Max("version"))["last"] or 0
    draft = ArticleVersion.objects.create(
        article=article, version=last + 1, **texts, review_on=review_on, written_by=by
    )
    current = article.versions.filter(is_current=True).first()
    if current is not None:
        attachments.copy(current, draft, by=by, now=now)
    return draft


def _mark(article: Article, *, retired_at, verb: str, reason: str, by: User, now: datetime) -> Article:
    if not reason.strip():
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    with transaction.atomic():
        rows = Article.objects.filter(pk=article.pk, retired_at__isnull=retired_at is not None)
        if not rows.update(retired_at=retired_at):
            if retired_at is not None:
                raise Refused(_("This article is no longer in use."), code="article_retired")
            raise Refused(_("This article is in use."), code="article_in_use")
        trail.record(verb, by=by, obj=article, reason=reason.strip(), at=now)
    article.refresh_from_db()
    return article


def _check_texts(texts: dict[str, str]) -> None:
    for name in ("title", "summary", "body"):
        if not texts[name] or (name == "body" and not plain(texts[name])):
            raise Refused(_("This field is required."), code="text_missing", field=name)
    for name in ARTICLE_TEXTS:
        limit = ArticleVersion._meta.get_field(name).max_length or LONGEST_BODY
        if len(texts[name]) > limit:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=name
            )
    if texts["video_url"] and not texts["video_url"].startswith("https://"):
        raise Refused(
            _("The address of the video begins with https://."), code="wrong_video", field="video_url"
        )


def _check_review(review_on: date, now: datetime) -> None:
    today = timezone.localdate(now)
    if review_on <= today:
        raise Refused(
            _("Choose a day in the future to look the article over."),
            code="review_in_the_past",
            field="review_on",
        )
    if review_on > today + FURTHEST_REVIEW:
        raise Refused(
            _("An article is looked over within three years."), code="review_too_far", field="review_on"
        )


def _check_choices(values: dict) -> None:
    for name, on_offer in _CHOICES.items():
        if name in values and values[name] not in on_offer:
            raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=name)


def _changed() -> Refused:
    return Refused(
        _("Somebody has changed the draft meanwhile. Open it again and look at what it says now."),
        code="changed_meanwhile",
    )
