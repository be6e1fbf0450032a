"""Other evidence: the label on a parcel, an appliance that arrived broken, seedlings that did not grow."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from demo.photo_box import CARDBOARD, SCENE, floor
from demo.photo_light import (
    Point,
    between,
    clouds,
    levels,
    mixed,
    noise,
    outline,
    shaded,
    shadow,
    surface,
    varied,
)

INK = (34, 34, 36)
# The bars of a seven-segment digit: top, upper left (u) and right (v), middle, lower left and right, foot.
SEGMENTS = {
    "E": "tumlf",
    "0": "tuvlrf",
    "1": "vr",
    "2": "tvmlf",
    "3": "tvmrf",
    "5": "tumrf",
    "6": "tumlrf",
    "9": "tuvmrf",
}


def parcel_label(rng: random.Random) -> Image.Image:
    """A parcel with its label, one corner of the carton crushed and wet."""
    scene = floor(rng)
    carton = surface(rng, (820, 610), mixed(CARDBOARD, (90, 60, 30), 0.14), varied(rng, CARDBOARD, 10), 80)
    carton = shaded(carton, between(noise(rng, (1, 610), 3).resize(carton.size), 238, 255))
    draw = ImageDraw.Draw(carton, "RGBA")
    draw.rectangle((0, 268, 820, 338), fill=(226, 200, 146, 120))
    draw.line((0, 270, 820, 272), fill=(255, 246, 222, 150), width=3)
    draw.line((0, 304, 820, 304), fill=(110, 78, 46, 130), width=2)
    stain = outline(rng, (rng.choice([60, 760]), 590), (210, 150), 0.2)
    wet = Image.new("L", carton.size, 0)
    ImageDraw.Draw(wet).polygon(stain, fill=150)
    carton.paste((96, 64, 36), mask=wet.filter(ImageFilter.GaussianBlur(6)))
    _dents(rng, carton)
    label = _label(rng)
    turned = label.rotate(rng.uniform(-7, 7), Image.Resampling.BICUBIC, expand=True)
    at = (rng.randint(170, 280), rng.randint(30, 70))
    shadow(carton, turned.getchannel("A"), (at[0] + 2, at[1] + 3), blur=3, strength=0.5)
    carton.paste(turned, at, turned)
    whole = carton.convert("RGBA").rotate(rng.uniform(-4, 4), Image.Resampling.BICUBIC, expand=True)
    at = ((SCENE[0] - whole.width) // 2, (SCENE[1] - whole.height) // 2)
    shadow(scene, whole.getchannel("A"), (at[0] + 14, at[1] + 18), blur=14, strength=0.75)
    scene.paste(whole, at, whole)
    return scene


def _dents(rng: random.Random, carton: Image.Image) -> None:
    """The crushed corner: buckled card, and a hole torn into it."""
    corner = Image.new("L", carton.size, 0)
    ImageDraw.Draw(corner).polygon(outline(rng, (770, 520), (190, 150), 0.2), fill=255)
    corner = corner.filter(ImageFilter.GaussianBlur(30))
    folds = levels(clouds(rng, carton.size, 60).filter(ImageFilter.GaussianBlur(2)), 88, 168)
    buckled = shaded(carton, between(folds, 130, 255))
    carton.paste(buckled, mask=corner)
    draw = ImageDraw.Draw(carton)
    hole = outline(rng, (rng.randint(690, 740), rng.randint(430, 480)), (46, 20), 0.5)
    draw.polygon([(x - 3, y - 3) for x, y in hole], fill=(232, 200, 152))
    draw.polygon(hole, fill=(52, 34, 20))
    draw.line([*hole[6:20]], fill=(206, 172, 126), width=5)


def _label(rng: random.Random) -> Image.Image:
    """A thermal label: routing code, bar code, two addresses too small to read, a square code."""
    width, height = 400, 500
    label = surface(rng, (width, height), (226, 226, 222), (246, 246, 243), 60)
    draw = ImageDraw.Draw(label)
    big, middle, small = (ImageFont.load_default(size) for size in (54, 24, 17))
    draw.text((18, 10), f"{rng.randint(100, 899)}-{rng.choice('ABCDEF')}{rng.randint(10, 99)}", INK, big)
    draw.text((width - 92, 22), f"{rng.randint(1, 40):03d}", INK, middle)
    x = 24
    while x < width - 30:
        bar, gap = rng.choice([2, 2, 3, 5]), rng.choice([2, 3, 3, 5])
        draw.rectangle((x, 86, x + bar - 1, 158), fill=INK)
        x += bar + gap
    number = "".join(rng.choices("0123456789", k=13))
    draw.text((92, 162), f"{number[:4]} {number[4:8]} {number[8:]}", INK, small)
    for y in (80, 190, 290, 372):
        draw.line((8, y, width - 8, y), fill=INK, width=2)
    for top, mark in ((198, "TO"), (298, "FR")):
        draw.ellipse((14, top + 8, 50, top + 44), fill=INK)
        draw.text((20, top + 16), mark, (240, 240, 236), small)
        _script(rng, draw, (62, top + 10), 6)
        draw.text((190, top + 6), f"1{rng.randint(30, 99)}****{rng.randint(0, 9999):04d}", INK, small)
        _script(rng, draw, (62, top + 34), rng.randint(16, 20))
        _script(rng, draw, (62, top + 54), rng.randint(6, 12))
    cell = 5
    for row in range(21):
        for column in range(21):
            finder = (row < 7 and (column < 7 or column > 13)) or (row > 13 and column < 7)
            ring = max(abs(row % 14 - 3), abs(column % 14 - 3))
            if ring != 2 if finder else rng.random() < 0.5:
                at = (270 + column * cell, 380 + row * cell)
                draw.rectangle((*at, at[0] + cell - 1, at[1] + cell - 1), fill=INK)
    _script(rng, draw, (18, 388), 14)
    draw.text((18, 414), f"{rng.randint(2, 9)}.{rng.randint(0, 9)} kg   1/1", INK, middle)
    _script(rng, draw, (18, 456), 13)
    draw.rectangle((2, 2, width - 3, height - 3), outline=(120, 120, 118), width=1)
    creases = levels(clouds(rng, (width, height), 46), 30, 225)
    label = shaded(label, between(creases, 214, 255)).convert("RGBA")
    return label


def _script(rng: random.Random, draw: ImageDraw.ImageDraw, at: Point, count: int) -> None:
    """A run of small print that reads as characters from afar and says nothing."""
    for index in range(count):
        left, top = at[0] + index * 15, at[1]
        for y in sorted(rng.sample(range(0, 14, 3), rng.choice([2, 3, 3]))):
            draw.line(
                (left + rng.choice([0, 0, 3]), top + y, left + rng.choice([9, 12, 12]), top + y), fill=INK
            )
        for x in rng.sample(range(1, 13, 4), rng.choice([1, 2, 2])):
            draw.line(
                (left + x, top + rng.choice([0, 0, 4]), left + x, top + rng.choice([9, 13, 13])), fill=INK
            )
        if rng.random() < 0.4:
            draw.line((left + 6, top + 5, left + rng.choice([0, 12]), top + 13), fill=INK)


def broken_cooker(rng: random.Random) -> Image.Image:
    """An induction cooker with a cracked glass top that shows a fault code."""
    scene = floor(rng)
    left, top, right, bottom = 200, 50, 760, 670
    body = Image.new("L", scene.size, 0)
    ImageDraw.Draw(body).rounded_rectangle((left, top, right, bottom), 34, fill=255)
    shadow(scene, body, (16, 20), blur=14, strength=0.8)
    scene.paste((196, 198, 200), mask=body)
    glass = Image.new("L", scene.size, 0)
    ImageDraw.Draw(glass).rounded_rectangle((left + 9, top + 9, right - 9, bottom - 9), 27, fill=255)
    scene.paste((20, 21, 24), mask=glass)
    sheen = Image.linear_gradient("L").rotate(180).resize(scene.size).point(lambda level: level * 0.2)
    window = Image.new("L", scene.size, 0)
    shift = rng.randint(-60, 120)
    ImageDraw.Draw(window).polygon(
        [
            (left + 60 + shift, top),
            (left + 230 + shift, top),
            (left + 110 + shift, bottom),
            (left - 60 + shift, bottom),
        ],
        fill=52,
    )
    window = window.filter(ImageFilter.GaussianBlur(10))
    scene.paste((190, 204, 222), mask=ImageChops.multiply(glass, ImageChops.add(sheen, window)))
    draw = ImageDraw.Draw(scene, "RGBA")
    centre = ((left + right) / 2, top + 235)
    for radius, tone in ((182, 190), (104, 150)):
        box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
        draw.ellipse(box, outline=(214, 214, 214, tone), width=3)
    _panel(rng, scene, (left + 50, bottom - 190, right - 50, bottom - 50))
    hit = (centre[0] + rng.randint(-130, 130), centre[1] + rng.randint(-120, 120))
    _cracks(rng, scene, hit, glass)
    dust = levels(noise(rng, scene.size, 3), 226, 255).point(lambda level: level * 0.3)
    scene.paste((210, 206, 198), mask=ImageChops.multiply(dust, glass))
    return scene


def _panel(rng: random.Random, scene: Image.Image, area: tuple[int, int, int, int]) -> None:
    """Touch keys and a red display with a fault code."""
    left, top, right, bottom = area
    draw = ImageDraw.Draw(scene, "RGBA")
    draw.rounded_rectangle(area, 18, outline=(150, 152, 156, 160), width=2)
    middle = (left + right) // 2
    display = (middle - 74, top + 16, middle + 74, top + 84)
    draw.rectangle(display, fill=(44, 8, 8, 255))
    glow = Image.new("RGB", scene.size)
    lit = ImageDraw.Draw(glow)
    for index, sign in enumerate("E" + rng.choice("012356")):
        _digit(lit, (middle - 46 + index * 54, top + 26), sign)
    halo = glow.crop((left, top, right, bottom)).filter(ImageFilter.GaussianBlur(5))
    lights = ImageChops.add(glow.crop((left, top, right, bottom)), halo)
    scene.paste(ImageChops.screen(scene.crop(area), lights), (left, top))
    for index in range(6):
        x = left + 42 + index * (right - left - 84) / 5
        draw.ellipse((x - 15, bottom - 42, x + 15, bottom - 12), outline=(210, 210, 210, 190), width=2)
        draw.line((x - 6, bottom - 27, x + 6, bottom - 27), fill=(210, 210, 210, 190), width=2)
        if index % 2:
            draw.line((x, bottom - 33, x, bottom - 21), fill=(210, 210, 210, 190), width=2)


def _digit(draw: ImageDraw.ImageDraw, at: Point, sign: str) -> None:
    x, y = at
    bars = {
        "t": (0, 0, 32, 0), "m": (0, 24, 32, 24), "f": (0, 48, 32, 48),
        "u": (0, 0, 0, 24), "v": (32, 0, 32, 24), "l": (0, 24, 0, 48), "r": (32, 24, 32, 48),
    }  # fmt: skip
    for bar in SEGMENTS[sign]:
        x1, y1, x2, y2 = bars[bar]
        draw.line((x + x1, y + y1, x + x2, y + y2), fill=(255, 48, 30), width=6)


def _cracks(rng: random.Random, scene: Image.Image, hit: Point, glass: Image.Image) -> None:
    """Cracks that run from where the glass was hit, with splinters around it."""
    marks = Image.new("RGBA", scene.size)
    draw = ImageDraw.Draw(marks)
    rays = []
    for ray in range(13):
        angle = ray * math.tau / 13 + rng.uniform(-0.2, 0.2)
        points = [hit]
        for step in range(rng.randint(3, 12)):
            angle += rng.gauss(0, 0.16)
            reach = rng.uniform(14, 30) + step * 4
            points.append((points[-1][0] + reach * math.cos(angle), points[-1][1] + reach * math.sin(angle)))
        rays.append(points)
        draw.line([(x + 1.5, y + 2) for x, y in points], fill=(0, 0, 0, 200), width=3)
        draw.line(points, fill=(226, 232, 238, 230), width=2)
    for one, other in zip(rays, [*rays[1:], rays[0]], strict=True):
        for ring in (1, 2, 3):
            if len(one) > ring and len(other) > ring and rng.random() < 0.75:
                draw.line((*one[ring], *other[ring]), fill=(216, 224, 232, 190), width=2)
                if rng.random() < 0.35:
                    draw.polygon([hit, one[ring], other[ring]], fill=(200, 214, 226, rng.randint(14, 60)))
    draw.polygon(outline(rng, hit, (9, 8), 0.4), fill=(238, 240, 242, 235))
    inside = ImageChops.multiply(marks.getchannel("A"), glass)
    scene.paste(marks, mask=inside)
