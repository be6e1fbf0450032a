"""Articles of the handbook for tests, written past the services."""

from datetime import date

from aftersales.accounts.models import system_user
from tests.factories import NOW
from training.models import Article, ArticleVersion
from training.rules.searching import searched_text

REVIEW_ON = date(2027, 5, 31)


def make_article(
    code,
    *,
    title="坏果怎么拍",
    summary="三张照片说清楚",
    body="先拍全景。",
    audience="agent",
    topic="evidence",
    goods_type="",
    problem="",
    review_on=REVIEW_ON,
    **fields,
) -> ArticleVersion:
    """An article with one version that is in force."""
    article = Article.objects.create(
        code=code, audience=audience, topic=topic, goods_type=goods_type, problem=problem, **fields
    )
    author = system_user()
    return ArticleVersion.objects.create(
        article=article,
        version=1,
        title=title,
        summary=summary,
        body=body,
        searched=searched_text(title, summary, body),
        review_on=review_on,
        written_by=author,
        published_at=NOW,
        published_by=author,
        is_current=True,
    )


def draft_values(**changed):
    """What a draft is saved with."""
    return {
        "title": "坏果怎么拍",
        "summary": "三张照片说清楚",
        "body": "先拍全景。",
        "video_url": "",
        "sources": "",
        "review_on": REVIEW_ON,
        **changed,
    }
