"""Single fruit, seen from above: sound ones, and ones with bruises, rot and mould."""

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.photo_light import (
    Colour,
    ball,
    between,
    clouds,
    levels,
    mixed,
    noise,
    outline,
    shaded,
    soft_blob,
    varied,
)


@dataclass(frozen=True)
class Skin:
    """How one kind of fruit looks. Sizes are shares of the sprite."""

    base: Colour
    blush: Colour
    blush_share: float
    gloss: int
    shine: float
    stretch: float = 1.0
    raggedness: float = 0.03
    pores: float = 0.0
    speckles: Colour | None = None
    streaks: Colour | None = None
    top: str = ""
    rot: Colour = (122, 74, 34)
    mould: Colour = (206, 206, 192)
    across: int = 6
    has_net: bool = False


SKINS = {
    "peach": Skin(
        base=(244, 190, 122), blush=(206, 62, 58), blush_share=0.62, gloss=5, shine=0.16, stretch=1.02,
        pores=0.05, top="cleft", across=5, has_net=True,
    ),
    "apple": Skin(
        base=(222, 178, 84), blush=(176, 26, 34), blush_share=0.8, gloss=26, shine=0.5, raggedness=0.045,
        speckles=(236, 204, 150), streaks=(150, 14, 26), top="hollow", across=5, has_net=True,
    ),
    "orange": Skin(
        base=(248, 150, 28), blush=(238, 120, 14), blush_share=0.4, gloss=16, shine=0.34, stretch=1.03,
        raggedness=0.02, pores=0.3, top="button", mould=(132, 158, 126),
    ),
    "kiwi": Skin(
        base=(158, 126, 78), blush=(128, 98, 58), blush_share=0.5, gloss=4, shine=0.1, stretch=1.3,
        pores=0.42, speckles=(86, 60, 32), top="tip", rot=(58, 44, 22),
    ),
    "pear": Skin(
        base=(214, 198, 110), blush=(200, 172, 84), blush_share=0.4, gloss=10, shine=0.26, stretch=1.1,
        raggedness=0.05, pores=0.1, speckles=(150, 122, 60), top="stalk", across=5, has_net=True,
    ),
    "pomelo": Skin(
        base=(226, 206, 84), blush=(206, 190, 70), blush_share=0.5, gloss=10, shine=0.26, stretch=1.06,
        raggedness=0.05, pores=0.3, top="button", across=3, mould=(150, 166, 140),
    ),
    "pomegranate": Skin(
        base=(222, 150, 92), blush=(190, 44, 42), blush_share=0.66, gloss=18, shine=0.32, stretch=1.02,
        raggedness=0.06, pores=0.1, speckles=(240, 190, 130), top="crown", across=4, rot=(70, 40, 24),
    ),
    "tomato": Skin(
        base=(214, 40, 24), blush=(232, 84, 34), blush_share=0.3, gloss=46, shine=0.75, stretch=1.06,
        raggedness=0.06, top="star", rot=(74, 40, 26),
    ),
    "potato": Skin(
        base=(196, 158, 104), blush=(168, 128, 78), blush_share=0.5, gloss=4, shine=0.06, stretch=1.3,
        raggedness=0.1, pores=0.25, speckles=(120, 86, 50), across=5, rot=(62, 48, 34),
    ),
    "grape": Skin(
        base=(92, 34, 70), blush=(58, 20, 60), blush_share=0.5, gloss=24, shine=0.42, stretch=1.08,
        pores=0.04, rot=(104, 66, 42), mould=(176, 170, 158),
    ),
}  # fmt: skip


def fruit(rng: random.Random, skin: Skin, badness: float, size: int) -> Image.Image:
    """One fruit as a square with transparency; badness 0 is sound, 1 is rotten through.

    It is turned before light falls on it, so that the shine of all fruit in a box is on the same side.
    """
    wide = size * 0.475
    mask = Image.new("L", (size * 2, size * 2), 0)
    ImageDraw.Draw(mask).polygon(
        outline(rng, (size, size), (2 * wide, 2 * wide / skin.stretch), skin.raggedness), fill=255
    )
    mask = mask.resize((size, size), Image.Resampling.BOX)
    picture = _skin(rng, skin, size)
    _top(rng, skin, picture)
    dull = Image.new("L", (size, size), 255)
    if badness:
        dull = _spoil(rng, skin, picture, badness)
    turn = rng.uniform(0, 360)
    mask, dull = (grey.rotate(turn, Image.Resampling.BICUBIC) for grey in (mask, dull))
    picture = picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=skin.base)
    if skin.pores:
        pores = noise(rng, (size, size), size / 70)
        picture = shaded(picture, between(pores, round(255 * (1 - skin.pores * 0.5)), 255))
    shade, shine = (_fitted(grey, skin.stretch, turn) for grey in ball(size, skin.gloss))
    picture = shaded(picture, shade)
    light = ImageChops.multiply(shine, dull).point(lambda level: level * skin.shine)
    picture = ImageChops.screen(picture, Image.merge("RGB", (light, light, light)))
    picture.putalpha(mask)
    return picture


def _fitted(grey: Image.Image, stretch: float, turn: float) -> Image.Image:
    """Fit the light of a ball to an oval that lies turned; the light itself stays where it is."""
    size = grey.width
    if stretch < 1.12:
        return grey
    narrow = round(size / stretch)
    lying = grey.rotate(-turn, Image.Resampling.BICUBIC, fillcolor=60).resize((size, narrow))
    framed = Image.new("L", (size, size), 60)
    framed.paste(lying, (0, (size - narrow) // 2))
    return framed.rotate(turn, Image.Resampling.BICUBIC, fillcolor=60)


def _skin(rng: random.Random, skin: Skin, size: int) -> Image.Image:
    base, blush = varied(rng, skin.base, 12), varied(rng, skin.blush, 12)
    side = Image.radial_gradient("L").resize((size * 2, size * 2))
    left, top = rng.randint(0, size), rng.randint(0, size)
    side = side.crop((left, top, left + size, top + size))
    share = Image.blend(side, clouds(rng, (size, size), size / 3), 0.45)
    cut = 255 * (1 - skin.blush_share)
    picture = Image.composite(
        Image.new("RGB", (size, size), blush),
        Image.new("RGB", (size, size), base),
        levels(share, cut - 60, cut + 60),
    )
    draw = ImageDraw.Draw(picture, "RGBA")
    if skin.streaks:
        _streaks(rng, draw, skin.streaks, size)
    if skin.speckles:
        for _ in range(150):
            angle, far = rng.uniform(0, math.tau), math.sqrt(rng.random()) * size * 0.47
            x, y, r = (
                size / 2 + far * math.cos(angle),
                size / 2 + far * math.sin(angle),
                rng.uniform(0.5, 1.3),
            )
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(*skin.speckles, rng.randint(60, 150)))
    return picture


def _streaks(rng: random.Random, draw: ImageDraw.ImageDraw, colour: Colour, size: int) -> None:
    """Stripes from the hollow outwards."""
    x, y = size * 0.5, size * 0.42
    for _ in range(90):
        angle, start, end = rng.uniform(0, math.tau), rng.uniform(0.08, 0.3), rng.uniform(0.35, 0.62)
        draw.line(
            (
                x + size * start * math.cos(angle), y + size * start * math.sin(angle),
                x + size * end * math.cos(angle), y + size * end * math.sin(angle),
            ),
            fill=(*colour, rng.randint(14, 60)),
            width=max(1, round(size * rng.uniform(0.006, 0.018))),
        )  # fmt: skip


def _top(rng: random.Random, skin: Skin, picture: Image.Image) -> None:
    """The stalk end, or whatever this kind shows on top."""
    size = picture.width
    x, y = size * rng.uniform(0.3, 0.7), size * rng.uniform(0.3, 0.7)
    layer = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(layer)

    def spot(radius, colour, flat=1.0):
        r = size * radius
        draw.ellipse((x - r, y - r * flat, x + r, y + r * flat), fill=colour)

    match skin.top:
        case "hollow":
            spot(0.13, (70, 40, 14, 150), 0.75)
            spot(0.07, (40, 24, 8, 190), 0.75)
            layer = layer.filter(ImageFilter.GaussianBlur(size * 0.02))
            ImageDraw.Draw(layer).line(
                (x, y, x + size * 0.05, y - size * 0.13), fill=(78, 52, 24, 255), width=round(size * 0.03)
            )
        case "cleft":
            bend = rng.uniform(-0.1, 0.1) * size
            draw.line(
                [(x, y), (x + bend * 0.4, y + size * 0.2), (x + bend, y + size * 0.42)],
                fill=(120, 40, 30, 150),
                width=round(size * 0.03),
            )
            spot(0.09, (120, 70, 30, 190), 0.7)
            spot(0.045, (60, 36, 14, 220), 0.7)
            layer = layer.filter(ImageFilter.GaussianBlur(size * 0.017))
        case "button":
            spot(0.06, (176, 110, 20, 170))
            layer = layer.filter(ImageFilter.GaussianBlur(size * 0.02))
            draw = ImageDraw.Draw(layer)
            spot(0.032, (112, 120, 52, 255))
            spot(0.015, (84, 78, 40, 255))
        case "tip":
            x = size * 0.9
            spot(0.035, (52, 36, 18, 230))
            layer = layer.filter(ImageFilter.GaussianBlur(1))
        case "stalk":
            spot(0.08, (120, 96, 40, 150))
            layer = layer.filter(ImageFilter.GaussianBlur(size * 0.02))
            ImageDraw.Draw(layer).line(
                (x, y, x - size * 0.06, y - size * 0.24), fill=(84, 60, 30, 255), width=round(size * 0.036)
            )
        case "star" | "crown":
            colour = (66, 104, 38) if skin.top == "star" else (150, 84, 44)
            reach = size * (0.21 if skin.top == "star" else 0.15)
            turn = rng.uniform(0, 1)
            for leaf in range(5 if skin.top == "star" else 6):
                angle = turn + leaf * math.tau / (5 if skin.top == "star" else 6)
                tip = (x + reach * math.cos(angle), y + reach * math.sin(angle))
                wing = 0.035 * size
                draw.polygon(
                    [(x + wing * math.cos(angle + 1.5), y + wing * math.sin(angle + 1.5)), tip,
                     (x + wing * math.cos(angle - 1.5), y + wing * math.sin(angle - 1.5))],
                    fill=(*varied(rng, colour, 12), 255),
                )  # fmt: skip
            spot(0.03, (*mixed(colour, (40, 30, 10), 0.5), 255))
            layer = layer.filter(ImageFilter.GaussianBlur(0.8))
    picture.paste(layer, mask=layer.getchannel("A"))


def _spoil(rng: random.Random, skin: Skin, picture: Image.Image, badness: float) -> Image.Image:
    """Let one or two places rot, the worst ones with mould; return how much shine is left where."""
    size = picture.width
    dull = Image.new("L", (size, size), 255)
    for place in range(1 if badness < 0.75 else 2):
        angle = rng.uniform(0, math.tau)
        centre = (size / 2 + size * 0.17 * math.cos(angle), size / 2 + size * 0.17 * math.sin(angle))
        reach = size * (0.12 + 0.25 * badness) * (1 if place == 0 else 0.5)
        radius = (reach * rng.uniform(0.85, 1.15), reach * rng.uniform(0.7, 1))
        halo = soft_blob(rng, size, centre, (radius[0] * 1.35, radius[1] * 1.35), raggedness=0.2)
        core = soft_blob(rng, size, centre, radius, raggedness=0.22)
        heart = soft_blob(rng, size, centre, (radius[0] * 0.55, radius[1] * 0.55), raggedness=0.3)
        picture.paste(mixed(skin.base, skin.rot, 0.6), mask=halo.point(lambda level: level * 0.6))
        flesh = Image.composite(
            Image.new("RGB", (size, size), varied(rng, skin.rot, 12)),
            Image.new("RGB", (size, size), mixed(skin.rot, (26, 14, 6), 0.45)),
            levels(clouds(rng, (size, size), size / 9), 50, 170),
        )
        picture.paste(flesh, mask=core.point(lambda level: level * 0.92))
        picture.paste(mixed(skin.rot, (22, 12, 6), 0.55), mask=heart.point(lambda level: level * 0.55))
        dull = ImageChops.subtract(dull, core.point(lambda level: level * 0.55))
        if badness > 0.55 and place == 0:
            _mouldy(rng, skin, picture, centre, radius)
    return dull


def _mouldy(
    rng: random.Random,
    skin: Skin,
    picture: Image.Image,
    centre: tuple[float, float],
    radius: tuple[float, float],
) -> None:
    """A furry patch, dense in the middle and thin at its edge, darker where the spores are ripe."""
    size = picture.width
    fur = noise(rng, (size, size), size / 50)
    patch = soft_blob(rng, size, centre, (radius[0] * 0.8, radius[1] * 0.8), raggedness=0.35)
    patch = patch.filter(ImageFilter.GaussianBlur(size * 0.035))
    thick = ImageChops.multiply(patch, levels(ImageChops.add(fur, patch, 2), 70, 165))
    spores = soft_blob(rng, size, centre, (radius[0] * 0.5, radius[1] * 0.45), raggedness=0.4)
    tone = Image.composite(
        Image.new("RGB", (size, size), mixed(skin.mould, (74, 92, 76), 0.62)),
        Image.new("RGB", (size, size), mixed(skin.mould, (250, 250, 244), 0.5)),
        ImageChops.multiply(spores.filter(ImageFilter.GaussianBlur(size * 0.04)), levels(fur, 10, 160)),
    )
    picture.paste(tone, mask=thick.point(lambda level: level * 0.93))
