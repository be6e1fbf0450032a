"""Generated evidence: photos by their measures, alike for the same seed, visibly worse with more rot."""

import io
from functools import partial

import pytest
from PIL import Image, ImageChops, ImageStat

from demo.photo_fruit import SKINS
from demo.photos import bad_fruit_photo, broken_appliance_photo, parcel_label_photo, wilted_seedlings_photo

OTHERS = [parcel_label_photo, broken_appliance_photo, wilted_seedlings_photo]
ALL = [*(partial(bad_fruit_photo, kind, 0.3) for kind in [*SKINS, "vegetable"]), *OTHERS]


def opened(photo):
    return Image.open(io.BytesIO(photo)).convert("RGB")


def difference(one, other):
    """How unlike two photos are, in mean grey levels per channel."""
    return sum(ImageStat.Stat(ImageChops.difference(opened(one), opened(other))).mean) / 3


@pytest.mark.parametrize("make", ALL)
def test_a_photo_is_a_small_jpeg_with_light_and_depth(make):
    photo = make(seed=1)

    image = Image.open(io.BytesIO(photo))
    grey = ImageStat.Stat(image.convert("L"))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (800, 600))
    assert len(photo) <= 80 * 1024
    assert dict(image.getexif()) == {}
    assert 50 < grey.mean[0] < 200
    assert grey.stddev[0] > 25


@pytest.mark.parametrize("make", [partial(bad_fruit_photo, "peach", 0.3), *OTHERS])
def test_the_seed_decides(make):
    first = make(seed=7)

    assert make(seed=7) == first
    assert difference(make(seed=8), first) > 8


@pytest.mark.parametrize("kind", ["peach", "grape"])
def test_more_rot_shows_more(kind):
    sound = bad_fruit_photo(kind, 0, seed=3)

    rotten = [difference(bad_fruit_photo(kind, share, seed=3), sound) for share in (0.2, 1)]

    assert rotten[0] > 1
    assert rotten[1] > rotten[0] * 1.5


def test_vegetables_are_tomatoes_of_their_own():
    assert bad_fruit_photo("vegetable", 0.2, seed=1) != bad_fruit_photo("tomato", 0.2, seed=1)


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        bad_fruit_photo("durian", 0.2, seed=1)
