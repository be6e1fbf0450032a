"""A cardboard box that somebody opened on the floor, and how fruit is packed in it."""

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from demo.photo_fruit import Skin
from demo.photo_light import (
    Colour,
    Point,
    ball,
    between,
    levels,
    mixed,
    noise,
    shaded,
    shadow,
    surface,
    varied,
)

SCENE = (960, 720)
CARDBOARD = (196, 152, 104)
Box = tuple[int, int, int, int]
Place = tuple[int, int, int]


def floor(rng: random.Random) -> Image.Image:
    """The floor of a village shop: concrete, tiles or planks."""
    width, height = SCENE
    match rng.choice(["concrete", "tiles", "planks"]):
        case "concrete":
            ground = surface(rng, SCENE, (126, 122, 116), (166, 162, 154), 90)
        case "tiles":
            ground = surface(rng, SCENE, (192, 186, 174), (214, 209, 198), 60)
            draw = ImageDraw.Draw(ground)
            offset = rng.randint(-200, 0)
            for at in range(offset, width, 260):
                draw.line((at, 0, at, height), fill=(132, 124, 112), width=5)
                draw.line((0, at, width, at), fill=(132, 124, 112), width=5)
        case "planks":
            ground = Image.new("RGB", SCENE)
            for at in range(0, height, 120):
                tone = varied(rng, (158, 110, 68), 16)
                grain = noise(rng, (32, 120), 1.5).resize((width, 120), Image.Resampling.BICUBIC)
                plank = Image.composite(
                    Image.new("RGB", grain.size, tone),
                    Image.new("RGB", grain.size, mixed(tone, (60, 34, 14), 0.4)),
                    levels(grain, 40, 220),
                )
                ground.paste(plank, (0, at))
                ImageDraw.Draw(ground).line((0, at, width, at), fill=(52, 32, 18), width=4)
    return shaded(ground, between(noise(rng, SCENE, 2), 236, 255))


def open_box(rng: random.Random, scene: Image.Image) -> Box:
    """Draw a box with its flaps turned out; return the rectangle of its bottom."""
    width, height = scene.size
    tone = varied(rng, CARDBOARD, 12)
    left, top, right, bottom = 128, 100, width - 128, height - 92
    flap = 120
    far, west, east, near = (rng.randint(4, 34) for _ in range(4))
    flaps = [
        ((left, top), (right, top), (right + far, top - flap), (left - far, top - flap)),
        ((left, top), (left, bottom), (left - flap, bottom + west), (left - flap, top - west)),
        (
            (right, top),
            (right, bottom),
            (right + flap, bottom + east),
            (right + flap, top - east),
        ),
        ((left, bottom), (right, bottom), (right + near, bottom + flap), (left - near, bottom + flap)),
    ]
    card = surface(rng, scene.size, (222, 222, 222), (255, 255, 255), 70).convert("L")
    flutes = noise(rng, (1, height), 3).resize(scene.size)
    card = Image.blend(card, Image.blend(flutes, noise(rng, scene.size, 2.2), 0.5), 0.07)
    spread = Image.new("L", scene.size, 0)
    for points in flaps:
        ImageDraw.Draw(spread).polygon(points, fill=255)
    shadow(scene, spread, (8, 10), blur=9, strength=0.6)
    for points, light in zip(flaps, (0.97, 0.9, 0.99, 1.06), strict=True):
        mask = Image.new("L", scene.size, 0)
        ImageDraw.Draw(mask).polygon(points, fill=255)
        colour = tuple(min(255, round(part * light)) for part in tone)
        scene.paste(shaded(Image.new("RGB", scene.size, colour), card), mask=mask)
    _tape(rng, scene, (left, bottom + 12, right, bottom + flap))
    wall = 24
    inner = (left + wall, top + wall + 8, right - wall, bottom - wall + 8)
    draw = ImageDraw.Draw(scene)
    for points, light in [
        ([(left, top), (right, top), (inner[2], inner[1]), (inner[0], inner[1])], 0.58),
        ([(left, bottom), (right, bottom), (inner[2], inner[3]), (inner[0], inner[3])], 0.9),
        ([(left, top), (left, bottom), (inner[0], inner[3]), (inner[0], inner[1])], 0.56),
        ([(right, top), (right, bottom), (inner[2], inner[3]), (inner[2], inner[1])], 0.82),
    ]:
        draw.polygon(points, fill=tuple(round(part * light) for part in tone))
    _lining(rng, scene, inner, tone)
    draw.rectangle((left, top, right, bottom), outline=mixed(tone, (244, 220, 180), 0.6), width=4)
    return inner


def _tape(rng: random.Random, scene: Image.Image, area: Box) -> None:
    """What is left of the parcel tape on the near flap."""
    y = rng.randint(area[1] + 20, area[3] - 40)
    strip = Image.new("RGBA", (area[2] - area[0], 34), (232, 208, 150, 105))
    draw = ImageDraw.Draw(strip)
    draw.line((0, 4, strip.width, 6), fill=(255, 250, 230, 120), width=3)
    torn = [(strip.width, 0), (strip.width, 34), (rng.randint(90, 260), 34)]
    draw.polygon([*torn, (torn[2][0] + rng.randint(10, 40), 18), (torn[2][0] - 12, 0)], fill=(0, 0, 0, 0))
    scene.paste(strip, (area[0], y), strip)


def _lining(rng: random.Random, scene: Image.Image, inner: Box, tone: Colour) -> None:
    """The bottom: bare cardboard, white foam or an old newspaper."""
    size = (inner[2] - inner[0], inner[3] - inner[1])
    match rng.choice(["bare", "foam", "paper"]):
        case "bare":
            dark, light = mixed(tone, (40, 24, 10), 0.55), mixed(tone, (40, 24, 10), 0.35)
        case "foam":
            dark, light = (150, 150, 146), (206, 206, 200)
        case "paper":
            dark, light = (112, 108, 98), (168, 162, 148)
    scene.paste(surface(rng, size, dark, light, 34), inner[:2])


def places(rng: random.Random, skin: Skin, inner: Box) -> list[Place]:
    """Where the fruit lies, row by row from the far side, set off like bricks: centre and diameter."""
    left, top, right, bottom = inner
    pitch = (right - left) / (skin.across + 0.5)
    rows = max(2, round((bottom - top) / (pitch * 0.9 / min(skin.stretch, 1.15))))
    height = (bottom - top) / rows
    found = []
    for row in range(rows):
        for column in range(skin.across):
            x = left + pitch * (column + (0.52 if row % 2 else 0.98)) + rng.gauss(0, pitch * 0.03)
            y = top + height * (row + 0.5) + rng.gauss(0, height * 0.03)
            found.append((round(x), round(y), round(pitch * rng.uniform(1.0, 1.1))))
    return found


def bunches(rng: random.Random, scene: Image.Image, inner: Box) -> list[Place]:
    """Draw the stalks of six bunches of grapes and return where their berries lie, lowest ones first."""
    left, top, right, bottom = inner
    wide, tall = (right - left) / 3, (bottom - top) / 2
    draw = ImageDraw.Draw(scene)
    found = []
    for bunch in range(6):
        x = left + wide * (bunch % 3 + 0.5) + rng.gauss(0, 8)
        y = top + tall * (bunch // 3)
        draw.line((x + rng.randint(-14, 14), y + 2, x, y + tall * 0.3), fill=(98, 92, 44), width=7)
        for _ in range(80):
            along = rng.random()
            reach = wide * 0.44 * math.sin(math.pi * (0.2 + 0.72 * along) ** 0.8)
            berry_x = max(left + 22, min(right - 22, x + rng.uniform(-1, 1) * reach))
            berry_y = max(top + 22, min(bottom - 22, y + tall * (0.12 + 0.84 * along)))
            found.append((round(berry_x), round(berry_y), round(rng.uniform(40, 48))))
    rng.shuffle(found)
    return found


def net(rng: random.Random, diameter: int) -> Image.Image:
    """The white foam net that covers the lower part of one fruit, seen from above."""
    size = round(diameter * 1.12)
    middle = size
    sprite = Image.new("RGBA", (size * 2, size * 2))
    draw = ImageDraw.Draw(sprite)
    strands = 26

    def at(angle: float, reach: float) -> Point:
        return middle + size * reach * math.cos(angle), middle + size * reach * math.sin(angle)

    for lean in (-1, 1):
        for strand in range(strands):
            angle = strand * math.tau / strands + rng.uniform(-0.04, 0.04)
            path = [at(angle + lean * part * 0.42, 0.7 + part * 0.27) for part in (0, 0.25, 0.5, 0.75, 1)]
            draw.line(
                path, fill=(*varied(rng, (236, 236, 230), 10), 255), width=round(size * 0.055), joint="curve"
            )
    alpha = sprite.getchannel("A").resize((size, size), Image.Resampling.BOX)
    colours = shaded(sprite.convert("RGB").resize((size, size), Image.Resampling.BOX), ball(size, 5)[0])
    colours = Image.composite(colours, Image.new("RGB", colours.size, (176, 176, 170)), alpha)
    colours.putalpha(alpha.filter(ImageFilter.GaussianBlur(0.6)))
    return colours


def shade_inside(scene: Image.Image, inner: Box) -> None:
    """The far and the left wall keep light from what lies next to them."""
    left, top, right, bottom = inner
    dark = Image.new("L", scene.size, 0)
    draw = ImageDraw.Draw(dark)
    draw.rectangle((left - 20, top - 26, right + 20, bottom + 12), fill=128)
    draw.rectangle((left + 20, top + 26, right + 8, bottom + 8), fill=0)
    keep = Image.new("L", scene.size, 0)
    ImageDraw.Draw(keep).rectangle((left - 20, top - 26, right + 20, bottom + 12), fill=255)
    blurred = dark.filter(ImageFilter.BoxBlur(14)).filter(ImageFilter.BoxBlur(10))
    scene.paste((22, 14, 8), mask=Image.composite(blurred, Image.new("L", scene.size, 0), keep))
