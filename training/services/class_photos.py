"""Photos of classes and of other publicity: rebuilt from the upload, taken out again, erased in time."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.months import month_of, months_from
from aftersales.web import picture_store, pictures
from training.models import ClassPhoto, Publicity, VillageClass
from training.rules.classes import PHOTOS_KEPT_MONTHS, ClassState

MOST_PHOTOS = 12
ERASED_AT_ONCE = 500


def add(
    *,
    upload: bytes | BinaryIO,
    village_class: VillageClass | None = None,
    publicity: Publicity | None = None,
    by: User,
    now: datetime,
) -> ClassPhoto:
    """Keep a photo of a class or of a line of the publicity log; at most twelve of each.

    Raises Refused: "unknown_class", "unknown_publicity", "class_ended" for a cancelled class or withdrawn
    line, "too_many_photos", and what aftersales.web.pictures.rebuild and picture_store.store refuse.
    """
    owner = _owner(village_class, publicity)
    _check_room(owner)
    picture = pictures.rebuild(upload, now=now)
    name = picture_store.store(picture)
    try:
        with transaction.atomic():
            # Two uploads at once stand in line here, so that both together keep to the limit.
            type(owner).objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)
            _check_room(owner)
            photo = ClassPhoto.objects.create(
                village_class=owner if isinstance(owner, VillageClass) else None,
                publicity=owner if isinstance(owner, Publicity) else None,
                station_id=owner.station_id,
                county_code=owner.county_code,
                file_name=name,
                width=picture.width,
                height=picture.height,
                byte_size=len(picture.jpeg),
                sha256=picture.sha256,
                taken_at=picture.taken_at,
                uploaded_by=by,
                uploaded_at=now,
            )
            trail.record("class_photo.added", by=by, obj=photo, after={"sha256": photo.sha256}, at=now)
            return photo
    except Refused:
        picture_store.remove(name)
        raise


def take_out(photo: ClassPhoto, *, by: User, now: datetime) -> None:
    """Delete a photo, for example because somebody on it does not want to be seen; row first, file after.

    Call it outside any transaction, so that the file goes only when the row has gone.
    Raises Refused("unknown_photo").
    """
    row = ClassPhoto.objects.filter(pk=photo.pk).first()
    if row is None:
        raise _unknown()
    with transaction.atomic(durable=True):
        trail.record("class_photo.removed", by=by, obj=row, before={"sha256": row.sha256}, at=now)
        deleted, _per_model = ClassPhoto.objects.filter(pk=row.pk).delete()
        if not deleted:
            raise _unknown()
    picture_store.remove(row.file_name)


def erase(*, by: User, now: datetime) -> int:
    """Delete photos of more than three years ago, since people can be seen on them; returns how many.

    May run twice: a file whose row has gone is swept away with the strays. Wants a scope that reaches
    everything.
    """
    oldest = months_from(month_of(timezone.localdate(now)), -PHOTOS_KEPT_MONTHS)
    due = ClassPhoto.objects.filter(uploaded_at__date__lt=oldest).order_by("id")
    erased = 0
    while rows := list(due[:ERASED_AT_ONCE]):
        with transaction.atomic():
            ClassPhoto.objects.filter(pk__in=[row.pk for row in rows]).delete()
            counties = [row.county_code for row in rows]
            for code in sorted(set(counties)):
                trail.record(
                    "class_photo.erased",
                    by=by,
                    county_code=code,
                    after={"photos": counties.count(code)},
                    at=now,
                )
        for row in rows:
            picture_store.remove(row.file_name)
        erased += len(rows)
    return erased


def _owner(village_class: VillageClass | None, publicity: Publicity | None) -> VillageClass | Publicity:
    """What the photo is of, read again through the scope of the person acting."""
    if village_class is not None:
        found = VillageClass.objects.filter(pk=village_class.pk).first()
        if found is None:
            raise Refused(_("There is no such class."), code="unknown_class")
        is_over = found.state == ClassState.CANCELLED
    else:
        found = Publicity.objects.filter(pk=publicity.pk if publicity else None).first()
        if found is None:
            raise Refused(_("There is no such line in the log."), code="unknown_publicity")
        is_over = found.withdrawn_at is not None
    if is_over:
        raise Refused(_("This is cancelled; photos can no longer be added."), code="class_ended")
    return found


def _check_room(owner: VillageClass | Publicity) -> None:
    if owner.photos.count() >= MOST_PHOTOS:
        raise Refused(
            _("There are %(most)s photos already. Take one out before adding another.")
            % {"most": MOST_PHOTOS},
            code="too_many_photos",
        )


def _unknown() -> Refused:
    return Refused(_("There is no such photo."), code="unknown_photo")
