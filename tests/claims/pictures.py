"""Small pictures that a claim can have for evidence, and what somebody does to use one again."""

import io
import random

from PIL import Image, ImageEnhance


def jpeg(shade=0, *, size=(90, 80), quality=90) -> bytes:
    """A picture of nine by eight fields in a pattern of its own for every shade."""
    draw = random.Random(shade)
    image = Image.new("RGB", (9, 8))
    image.putdata([(draw.randrange(251),) * 3 for _field in range(72)])
    return _saved(image.resize(size, Image.Resampling.NEAREST), quality)


def one_colour(level: int) -> bytes:
    """A picture with nothing on it."""
    return _saved(Image.new("RGB", (64, 64), (level, level, level)), 90)


def copy_of(picture: bytes, change: str) -> bytes:
    """The picture as somebody sends it who hopes that nobody knows it."""
    image = Image.open(io.BytesIO(picture))
    if change == "half and saved anew":
        return _saved(image.resize((image.width // 2, image.height // 2)), 60)
    if change == "brighter":
        return _saved(ImageEnhance.Brightness(image).enhance(1.06), 80)
    share = {"cut by 3 %": 0.03, "cut by 4 %": 0.04, "cut by 5 %": 0.05}[change]
    across, down = round(image.width * share), round(image.height * share)
    return _saved(image.crop((across, down, image.width - across, image.height - down)), 70)


def _saved(image: Image.Image, quality: int) -> bytes:
    output = io.BytesIO()
    image.save(output, "JPEG", quality=quality)
    return output.getvalue()
