"""A picture of a lesson or an article as it stands in the text."""

from __future__ import annotations

from django.urls import reverse

from aftersales.web.pictures import THUMBNAIL_SIDE
from training.models import Attachment
from training.rules.markup import Picture


def picture_of(attachment: Attachment, name: str, *, large: bool = False) -> Picture:
    """What a text shows of a picture, sent out by the page of this URL name.

    The thumbnail, which opens the large one, so that a page stays light on a weak line; large for paper.
    """
    address = reverse(name, args=[attachment.pk])
    if large:
        return Picture(address, attachment.caption, attachment.width, attachment.height)
    scale = min(1, THUMBNAIL_SIDE / max(attachment.width, attachment.height))
    return Picture(
        address=address,
        caption=attachment.caption,
        width=max(1, round(attachment.width * scale)),
        height=max(1, round(attachment.height * scale)),
        small=f"{address}?small",
    )
