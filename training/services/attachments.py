"""Pictures of lessons, articles and questions: added, taken out, copied for the next version."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web import picture_store, pictures
from training.models import ArticleVersion, Attachment, LessonVersion, Question

Holder = LessonVersion | ArticleVersion | Question

PICTURES_PER_TEXT = 12
HOLDERS = {LessonVersion: "lesson_version", ArticleVersion: "article_version", Question: "question"}


def add(holder: Holder, *, upload: bytes | BinaryIO, caption: str, by: User, now: datetime) -> Attachment:
    """Rebuild a picture somebody sent, store it, and put it behind the pictures the text already has.

    Raises Refused: "published" for a version that people already read; "caption_missing"; "too_many_pictures"
    above twelve; "unknown_text" when the draft is gone; and whatever aftersales.web.pictures.rebuild and
    picture_store.store refuse.
    """
    caption = caption.strip()
    if not caption:
        raise Refused(_("Say what the picture shows."), code="caption_missing", field="caption")
    check_open(holder)
    picture = pictures.rebuild(upload, now=now)
    name = picture_store.store(picture)
    try:
        with transaction.atomic():
            check_open(_held(holder))
            rows = of(holder)
            if rows.count() >= PICTURES_PER_TEXT:
                raise Refused(
                    _("A text holds at most %(limit)s pictures.") % {"limit": PICTURES_PER_TEXT},
                    code="too_many_pictures",
                )
            attachment = Attachment.objects.create(
                **{HOLDERS[type(holder)]: holder},
                caption=caption[:100],
                file_name=name,
                width=picture.width,
                height=picture.height,
                byte_size=len(picture.jpeg),
                position=(rows.aggregate(last=Max("position"))["last"] or 0) + 1,
                added_by=by,
                added_at=now,
            )
            trail.record(
                "picture.added",
                by=by,
                obj=holder,
                after={"picture": attachment.pk, "caption": caption},
                at=now,
            )
    except Refused:
        picture_store.remove(name)
        raise
    return attachment


def remove(attachment: Attachment, *, by: User, now: datetime) -> None:
    """Take a picture out of a text that nobody reads yet: the row first, the file after.

    Call it outside any transaction, so that the file goes only when the row has gone.

    Raises Refused: "published"; "unknown_picture" when somebody else was faster.
    """
    holder = holder_of(attachment)
    with transaction.atomic(durable=True):
        check_open(_held(holder))
        deleted, _per_model = Attachment.objects.filter(pk=attachment.pk).delete()
        if not deleted:
            raise Refused(_("There is no such picture."), code="unknown_picture")
        trail.record("picture.removed", by=by, obj=holder, before={"caption": attachment.caption}, at=now)
    picture_store.remove(attachment.file_name)


def copy(source: Holder, target: Holder, *, by: User, now: datetime) -> list[Attachment]:
    """Give a new version the pictures of another one, each with a file of its own, in the same order.

    A picture whose file is gone is left out. Raises whatever picture_store.copy refuses.
    """
    copies = []
    for each in of(source):
        try:
            name = picture_store.copy(each.file_name)
        except picture_store.NoSuchPicture:
            continue
        copies.append(
            Attachment(
                **{HOLDERS[type(target)]: target},
                caption=each.caption,
                file_name=name,
                width=each.width,
                height=each.height,
                byte_size=each.byte_size,
                position=each.position,
                added_by=by,
                added_at=now,
            )
        )
    return Attachment.objects.bulk_create(copies)


def of(holder: Holder):
    """The pictures of a text in their order."""
    return Attachment.objects.filter(**{HOLDERS[type(holder)]: holder}).order_by("position", "id")


def holder_of(attachment: Attachment) -> Holder:
    """The text a picture belongs to."""
    return attachment.lesson_version or attachment.article_version or attachment.question


def check_open(holder: Holder) -> None:
    """Refuse ("published") where people already read what would change."""
    if getattr(holder, "published_at", None) is not None:
        raise Refused(_("This version is published and stays as it is. Begin a new draft."), code="published")


def _held(holder: Holder) -> Holder:
    """The text as it stands, held to the end of the transaction: whoever adds or publishes waits here.

    Raises Refused("unknown_text") when somebody has thrown it away meanwhile.
    """
    found = type(holder).objects.select_for_update(no_key=True).filter(pk=holder.pk).first()
    if found is None:
        raise Refused(_("This text is gone. Look at the list again."), code="unknown_text")
    return found
