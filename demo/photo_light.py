"""Light, surface and camera for the generated photos: what makes drawn shapes look like things."""

import io
import math
import random
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath

Colour = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 800, 600
MAX_BYTES = 80 * 1024
# Towards the light: left, up, out of the picture.
LIGHT = (-0.42, -0.5, 0.76)


def noise(rng: random.Random, size: tuple[int, int], cell: float) -> Image.Image:
    """Grey levels that change over about `cell` pixels."""
    small = (max(2, math.ceil(size[0] / cell) + 1), max(2, math.ceil(size[1] / cell) + 1))
    grains = Image.frombytes("L", small, rng.randbytes(small[0] * small[1]))
    return grains if small == size else grains.resize(size, Image.Resampling.BICUBIC)


def clouds(rng: random.Random, size: tuple[int, int], cell: float) -> Image.Image:
    """Noise of three sizes at once, as stains and bruises have."""
    coarse, middle, fine = (noise(rng, size, max(1, cell / step)) for step in (1, 2.3, 5))
    return Image.blend(Image.blend(coarse, middle, 0.35), fine, 0.2)


def levels(image: Image.Image, low: float, high: float) -> Image.Image:
    """Stretch the grey levels between low and high to black and white."""
    span = max(1e-6, high - low)
    return image.point([max(0, min(255, round((level - low) * 255 / span))) for level in range(256)])


def between(image: Image.Image, low: float, high: float) -> Image.Image:
    """Squeeze black and white into low to high: a factor for multiplying, 255 leaves as it is."""
    return image.point([round(low + (high - low) * level / 255) for level in range(256)])


def shaded(image: Image.Image, factor: Image.Image) -> Image.Image:
    """Multiply a picture by a grey factor."""
    return ImageChops.multiply(image, Image.merge("RGB", (factor, factor, factor)))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour on the way from one to the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def varied(rng: random.Random, colour: Colour, by: int) -> Colour:
    """A colour near this one; brightness moves more than hue."""
    shift = rng.randint(-by, by)
    return tuple(max(0, min(255, part + shift + rng.randint(-by // 3, by // 3))) for part in colour)


def surface(
    rng: random.Random, size: tuple[int, int], dark: Colour, light: Colour, cell: float
) -> Image.Image:
    """A stained surface between two colours."""
    stains = levels(clouds(rng, size, cell), 40, 215)
    return Image.composite(Image.new("RGB", size, light), Image.new("RGB", size, dark), stains)


def soft_blob(
    rng: random.Random, size: int, centre: Point, radius: Point, *, raggedness: float
) -> Image.Image:
    """A mask with an irregular, feathered outline; raggedness 0 is an ellipse."""
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).polygon(outline(rng, centre, radius, raggedness), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(max(1, min(radius) * 0.09)))


def outline(rng: random.Random, centre: Point, radius: Point, raggedness: float) -> list[Point]:
    """The points of a roundish shape whose radius wobbles with a few waves."""
    waves = [(count, rng.uniform(0, math.tau), rng.uniform(0.3, 1) / count) for count in (2, 3, 4, 5, 7)]
    points = []
    for step in range(48):
        angle = step * math.tau / 48
        wobble = 1 + raggedness * sum(part * math.sin(count * angle + phase) for count, phase, part in waves)
        points.append(
            (
                centre[0] + radius[0] * wobble * math.cos(angle),
                centre[1] + radius[1] * wobble * math.sin(angle),
            )
        )
    return points


@lru_cache(maxsize=32)  # the fruit of a box share one size
def ball(size: int, gloss: int) -> tuple[Image.Image, Image.Image]:
    """Shade and shine of a ball under LIGHT: a factor to multiply, and light to add.

    `gloss` is how small and sharp the shine is: 4 for velvet, 60 for polished skin.
    """
    across = Image.linear_gradient("L").resize((size, size)).convert("F")
    east, south = across.transpose(Image.Transpose.ROTATE_90), across
    light_x, light_y, light_z = LIGHT
    half_length = math.sqrt(light_x**2 + light_y**2 + (light_z + 1) ** 2)

    def shade(a):
        x, y = a["x"] / 127.5 - 1, a["y"] / 127.5 - 1
        z = a["max"](1 - x * x - y * y, 0) ** 0.5
        lambert = a["max"](x * light_x + y * light_y + z * light_z, 0)
        bounce = a["max"](y * 0.5 + x * 0.3, 0) * 0.13
        return (lambert * 0.74 + z * 0.16 + 0.15 + bounce) * 255

    def shine(a):
        x, y = a["x"] / 127.5 - 1, a["y"] / 127.5 - 1
        z = a["max"](1 - x * x - y * y, 0) ** 0.5
        facing = (x * light_x + y * light_y + z * (light_z + 1)) / half_length
        return a["max"](facing, 0) ** gloss * 255

    return tuple(ImageMath.lambda_eval(law, x=east, y=south).convert("L") for law in (shade, shine))


def shadow(
    canvas: Image.Image, mask: Image.Image, at: tuple[int, int], *, blur: float, strength: float
) -> None:
    """Darken the canvas softly where a mask stands."""
    room = round(blur * 3)
    wide = Image.new("L", (mask.width + 2 * room, mask.height + 2 * room), 0)
    wide.paste(mask.point(lambda level: level * strength), (room, room))
    soft = wide.filter(ImageFilter.BoxBlur(blur * 1.5))
    canvas.paste((18, 12, 8), (at[0] - room, at[1] - room), soft)


def held_by_hand(rng: random.Random, scene: Image.Image, *, closeness: float = 0.12) -> Image.Image:
    """Cut a phone's view of 800 by 600 out of a flat scene: wider at the far side, never quite straight.

    `closeness` is how much of the scene's width may be cut off.
    """
    width, height = scene.size
    cut = rng.uniform(0.05, max(0.06, closeness))
    far = rng.uniform(0.2, 0.45) * cut
    turn = rng.uniform(-0.035, 0.035)
    shift = (rng.uniform(-0.3, 0.3) * cut * width, rng.uniform(-0.3, 0.3) * cut * height)
    corners = []
    for east, south in [(-1, -1), (-1, 1), (1, 1), (1, -1)]:
        x = east * width / 2 * (1 - cut - (far if south > 0 else -far * 0.4))
        y = south * height / 2 * (1 - cut)
        corners += [width / 2 + shift[0] + x - turn * y, height / 2 + shift[1] + y + turn * x]
    return scene.transform((WIDTH, HEIGHT), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def photographed(rng: random.Random, image: Image.Image, *, blur: float = 0.6) -> bytes:
    """Give a scene the light, blur, grain and compression of a phone camera: a JPEG of at most 80 KB."""
    size = image.size
    window = Image.linear_gradient("L").rotate(rng.choice([0, 90, 180, 270])).resize(size)
    image = shaded(image, between(window, rng.randint(205, 232), 255))
    edge = Image.radial_gradient("L").resize(size, Image.Resampling.BICUBIC)
    image = shaded(image, edge.point([round(255 - 80 * (level / 255) ** 3) for level in range(256)]))
    warmth = rng.uniform(-0.2, 1)
    gains = (1.02 + 0.05 * warmth, 1.01 + 0.01 * warmth, 0.99 - 0.08 * warmth)
    # Phones lift the dark parts, deepen the middle and keep the bright ones from burning out.
    curve = [255 * (x := (level / 255) ** 0.76) - 13 * math.sin(x * math.tau) for level in range(256)]
    image = image.point([min(255, max(0, round(value * gain))) for gain in gains for value in curve])
    image = image.filter(ImageFilter.GaussianBlur(blur))
    grain = Image.merge("RGB", [noise(rng, size, 1.6) for _ in range(3)])
    image = Image.blend(image, ImageChops.overlay(image, grain), 0.07)
    for quality in (82, 74, 66, 58, 48, 38, 28):
        output = io.BytesIO()
        image.save(output, "JPEG", quality=quality)
        if output.tell() <= MAX_BYTES:
            break
    return output.getvalue()
