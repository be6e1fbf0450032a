"""An article, a vote and cases to learn from in the small world of tests/rights/world.py."""

from __future__ import annotations

from django.db.models import Model

from aftersales.accounts.models import User
from tests.factories import NOW
from tests.rights.marks import Marks
from tests.training.articles import REVIEW_ON, make_article
from tests.training.text_pictures import add_picture
from training.models import Article, ArticleVersion, ArticleVote, Attachment, CaseStudy

CODE, SHARED_DIGEST = "rights-article", "5a" * 32
WORDS = {"goods_type": "fresh_fruit", "what_happened": "纸箱塌了一角。", "what_was_done": "退款，追偿。"}


def handbook_rows(mark: Marks, county_code: str, trainer: User) -> list[Model]:
    """What is the same for every county, made once, and a case that waits on the desk of this one alone."""
    CaseStudy.objects.get_or_create(
        claim_digest=f"{county_code:0>64}",
        defaults={
            **WORDS,
            "title": mark.word("casetitle"),
            "what_was_done": mark.word("casedone"),
            "county_code": county_code,
            "proposed_at": NOW,
            "proposed_by": trainer,
        },
    )
    if not Article.objects.filter(code=CODE).exists():
        _article(trainer)
        CaseStudy.objects.create(
            **WORDS,
            title="压坏的猕猴桃",
            what_to_learn="先看纸箱。",
            county_code="",
            claim_digest=SHARED_DIGEST,
            proposed_at=NOW,
            proposed_by=trainer,
            published_at=NOW,
            published_by=trainer,
        )
    current = ArticleVersion.objects.get(article__code=CODE, is_current=True)
    return [
        current.article,
        current,
        ArticleVote.objects.get(article_version=current),
        CaseStudy.objects.get(claim_digest=SHARED_DIGEST),
    ]


def article_picture(*, is_draft: bool) -> int:
    """The key of the picture of the version in force, or of the draft; 0 where there is none."""
    found = Attachment.objects.filter(
        article_version__article__code=CODE, article_version__published_at__isnull=is_draft
    )
    return found.values_list("pk", flat=True).first() or 0


def published_case() -> int:
    """The key of the case that everybody reads."""
    found = CaseStudy.objects.filter(claim_digest=SHARED_DIGEST)
    return found.values_list("pk", flat=True).first() or 0


def waiting_case(county_code: str) -> int:
    """The key of the case on the desk of a county."""
    found = CaseStudy.objects.filter(county_code=county_code, published_at__isnull=True)
    return found.values_list("pk", flat=True).first() or 0


def _article(trainer: User) -> None:
    """An article for villagers with a version in force, a draft, a picture each, and a vote."""
    current = make_article(CODE, title="怎么拍", body="![1]\n看清楚", audience="villager")
    draft = ArticleVersion.objects.create(
        article=current.article,
        version=2,
        title="怎么拍",
        summary="三张",
        body="![1]\n看清楚",
        review_on=REVIEW_ON,
        written_by=trainer,
    )
    for version in (current, draft):
        add_picture(version, trainer)
    ArticleVote.objects.create(article_version=current, has_helped=True, at=NOW)
