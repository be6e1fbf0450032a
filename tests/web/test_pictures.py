"""Only pixels get in: what is refused, what is left behind, and that honest photos come out right."""

import hashlib
import io
import random
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw, ImageFilter

from aftersales.lib.errors import Refused
from aftersales.web import pictures
from aftersales.web.pictures import CleanPicture, grey_levels, rebuild, thumbnail
from tests.web.hostile_pictures import (
    CANARY,
    HONEST,
    LOADED,
    REJECTED,
    blank_png,
    encoded,
    exif,
    many_scans,
    scene,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PHOTO = encoded(scene(), "JPEG", quality=90)
RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)


def opened(picture):
    return Image.open(io.BytesIO(picture.jpeg))


def segments(jpeg):
    """The markers of a JPEG up to its end, and what follows the end."""
    markers, position = [], 2
    while (position := jpeg.find(b"\xff", position)) >= 0:
        code = jpeg[position + 1]
        position += 2
        if code == 0 or 0xD0 <= code <= 0xD7:
            continue
        markers.append(code)
        if code == 0xD9:
            break
        position += int.from_bytes(jpeg[position : position + 2], "big")
    return markers, jpeg[position:]


def assert_nothing_but_pixels(picture):
    markers, tail = segments(picture.jpeg)
    # JFIF header, quantisation, frame, Huffman tables, scans, end.
    assert set(markers) <= {0xE0, 0xDB, 0xC2, 0xC4, 0xDA, 0xD9}
    assert markers.count(0xE0) == 1
    assert tail == b""
    assert CANARY.encode() not in picture.jpeg
    image = opened(picture)
    assert dict(image.getexif()) == {}
    assert {key for key in image.info if not key.startswith(("jfif", "progress"))} == set()


def corners(image):
    width, height = image.size
    return [
        image.getpixel((x, y))
        for y in (height // 10, height - height // 10)
        for x in (width // 10, width - width // 10)
    ]


def assert_close(seen, wanted, distance=40):
    for one, other in zip(seen, wanted, strict=True):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= distance, (seen, wanted)


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_no_photo_is_refused(name):
    make, code = REJECTED[name]

    with pytest.raises(Refused) as refusal:
        rebuild(make(), now=NOW)

    assert refusal.value.code == code
    assert str(refusal.value)


@pytest.mark.parametrize("name", LOADED)
def test_nothing_but_pixels_survives(name):
    sent = LOADED[name]()

    picture = rebuild(sent, now=NOW)

    assert (picture.width, picture.height) == opened(picture).size == (320, 240)
    assert picture.sha256 == hashlib.sha256(sent).hexdigest()
    assert_nothing_but_pixels(picture)


@pytest.mark.parametrize("name", [name for name in LOADED if "pixels" not in name])
def test_what_carried_something_shows_the_same_scene(name):
    picture = rebuild(LOADED[name](), now=NOW)

    assert_close(corners(opened(picture)), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_photo_comes_out_right(name):
    picture = rebuild(HONEST[name](), now=NOW)

    image = opened(picture)
    wanted = [RED, GREEN, BLUE, WHITE]
    if any(word in name for word in ("grey", "16 bits")):
        wanted = [(level,) * 3 for level in (sum((299 * r, 587 * g, 114 * b)) // 1000 for r, g, b in wanted)]
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (320, 240))
    assert picture.original_format.lower() in name.split()
    assert_close(corners(image), wanted, distance=60 if "cmyk" in name else 40)
    assert_nothing_but_pixels(picture)


def test_the_whole_answer():
    sent = encoded(scene(), "JPEG", quality=90, exif=exif())

    picture = rebuild(sent, now=NOW)

    assert picture == CleanPicture(
        jpeg=picture.jpeg,
        width=320,
        height=240,
        sha256=hashlib.sha256(sent).hexdigest(),
        taken_at=datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC),
        original_format="JPEG",
    )


def test_the_same_bytes_give_the_same_picture():
    assert rebuild(PHOTO, now=NOW) == rebuild(io.BytesIO(PHOTO), now=NOW)


def test_a_file_is_read_no_further_than_the_limit():
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked = size
            return PHOTO + bytes(size - len(PHOTO))

    sent = Endless()

    with pytest.raises(Refused) as refusal:
        rebuild(sent, now=NOW)

    assert refusal.value.code == "too_large"
    assert sent.asked == pictures.MAX_BYTES + 1


def test_exactly_ten_megabytes_pass():
    assert rebuild(PHOTO + bytes(pictures.MAX_BYTES - len(PHOTO)), now=NOW).width == 320


@pytest.mark.parametrize("name", ["jpeg with everything", "png with camera notes", "webp with camera notes"])
def test_whatever_is_damaged_the_answer_is_a_clean_picture_or_a_refusal(name):
    whole = LOADED[name]()
    chance = random.Random(name)

    for _ in range(60):
        sent = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.randrange(1, 12)):
            if sent:
                sent[chance.randrange(min(len(sent), 1200))] = chance.randrange(256)
        try:
            picture = rebuild(bytes(sent), now=NOW)
        except Refused as refusal:
            assert refusal.code
        else:
            assert_nothing_but_pixels(picture)


# How a camera stores an upright scene when it is held in one of the eight ways.
HELD = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", HELD)
def test_photos_stand_upright_however_the_camera_was_held(orientation, kind):
    held = scene() if orientation == 1 else scene().transpose(HELD[orientation])
    sent = encoded(held, kind, exif=exif(orientation=orientation))

    picture = rebuild(sent, now=NOW)

    assert (picture.width, picture.height) == opened(picture).size == (320, 240)
    assert_close(corners(opened(picture)), [RED, GREEN, BLUE, WHITE])
    assert_nothing_but_pixels(picture)


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_an_unknown_orientation_leaves_the_photo_as_it_is(orientation):
    picture = rebuild(encoded(scene(), "JPEG", exif=exif(orientation=orientation)), now=NOW)

    assert_close(corners(opened(picture)), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize(
    ("size", "stored"),
    [
        ((2560, 1920), (2560, 1920)),
        ((2561, 1920), (2560, 1919)),
        ((4000, 3000), (2560, 1920)),
        ((3000, 4000), (1920, 2560)),
        ((5000, 5000), (2560, 2560)),
        ((5998, 4000), (2560, 1707)),
        ((12000, 3), (2560, 1)),
        ((1, 12000), (1, 2560)),
        ((1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_photos_are_scaled_to_2560(kind, size, stored):
    picture = rebuild(encoded(Image.new("RGB", size, (90, 140, 60)), kind), now=NOW)

    assert (picture.width, picture.height) == opened(picture).size == stored
    assert_close([opened(picture).getpixel((stored[0] // 2, stored[1] // 2))], [(90, 140, 60)], distance=3)


def test_25_megapixels_pass():
    assert rebuild(blank_png(5_000, 5_000), now=NOW).width == 2560


@pytest.mark.parametrize(("size", "code"), [((4000, 4000), None), ((4001, 4000), "too_many_pixels")])
def test_webp_is_bounded_at_16_megapixels(size, code):
    sent = encoded(Image.new("RGB", size, "green"), "WEBP", quality=1, method=0)

    if code:
        with pytest.raises(Refused) as refusal:
            rebuild(sent, now=NOW)
        assert refusal.value.code == code
    else:
        assert rebuild(sent, now=NOW).width == 2560


def test_a_large_jpeg_is_decoded_at_a_fraction(monkeypatch):
    decoded = []
    opaque = pictures._opaque
    monkeypatch.setattr(pictures, "_opaque", lambda image: decoded.append(image.size) or opaque(image))

    picture = rebuild(encoded(Image.new("RGB", (6000, 4000), "green"), "JPEG"), now=NOW)

    assert decoded == [(3000, 2000)]
    assert (picture.width, picture.height) == (2560, 1707)


def test_a_few_scans_pass():
    assert rebuild(many_scans(3), now=NOW).width == 320


def test_transparency_becomes_white():
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 40))
    palette = Image.new("P", (40, 40), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.paste(1, (0, 0, 20, 40))

    for sent in (
        encoded(image, "PNG"),
        encoded(image, "WEBP", lossless=True),
        encoded(palette, "PNG", transparency=0),
    ):
        seen = opened(rebuild(sent, now=NOW))
        assert_close(
            [seen.getpixel((5, 20)), seen.getpixel((35, 20))], [(0, 0, 255), (255, 255, 255)], distance=8
        )


@pytest.mark.parametrize(
    ("taken_at", "offset", "wanted"),
    [
        ("2026:11:20 09:30:15", None, datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("2026:11:20 09:30:15", "+08:00", datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("2026:11:20 09:30:15", "+06:00", datetime(2026, 11, 20, 3, 30, 15, tzinfo=UTC)),
        ("2026:11:20 09:30:15", "nonsense", datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("2026:11:22 15:59:00", None, datetime(2026, 11, 22, 7, 59, tzinfo=UTC)),
        ("2026:11:22 16:01:00", None, None),
        ("2004:12:31 23:59:59", None, None),
        ("1970:01:01 00:00:00", None, None),
        ("0000:00:00 00:00:00", None, None),
        ("2026:02:30 10:00:00", None, None),
        ("    :  :     :  :  ", None, None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_the_time_of_a_photo_is_taken_when_plausible(taken_at, offset, wanted):
    sent = encoded(scene(), "JPEG", exif=exif(taken_at=taken_at, offset=offset))

    assert rebuild(sent, now=NOW).taken_at == wanted


def test_a_photo_without_notes_has_no_time():
    assert rebuild(PHOTO, now=NOW).taken_at is None


def fruit(seed):
    """Soft blobs whose places depend on the seed."""
    image = Image.new("RGB", (800, 600), (120, 100, 80))
    draw = ImageDraw.Draw(image)
    state = seed * 7919 + 13
    for _ in range(14):
        state = (state * 1103515245 + 12345) % 2**31
        x, y, level = state % 800, state // 800 % 600, state // 480_000 % 200
        draw.ellipse((x - 90, y - 90, x + 90, y + 90), fill=(level + 55, level, level // 2))
    return image.filter(ImageFilter.GaussianBlur(12))


def test_a_copy_has_a_digest_of_its_own():
    sent = [
        encoded(fruit(1), "JPEG", quality=92),
        encoded(fruit(1), "JPEG", quality=35),
        encoded(fruit(1).resize((500, 375)), "WEBP", quality=60),
    ]

    assert len({rebuild(each, now=NOW).sha256 for each in sent}) == 3


def test_grey_levels_are_those_of_the_upright_picture():
    turned = fruit(3).transpose(Image.Transpose.ROTATE_90)
    pictures_sent = [encoded(fruit(3), "PNG"), encoded(turned, "PNG", exif=exif(orientation=6))]

    levels = [grey_levels(io.BytesIO(rebuild(each, now=NOW).jpeg), 8) for each in pictures_sent]

    assert levels[0] == levels[1]
    assert len(levels[0]) == 64
    plain = rebuild(encoded(Image.new("RGB", (90, 30), (200, 200, 200)), "PNG"), now=NOW)
    assert grey_levels(io.BytesIO(plain.jpeg), 4) == bytes([200] * 16)


def test_one_picture_at_a_time(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0)

    with pictures._decoding, pytest.raises(Refused) as refusal:
        rebuild(PHOTO, now=NOW)

    assert refusal.value.code == "busy"
    assert rebuild(PHOTO, now=NOW).width == 320


def test_a_refused_picture_does_not_block_the_next(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0)
    for name in ("half a jpeg", "png bomb", "moving webp"):
        with pytest.raises(Refused):
            rebuild(REJECTED[name][0](), now=NOW)

    assert rebuild(PHOTO, now=NOW).width == 320


@pytest.mark.parametrize(
    ("size", "small"), [((800, 600), (320, 240)), ((600, 800), (240, 320)), ((100, 80), (100, 80))]
)
def test_thumbnails_fit_320(size, small):
    image = Image.open(io.BytesIO(thumbnail(rebuild(encoded(scene(size), "JPEG", exif=exif()), now=NOW))))

    assert (image.format, image.size) == ("JPEG", small)
    assert dict(image.getexif()) == {}
    assert_close(corners(image), [RED, GREEN, BLUE, WHITE])
