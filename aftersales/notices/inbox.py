"""One person's inbox: what stands in it, how much is new, and reading it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import get_language

from aftersales.accounts.models import User
from aftersales.notices.models import Notice
from aftersales.notices.wording import Wordings
from aftersales.web.formats import SHANGHAI
from aftersales.web.paging import CappedCount, Page, capped_count, keyset_page

PAGE_SIZE = 30
BADGE_CAP = 99


@dataclass(frozen=True)
class Entry:
    """One message in words, in the language of the reader."""

    pk: UUID
    title: str
    text: str
    url: str
    is_new: bool
    is_urgent: bool
    posted_at: datetime

    @property
    def day(self) -> date:
        return self.posted_at.astimezone(SHANGHAI).date()


def unread(user: User) -> CappedCount:
    """How many messages the person has not opened, up to 99; one look into a small index."""
    return capped_count(Notice.objects.filter(recipient_id=user.pk, read_at=None), cap=BADGE_CAP)


def page(user: User, *, cursor: str = "", only_new: bool = False) -> Page:
    """One page of the person's messages, newest first; two statements."""
    notices = Notice.objects.filter(recipient_id=user.pk)
    if only_new:
        notices = notices.filter(read_at=None)
    found = keyset_page(notices, cursor=cursor, size=PAGE_SIZE)
    return Page(rows=list(_in_words(found.rows)), previous=found.previous, next=found.next)


def _in_words(notices: Iterable[Notice]) -> Iterable[Entry]:
    wordings = Wordings(notice.event for notice in notices)
    for notice in notices:
        words = wordings.words(notice.event, notice.params, channel="", language=get_language())
        yield Entry(
            pk=notice.pk,
            title=words.title,
            text=words.text,
            url=notice.url,
            is_new=notice.read_at is None,
            is_urgent=notice.is_urgent,
            posted_at=notice.created_at,
        )


def open_notice(*, notice: Notice, now: datetime) -> str:
    """Note that its recipient has opened a message; returns the page it is about, "" where it has none.

    The first moment is kept.
    """
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now)
    return notice.url


def mark_all_read(*, user: User, until: datetime, now: datetime) -> int:
    """Note that the person has read everything posted up to a moment; returns how much was new.

    The moment is that of the page they looked at, so that what came in meanwhile stays new.
    """
    return Notice.objects.filter(recipient_id=user.pk, read_at=None, created_at__lte=until).update(
        read_at=now
    )
