"""Pictures are told like from alike by the signs of their waves: docs/rules/flags.md, section 2."""

import io
import random

import pytest
from PIL import Image, ImageDraw

from claims.rules.likeness import (
    DETAIL_LIMIT,
    LOOK_LIMIT,
    PROBES,
    SIDE,
    STORED,
    WHOLE,
    Picture,
    bands,
    detail_distance,
    look_distance,
    neighbours,
    signed,
)
from tests.claims.pictures import copy_of

WAYS = ["half and saved anew", "cut by 3 %", "cut by 4 %", "cut by 5 %", "brighter"]
DIFFERENT = 500
MASK = (1 << 64) - 1


def picture(image: Image.Image) -> Picture:
    return Picture(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def scene(seed: int) -> Image.Image:
    """A box with round fruit in it on a soft ground, in places of its own for every seed."""
    draw = random.Random(seed)
    ground = Image.frombytes("RGB", (6, 5), draw.randbytes(90)).resize((400, 300), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(ground)
    for _fruit in range(draw.randrange(5, 15)):
        x, y, radius = draw.randrange(400), draw.randrange(300), draw.randrange(20, 70)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(draw.randbytes(3)))
    return ground


def saved(image: Image.Image) -> bytes:
    output = io.BytesIO()
    image.save(output, "JPEG", quality=90)
    return output.getvalue()


def is_found(sought: Picture, kept: Picture) -> bool:
    """Whether a search with one picture finds the prints of another one, as the database does it."""
    return any(
        set(neighbours(own)) & {theirs}
        and look_distance(probe, each.look) <= LOOK_LIMIT
        and detail_distance(sought.detail(box), each.detail) <= DETAIL_LIMIT
        for box in PROBES
        for each in kept.prints()
        for probe in [sought.look(box)]
        for own, theirs in zip(bands(probe), bands(each.look), strict=True)
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_found_again_whichever_of_the_two_came_first(way):
    missed = []
    for seed in range(12):
        original = saved(scene(seed))
        first, second = picture(opened(original)), picture(opened(copy_of(original, way)))
        missed += [(seed, "copy")] * (not is_found(second, first))
        missed += [(seed, "original")] * (not is_found(first, second))

    assert missed == []


def test_a_cut_off_edge_alone_does_not_hide_a_picture():
    original = scene(1)
    width, height = original.size
    cuts = [(20, 0, width, height), (0, 15, width, height), (0, 0, width - 20, height), (0, 0, width, 285)]

    assert [is_found(picture(original.crop(cut)), picture(original)) for cut in cuts] == [True] * 4


def test_five_hundred_different_pictures_are_like_no_other():
    pictures = [picture(scene(seed)) for seed in range(DIFFERENT)]
    kept = [[(number, each.look) for each in one.prints()] for number, one in enumerate(pictures)]
    looks = [each for prints in kept for each in prints]

    near = {
        (number, other)
        for number, one in enumerate(pictures)
        for probe in {one.look(box) for box in PROBES}
        for other, look in looks
        if other > number and ((probe ^ look) & MASK).bit_count() <= LOOK_LIMIT
    }

    assert [(one, other) for one, other in sorted(near) if is_found(pictures[one], pictures[other])] == []


def test_light_and_contrast_change_no_sign():
    levels = picture(scene(3))
    half = Picture(bytes(level // 2 + 60 for row in levels._rows for level in row))

    assert look_distance(levels.look(WHOLE), half.look(WHOLE)) <= 1


@pytest.mark.parametrize(
    ("levels", "has_structure"),
    [
        (bytes(SIDE * SIDE), False),
        (bytes([100, 110]) * (SIDE * SIDE // 2), False),
        (bytes([100, 112]) * (SIDE * SIDE // 2), True),
    ],
)
def test_a_picture_without_structure_has_no_prints(levels, has_structure):
    one = Picture(levels)

    assert one.has_structure is has_structure
    assert len(one.prints()) == (len(STORED) if has_structure else 0)


def test_levels_of_another_size_are_an_error():
    with pytest.raises(ValueError, match="100 grey levels instead of 4096"):
        Picture(bytes(100))


def test_crops_that_are_kept_are_searched_as_well():
    assert PROBES[: len(STORED)] == STORED
    assert len(PROBES) == len(set(PROBES)) == 20


@pytest.mark.parametrize(
    ("look", "wanted"),
    [
        (0, (0, 0, 0, 0)),
        (0x0001_7FFF_8000_FFFF, (-1, -32768, 32767, 1)),
        (0xFFFF_FFFF_FFFF_FFFF, (-1, -1, -1, -1)),
    ],
)
def test_bands_are_numbers_that_a_small_column_holds(look, wanted):
    assert bands(look) == bands(signed(look)) == wanted
    assert -(2**63) <= signed(look) < 2**63


def test_neighbours_are_the_band_and_all_with_one_other_sign():
    for band in (0, -1, 32767, -32768, 5):
        near = neighbours(band)
        assert near[0] == band
        assert len(set(near)) == 17
        assert {((one ^ band) & 0xFFFF).bit_count() for one in near} == {0, 1}
        assert all(-32768 <= one <= 32767 for one in near)


def test_seven_other_signs_leave_a_band_with_one_or_none():
    draw = random.Random(1)
    for _case in range(300):
        look = draw.getrandbits(64)
        other = look
        for bit in draw.sample(range(64), LOOK_LIMIT):
            other ^= 1 << bit
        near = [theirs in neighbours(own) for own, theirs in zip(bands(look), bands(other), strict=True)]
        assert any(near)
        assert look_distance(signed(look), other) == LOOK_LIMIT
