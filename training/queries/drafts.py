"""The text of a lesson or an article while it is written: what tells a draft from itself after a change."""

from __future__ import annotations

import hashlib
import json

from training.models import ArticleVersion, LessonVersion

LESSON_TEXTS = ("title", "body", "minutes", "video_url", "sources")
ARTICLE_TEXTS = ("title", "summary", "body", "video_url", "sources")


def mark_of(version: LessonVersion | ArticleVersion | None, *, with_pictures: bool = False) -> str:
    """A short word for what a draft says; "" where there is none.

    Two who write at once are told of each other by the text alone. Whoever publishes has looked at the
    pictures too.
    """
    if version is None:
        return ""
    names = LESSON_TEXTS if isinstance(version, LessonVersion) else (*ARTICLE_TEXTS, "review_on")
    said = [version.pk, version.published_at is not None, *(str(getattr(version, name)) for name in names)]
    if with_pictures:
        pictures = version.attachments.order_by("position", "id")
        said += [list(each) for each in pictures.values_list("pk", "caption", "position")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
