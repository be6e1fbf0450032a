"""A photo among many: kept at a station, and found again among the photos of all others."""

from __future__ import annotations

import io
import os
import random
import secrets
import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from PIL import Image

from aftersales.accounts.scoping import acting_in
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from bench.world import World
from claims.models import Claim, ClaimFlag, Photo, PhotoPrint
from claims.queries.claims import still_open
from claims.queries.likeness import alike
from claims.rules.flags import LIKE_PHOTO
from claims.rules.likeness import SIDE, STORED, Picture, Print, signed
from claims.services import evidence
from stations.access.scope import authority_of

REPEATS = 5
DEFAULT_PHOTOS = "200000"
"""Photos beside the one that is looked for, three crops of each; BENCH_PHOTOS=1000000 for five years."""
BATCH = 5_000
SCENES = 400
FLIPPED = 0.15
LONG_AGO = timedelta(days=30)


def measure(world: World) -> list[Measure]:
    """Search alone, and a photo that is kept at a station, to the flag at its claim."""
    count = int(os.environ.get("BENCH_PHOTOS") or DEFAULT_PHOTOS)
    with system_scope("photos of the measurement", quiet=True):
        open_claims = still_open(Claim.objects.select_related("filed_by")).order_by("id")
        theirs = open_claims.exclude(county_code=world.county_code)[0]
        ours = open_claims.filter(county_code=world.county_code)[0]
        fill(count, Claim.objects.filter(status="closed").order_by("id")[0])
        note = f"among {count:,} photos, {PhotoPrint.objects.count():,} prints"
        search = Measure("search of a picture by its look", "ms", 1000, 200, note=note)
        kept = Measure("photo of another county kept and flagged", "s", 1, 0.5, note=note)
        for repeat in range(REPEATS + 1):
            original = _scene(repeat)
            _keep(theirs, original)
            copy = _copy(original)
            picture = Picture(copy.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())
            started = time.perf_counter()
            found = alike(picture, without_claims=[ours.pk])
            searched = time.perf_counter() - started
            if [each.claim_id for each in found] != [theirs.pk]:
                raise RuntimeError(f"not the one photo: {found}")
            seconds = _keep(ours, copy)
            if not ClaimFlag.objects.filter(claim=ours, code=LIKE_PHOTO).count() == repeat + 1:
                raise RuntimeError("kept without a flag")
            if repeat:
                search.ours.append(searched * 1000)
                kept.ours.append(seconds)
    return [search, kept]


def fill(count: int, claim: Claim) -> None:
    """So many photos of one claim, with prints and without files.

    Half of them are of a few scenes that look nearly alike, as boxes of one fruit do, so that bands are as
    crowded as those of real pictures.
    """
    draw = random.Random(1)
    scenes = [draw.getrandbits(64) for _scene in range(SCENES)]
    for start in range(0, count, BATCH):
        photos = Photo.objects.bulk_create(
            Photo(
                claim=claim,
                station_id=claim.station_id,
                county_code=claim.county_code,
                file_name=secrets.token_hex(16),
                width=800,
                height=600,
                byte_size=60_000,
                sha256=secrets.token_hex(32),
                uploaded_by_id=claim.filed_by_id,
                uploaded_at=claim.filed_at - LONG_AGO,
            )
            for _photo in range(min(BATCH, count - start))
        )
        prints = []
        for number, photo in enumerate(photos):
            base = (
                scenes[draw.randrange(SCENES)] ^ _flips(draw, FLIPPED) if number % 2 else draw.getrandbits(64)
            )
            looks = [
                Print(crop, signed(base ^ _flips(draw, 0.1 * (crop > 0))), draw.randbytes(32))
                for crop in range(len(STORED))
            ]
            prints += evidence.prints_of(photo, looks)
        PhotoPrint.objects.bulk_create(prints)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _flips(draw: random.Random, share: float) -> int:
    return sum(1 << bit for bit in range(64) if draw.random() < share)


def _scene(number: int) -> Image.Image:
    """A picture of soft patches of its own."""
    draw = random.Random(number)
    patches = Image.frombytes("RGB", (24, 18), draw.randbytes(24 * 18 * 3))
    return patches.resize((1600, 1200), Image.Resampling.BICUBIC)


def _copy(picture: Image.Image) -> Image.Image:
    """The picture at half its size, four percent cut off at each side, saved at quality 60."""
    half = picture.resize((picture.width // 2, picture.height // 2))
    cut = half.crop((half.width // 25, half.height // 25, half.width * 24 // 25, half.height * 24 // 25))
    return Image.open(io.BytesIO(_jpeg(cut, 60)))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=quality)
    return output.getvalue()


def _keep(claim: Claim, picture: Image.Image) -> float:
    """Stage a photo and attach it to the claim as its filer; returns the seconds it took."""
    token, now = secrets.token_hex(16), timezone.now()
    with acting_in(authority_of(claim.filed_by, now=now).scope):
        started = time.perf_counter()
        evidence.stage(
            upload=_jpeg(picture, 80), station=claim.station, form_token=token, by=claim.filed_by, now=now
        )
        evidence.attach(claim=claim, form_token=token, by=claim.filed_by, now=now)
        return time.perf_counter() - started
