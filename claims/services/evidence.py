"""Photos: staged while a form is filled in, attached when the claim is filed, swept when it never is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.web import picture_store, pictures
from aftersales.web.idempotency import KEY
from aftersales.web.picture_holders import StoredNames
from claims.models import Claim, Photo, PhotoPrint
from claims.models.evidence import PhotoKind
from claims.rules.likeness import SIDE, Picture, Print, bands
from claims.services import flags, reach
from stations.models import Station

PHOTOS_PER_CLAIM = 12
PHOTOS_PER_DAY = 300
STAGED_FOR = timedelta(hours=24)


def stage(
    *,
    upload: bytes | BinaryIO,
    station: Station,
    form_token: str,
    kind: str = PhotoKind.DAMAGE,
    by: User,
    now: datetime,
) -> Photo:
    """Rebuild a picture somebody sent, store it, and keep it under the form's token until the claim is filed.

    At most twelve photos under one token and 300 a day from one person; a photo that is never filed is
    swept after 24 hours.

    Raises Refused("unknown_station"), Refused("key_malformed"), Refused("unknown_kind"),
    Refused("too_many_photos"), Refused("too_many_today"), and whatever aftersales.web.pictures.rebuild
    and picture_store.store refuse.
    """
    station = reach.station(station)
    if not KEY.fullmatch(form_token):
        raise Refused(_("Open the form again and send the photo once more."), code="key_malformed")
    if kind not in PhotoKind.values:
        raise Refused(_("Say what the photo shows."), code="unknown_kind", field="kind")
    _check_room(form_token, by, now)
    picture = pictures.rebuild(upload, now=now)
    name = picture_store.store(picture)
    looks = Picture(picture_store.grey_levels(name, SIDE)).prints()
    try:
        with transaction.atomic():
            # One person's uploads stand in line here, so that two at once cannot both be the twelfth.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            _check_room(form_token, by, now)
            photo = Photo.objects.create(
                form_token=form_token,
                station=station,
                county_code=station.county_code,
                kind=kind,
                file_name=name,
                width=picture.width,
                height=picture.height,
                byte_size=len(picture.jpeg),
                sha256=picture.sha256,
                taken_at=picture.taken_at,
                uploaded_by=by,
                uploaded_at=now,
            )
            PhotoPrint.objects.bulk_create(prints_of(photo, looks))
            return photo
    except Refused:
        picture_store.remove(name)
        raise


def discard(*, photo: Photo, by: User, now: datetime) -> None:
    """Delete a staged photo of one's own, row first and file after.

    Call it outside any transaction, so that the file goes only when the row has gone.

    Raises Refused("unknown_photo") for other people's photos as for missing ones, Refused("photo_filed")
    for a photo that belongs to a claim: evidence stays.
    """
    photo = reach.photo(photo)
    if photo.claim_id is not None:
        raise Refused(_("This photo is evidence of a claim and stays with it."), code="photo_filed")
    if photo.uploaded_by_id != by.pk:
        raise Refused(_("There is no such photo."), code="unknown_photo", field="photo")
    with transaction.atomic(durable=True):
        deleted, _per_model = Photo._base_manager.filter(pk=photo.pk, claim__isnull=True).delete()
        if not deleted:
            raise Refused(_("This photo is evidence of a claim and stays with it."), code="photo_filed")
        trail.record("photo.discarded", by=by, obj=photo, before={"sha256": photo.sha256}, at=now)
    picture_store.remove(photo.file_name)


def attach(*, claim: Claim, form_token: str, by: User, now: datetime) -> int:
    """Make the photos one's form has staged evidence of a claim; return how many there were.

    Only photos that the same person staged at the claim's station count. A photo that another claim has
    already, or one that looks like it, raises a flag (services.flags); nothing is refused for it.

    Raises Refused("unknown_claim"), Refused("claim_ended"), Refused("too_many_photos").
    """
    claim = reach.claim(claim)
    if not claim.is_open:
        raise Refused(_("This claim has ended; photos can no longer be added."), code="claim_ended")
    with transaction.atomic():
        Claim._base_manager.select_for_update(no_key=True).get(pk=claim.pk)
        attached = (
            Photo._base_manager.filter(
                form_token=form_token, uploaded_by=by, station_id=claim.station_id, claim__isnull=True
            )
            .exclude(form_token="")
            .update(claim=claim)
        )
        if not attached:
            return 0
        photos = list(
            Photo.objects.filter(claim=claim, goods__isnull=True, visit__isnull=True).order_by("id")
        )
        if len(photos) > PHOTOS_PER_CLAIM:
            raise _too_many()
        new = [photo for photo in photos if photo.form_token == form_token]
        trail.record(
            "photo.attached",
            by=by,
            obj=claim,
            after={"photos": {str(photo.pk): photo.sha256 for photo in new}},
            at=now,
        )
        flags.look_at_photos(claim=claim, new_photos=[photo.pk for photo in new], now=now)
        return attached


def sweep(*, now: datetime) -> tuple[int, int]:
    """Forget photos that were staged and never filed, then delete files that no row names.

    Both after 24 hours; returns how many rows and how many files went. May run twice.
    """
    with system_scope("sweep photos that were never filed", quiet=True):
        forgotten = Photo.objects.filter(claim__isnull=True, uploaded_at__lt=now - STAGED_FOR)
        _rows, by_model = forgotten.delete()
        return by_model.get(Photo._meta.label, 0), picture_store.sweep(StoredNames(), now=now)


def prints_of(photo: Photo, looks: Iterable[Print]) -> list[PhotoPrint]:
    """The rows that make a photo findable by its look, not written yet."""
    return [
        PhotoPrint(
            photo=photo,
            crop=each.crop,
            look=each.look,
            detail=each.detail,
            **{f"band_{number}": band for number, band in enumerate(bands(each.look))},
        )
        for each in looks
    ]


def _check_room(form_token: str, by: User, now: datetime) -> None:
    if Photo._base_manager.filter(form_token=form_token, uploaded_by=by).count() >= PHOTOS_PER_CLAIM:
        raise _too_many()
    since = now - timedelta(days=1)
    if Photo._base_manager.filter(uploaded_by=by, uploaded_at__gt=since).count() >= PHOTOS_PER_DAY:
        raise Refused(
            _("You have sent %(limit)s photos within a day. Go on tomorrow.") % {"limit": PHOTOS_PER_DAY},
            code="too_many_today",
        )


def _too_many() -> Refused:
    return Refused(
        _("A claim holds at most %(limit)s photos. Delete one before adding another.")
        % {"limit": PHOTOS_PER_CLAIM},
        code="too_many_photos",
    )
