"""Photos that look like a given one, over all stations; past the scope, so callers say who sees what."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from aftersales.audit.trail import system_scope
from claims.models import PhotoPrint
from claims.rules.likeness import (
    BANDS,
    DETAIL_LIMIT,
    LOOK_LIMIT,
    PROBES,
    Picture,
    bands,
    detail_distance,
    look_distance,
    neighbours,
)

ROWS_READ = 100_000
"""More rows than this are not compared: thousands of pictures of one look tell nothing."""


@dataclass(frozen=True)
class Likeness:
    """A photo of another claim, and in how many of 255 signs it differs."""

    photo_id: int
    claim_id: int
    differing: int


def alike(picture: Picture, *, without_claims: Collection[int]) -> list[Likeness]:
    """Photos of other claims that look like this picture, the most alike first.

    The whole picture and its crops are looked up by bands with their neighbours, so every print within
    seven signs is found; the finer signs then tell like from alike (docs/rules/flags.md, section 2).
    """
    if not picture.has_structure:
        return []
    probes = [(box, picture.look(box)) for box in PROBES]
    with system_scope("photos that look alike", quiet=True):
        near = {
            pk: boxes
            for pk, look in _candidates([look for _box, look in probes])
            if (boxes := _near(look, probes))
        }
        rows = PhotoPrint.objects.filter(pk__in=near, photo__claim__isnull=False).exclude(
            photo__claim__in=without_claims
        )
        found: dict[int, Likeness] = {}
        for pk, photo_id, claim_id, detail in rows.values_list("pk", "photo_id", "photo__claim_id", "detail"):
            differing = min(detail_distance(bytes(detail), picture.detail(box)) for box in near[pk])
            if differing <= DETAIL_LIMIT and (photo_id not in found or differing < found[photo_id].differing):
                found[photo_id] = Likeness(photo_id, claim_id, differing)
    return sorted(found.values(), key=lambda each: (each.differing, each.photo_id))


def _candidates(looks: list[int]):
    """Keys and looks of prints that share a band, or all but one sign of it, with one of the looks."""
    wanted = [{value for look in looks for value in neighbours(bands(look)[band])} for band in range(BANDS)]
    condition = reduce(or_, (Q(**{f"band_{band}__in": values}) for band, values in enumerate(wanted)))
    rows = PhotoPrint.objects.filter(condition).order_by()
    return rows.values_list("pk", "look")[:ROWS_READ].iterator()


def _near(look: int, probes: list) -> list:
    return [box for box, probe in probes if look_distance(look, probe) <= LOOK_LIMIT]
