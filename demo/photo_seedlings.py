"""A tray of seedlings that did not grow."""

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from demo.photo_box import SCENE, floor
from demo.photo_light import Colour, Point, between, mixed, noise, shaded, shadow, surface, varied


def wilted_seedlings(rng: random.Random) -> Image.Image:
    """A tray of seedlings: a few green ones, most of them limp and brown, some that never came up."""
    scene = floor(rng)
    columns, rows, pitch = 8, 6, 98
    left, top = (SCENE[0] - columns * pitch) // 2, (SCENE[1] - rows * pitch) // 2
    tray = Image.new("L", scene.size, 0)
    outer = (left - 22, top - 22, left + columns * pitch + 22, top + rows * pitch + 22)
    ImageDraw.Draw(tray).rounded_rectangle(outer, 16, fill=255)
    shadow(scene, tray, (10, 14), blur=12, strength=0.8)
    plastic = surface(rng, scene.size, (48, 49, 52), (78, 79, 82), 40)
    scene.paste(plastic, mask=tray)
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle(outer, 16, outline=(96, 97, 100), width=3)
    soil = surface(rng, scene.size, (44, 32, 23), (124, 92, 64), 7)
    soil = shaded(soil, between(noise(rng, scene.size, 3), 150, 255))
    holes = Image.new("L", scene.size, 0)
    hole = ImageDraw.Draw(holes)
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * pitch, top + row * pitch
            draw.rounded_rectangle((x + 3, y + 3, x + pitch - 3, y + pitch - 3), 14, fill=(22, 22, 24))
            draw.line((x + 16, y + pitch - 3, x + pitch - 16, y + pitch - 3), fill=(112, 113, 116), width=2)
            hole.rounded_rectangle((x + 11, y + 12, x + pitch - 10, y + pitch - 10), 12, fill=255)
    scene.paste(soil, mask=holes.filter(ImageFilter.GaussianBlur(2)))
    for row in range(rows):
        for column in range(columns):
            middle = (
                left + (column + 0.5) * pitch + rng.gauss(0, 5),
                top + (row + 0.5) * pitch + rng.gauss(0, 5),
            )
            fate = rng.random()
            if fate < 0.2:
                _seedling(rng, scene, middle, (84, 142, 52), limp=False)
            elif fate < 0.8:
                _seedling(
                    rng, scene, middle, rng.choice([(176, 152, 72), (132, 98, 52), (150, 142, 66)]), limp=True
                )
    return scene


def _seedling(rng: random.Random, scene: Image.Image, at: Point, colour: Colour, *, limp: bool) -> None:
    """Two pairs of leaves on a stalk; a limp one lies on the soil, its leaves thin and curled."""
    size = 150
    layer = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(layer)
    base = (size / 2, size / 2)
    lean = rng.uniform(0, math.tau)
    reach = rng.uniform(22, 38) if limp else rng.uniform(3, 8)
    head = (base[0] + reach * math.cos(lean), base[1] + reach * math.sin(lean))
    bow = rng.uniform(-0.5, 0.5) * reach
    stalk = []
    for step in range(9):
        part, sag = step / 8, bow * math.sin(step / 8 * math.pi)
        stalk.append(
            (
                base[0] + reach * part * math.cos(lean) - sag * math.sin(lean),
                base[1] + reach * part * math.sin(lean) + sag * math.cos(lean),
            )
        )
    draw.line(stalk, fill=(*mixed(colour, (190, 180, 120), 0.4), 255), width=3, joint="curve")
    for leaf in range(4):
        spread = lean + (rng.uniform(-1.2, 1.2) if limp else leaf * math.tau / 4 + rng.uniform(-0.2, 0.2))
        length = rng.uniform(16, 26) if limp else rng.uniform(25, 34)
        breadth = length * (rng.uniform(0.12, 0.24) if limp else 0.36)
        tip = (head[0] + length * math.cos(spread), head[1] + length * math.sin(spread))
        curl = rng.uniform(-0.5, 0.5) * breadth if limp else 0
        side = (-math.sin(spread), math.cos(spread))
        waist = [
            (head[0] + length * part * math.cos(spread), head[1] + length * part * math.sin(spread))
            for part in (0.3, 0.7)
        ]
        tone = varied(rng, colour, 16)
        edges = [
            [(x + side[0] * (sign * breadth + curl), y + side[1] * (sign * breadth + curl)) for x, y in waist]
            for sign in (1, -1)
        ]
        draw.polygon([head, *edges[0], tip, *reversed(edges[1])], fill=(*tone, 255))
        draw.polygon([head, *edges[0], tip], fill=(*mixed(tone, (20, 24, 8), 0.28), 255))
        draw.line((head, tip), fill=(*mixed(tone, (236, 236, 180), 0.45), 255), width=1)
    layer = layer.filter(ImageFilter.GaussianBlur(0.8))
    corner = (round(at[0] - size / 2), round(at[1] - size / 2))
    lift = 3 if limp else 9
    shadow(
        scene, layer.getchannel("A"), (corner[0] + lift, corner[1] + lift + 2), blur=lift * 0.7, strength=0.6
    )
    scene.paste(layer, corner, layer)
