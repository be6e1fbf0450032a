"""The proof that a visit was made: a signature on the screen, photos, or a sheet of paper."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from claims.models import Photo, Visit, VisitSignature
from claims.models.evidence import PhotoKind
from claims.rules.visits import read_strokes
from claims.services import reasons
from stations.models import Station

SIGNATURE, PHOTO, PAPER = "signature", "photo", "paper"
REASON_LIMIT = 200


def station_of(visit: Visit) -> Station:
    """Where photos and goods of a visit are kept: the station that sends it, where the person acting reaches
    it, else the claim's."""
    return Station.objects.filter(pk=visit.station_id).first() or visit.claim.station


def keep_proof(visit: Visit, *, strokes: object, form_token: str, by: User, now: datetime) -> None:
    """Keep what proves a finished visit; inside the caller's transaction.

    Photos staged by this person under `form_token` belong to the visit whatever the proof is.
    Raises Refused: "proof_unknown", "signature_missing", "signature_unreadable", "photo_missing".
    """
    if visit.proof not in (SIGNATURE, PHOTO, PAPER):
        raise Refused(_("Say how the visit is proved."), code="proof_unknown", field="proof")
    photos = _attach(visit, form_token, by)
    if visit.proof == PHOTO and not photos:
        raise Refused(
            _("Add a photo of the work, or choose another proof."), code="photo_missing", field="photos"
        )
    if visit.proof == SIGNATURE:
        _sign(visit, strokes, now)


def reveal_signature(*, visit: Visit, reason: str, by: User, now: datetime) -> list[list[list[int]]]:
    """The strokes of a signature, with the reason for looking at them in the trail.

    Raises Refused: "reason_missing", "no_signature".
    """
    reason = reasons.given(" ".join(reason.split()), limit=REASON_LIMIT)
    row = VisitSignature.objects.filter(visit=visit).first()
    if row is None:
        raise Refused(_("There is no signature."), code="no_signature")
    with transaction.atomic():
        trail.record("visit.signature_shown", by=by, obj=visit, reason=reason, at=now)
    try:
        return json.loads(sealing.unseal(row.person_key, row.strokes_sealed))
    except sealing.Erased:
        raise Refused(_("There is no signature."), code="no_signature") from None


def _attach(visit: Visit, form_token: str, by: User) -> int:
    """Make staged photos, and those of the goods taken in a moment ago, photos of the visit."""
    if not form_token:
        return 0
    own = Photo._base_manager.filter(form_token=form_token, uploaded_by=by, station=station_of(visit))
    own.filter(claim__isnull=True).update(claim=visit.claim_id, kind=PhotoKind.VISIT)
    return own.filter(claim=visit.claim_id, visit__isnull=True).update(visit=visit)


def _sign(visit: Visit, strokes: object, now: datetime) -> None:
    if strokes in (None, "", []):
        raise Refused(_("The consumer has not signed yet."), code="signature_missing", field="strokes")
    try:
        read = read_strokes(json.loads(strokes) if isinstance(strokes, str) else strokes)
    except (InvalidValue, ValueError, RecursionError):
        raise Refused(
            _("The signature cannot be read. Please let the consumer sign once more."),
            code="signature_unreadable",
            field="strokes",
        ) from None
    key = sealing.new_person_key()
    VisitSignature.objects.create(
        visit=visit,
        county_code=visit.county_code,
        person_key=key,
        strokes_sealed=sealing.seal(key, json.dumps(read, separators=(",", ":"))),
        at=now,
    )
