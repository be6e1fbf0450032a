"""The dossier of a demand: what a liable party needs to see of each claim, and nothing that names a consumer.

Left out on purpose: name, phone, address and account of the consumer, the free text of the claim, pictures of
parcel labels and receipts. The order number stands for the buyer; the party has the order.
"""

import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from aftersales.web import picture_store
from claims.models import Compensation, DemandLine, Photo
from claims.models.evidence import PhotoKind
from claims.rules.fund import payout_key
from claims.views.formula import formula

SHOWN_PICTURES = frozenset({PhotoKind.DAMAGE, PhotoKind.GOODS})
IN_MEMORY = 2_000_000
STYLES = ("web/app.css", "web/money.css")


@dataclass(frozen=True)
class Picture:
    """A picture of a claim and the name of its file in the archive."""

    photo: Photo
    name: str


@dataclass(frozen=True)
class Entry:
    """One claim in a dossier: what is asked back for it, and how it came about."""

    line: DemandLine
    asked_fen: int
    compensation: Compensation | None
    formula: dict[str, Any] | None
    pictures: list[Picture]

    @property
    def claim(self):
        return self.line.advance.claim

    @property
    def goods(self):
        return self.claim.order_line

    @property
    def order(self):
        return self.goods.order


def entries(lines: Iterable[DemandLine], *, is_rest: bool) -> list[Entry]:
    """An entry for each line; with `is_rest`, what is still open on it instead of what was asked first."""
    found = []
    for line in lines:
        claim = line.advance.claim
        compensation = _paid_by(line)
        asked_fen = min(line.amount_fen, line.advance.open_fen) if is_rest else line.amount_fen
        photos = [photo for photo in claim.photos.all() if photo.kind in SHOWN_PICTURES]
        found.append(
            Entry(
                line=line,
                asked_fen=asked_fen,
                compensation=compensation,
                formula=formula(compensation, claim.order_line.unit) if compensation else None,
                pictures=[
                    Picture(photo, f"{claim.number}-{number}.jpg")
                    for number, photo in enumerate(photos, start=1)
                ],
            )
        )
    return found


def archive(letter: dict[str, Any]) -> IO[bytes]:
    """The letter as a page that opens without a network, its style and its pictures, as an open ZIP file.

    Equal content is equal bytes: entries carry the day of the demand. A picture that is missing on disk is
    left out, and the page says so.
    """
    demand = letter["demand"]
    stamp = timezone.localtime(demand.sent_at).timetuple()[:6]
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    missing = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for entry in letter["entries"]:
            for picture in entry.pictures:
                try:
                    content = picture_store.path_of(picture.photo.file_name).read_bytes()
                except (picture_store.NoSuchPicture, OSError):
                    missing.add(picture.name)
                    continue
                bundle.writestr(zipfile.ZipInfo(f"{demand.number}/photos/{picture.name}", stamp), content)
        for name in STYLES:
            style = zipfile.ZipInfo(f"{demand.number}/{name.rpartition('/')[2]}", stamp)
            bundle.writestr(style, Path(finders.find(name)).read_bytes())
        page = render_to_string(
            "claims/demand_archive.html",
            {
                **letter,
                "is_archive": True,
                "missing": missing,
                "styles": [name.rpartition("/")[2] for name in STYLES],
            },
        )
        bundle.writestr(zipfile.ZipInfo(f"{demand.number}/index.html", stamp), page.encode())
    target.seek(0)
    return target


def _paid_by(line: DemandLine) -> Compensation | None:
    """The compensation whose payout the advance is."""
    claim = line.advance.claim
    paid = {
        payout_key(claim.pk, each.round): each for each in claim.compensations.all() if each.receipt_number
    }
    return paid.get(line.advance.movement.business_key)
