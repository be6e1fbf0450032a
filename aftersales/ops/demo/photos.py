"""Evidence photos for the demonstration: a few are drawn, the others are the same boxes seen again.

A variant is turned, cropped and lit differently, so that every photo is a file and a picture of its own.
"""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageEnhance

from demo import photos

KINDS_DRAWN = 3
MARGIN = 95


@cache
def _drawn(kind: str, number: int) -> bytes:
    if kind == "appliance":
        return photos.broken_appliance_photo(number)
    if kind == "label":
        return photos.parcel_label_photo(number)
    if kind == "seedlings":
        return photos.wilted_seedlings_photo(number)
    return photos.bad_fruit_photo(kind, 0.3 if number % 2 else 0.18, number)


def evidence(kind: str, draw: random.Random) -> bytes:
    """A JPEG of something of this kind that no other call returns."""
    picture = Image.open(io.BytesIO(_drawn(kind, draw.randrange(KINDS_DRAWN))))
    picture = picture.rotate(draw.uniform(-9, 9), Image.Resampling.BICUBIC)
    # Turned and cut out of another place each time, so that no two look like one another to the system.
    width, height = (round(side * draw.uniform(0.45, 0.65)) for side in picture.size)
    left = draw.randrange(MARGIN, picture.width - width - MARGIN)
    top = draw.randrange(MARGIN, picture.height - height - MARGIN)
    picture = picture.crop((left, top, left + width, top + height)).resize((800, 600))
    if draw.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    picture = ImageEnhance.Brightness(picture).enhance(draw.uniform(0.82, 1.14))
    picture = ImageEnhance.Color(picture).enhance(draw.uniform(0.85, 1.1))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
