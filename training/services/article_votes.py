"""Whether an article helped, said by its readers. docs/rules/handbook.md, section 6."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from training.models import ArticleVersion, ArticleVote
from training.rules.traces import masked

COMMENT_SIGNS = 200


def vote(
    version: ArticleVersion, *, has_helped: bool, comment: str = "", user: User | None, now: datetime
) -> ArticleVote:
    """Keep whether a version helped, with a word; once from each account, from anybody without one.

    Numbers in the comment that could be a phone, an identity card or an account are masked before it is kept.

    Raises Refused: "not_current" for a version that nobody reads now; "too_long"; "voted_already".
    """
    comment = masked(comment.strip())
    if len(comment) > COMMENT_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": COMMENT_SIGNS},
            code="too_long",
            field="comment",
        )
    is_read = ArticleVersion.objects.filter(
        pk=version.pk, is_current=True, article__retired_at__isnull=True
    ).exists()
    if not is_read:
        raise Refused(
            _("There is a newer version of this article. Please read that one."), code="not_current"
        )
    try:
        with transaction.atomic():
            given = ArticleVote.objects.create(
                article_version=version, has_helped=has_helped, comment=comment, user=user, at=now
            )
            event = trail.prepare(
                "article.voted", by=user, obj=version.article, after={"has_helped": has_helped}, at=now
            )
            if user is None:
                # Villagers are promised that nothing about the sender is kept.
                event.address = ""
            event.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("You have already said so. Thank you."), code="voted_already") from None
    return given
