"""Pictures of lessons, articles and questions, written past what refuses them in published texts."""

from aftersales.accounts.models import User
from aftersales.web import picture_store, pictures
from tests.claims.pictures import jpeg
from tests.factories import NOW
from training.models import Attachment
from training.services.attachments import HOLDERS, Holder


def add_picture(holder: Holder, by: User) -> Attachment:
    """A picture with its file, the first of a text."""
    picture = pictures.rebuild(jpeg(), now=NOW)
    return Attachment.objects.create(
        **{HOLDERS[type(holder)]: holder},
        caption="称重",
        file_name=picture_store.store(picture),
        width=picture.width,
        height=picture.height,
        byte_size=len(picture.jpeg),
        position=1,
        added_by=by,
        added_at=NOW,
    )
