"""Evidence pictures are rebuilt from their pixels before anything is stored.

What a sender puts around or behind the pixels (position, comments, scripts, archives, colour profiles,
further pictures) is left behind, because only the pixels are pasted on a new canvas and saved by us.
"""

import hashlib
import io
import threading
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from aftersales.lib.errors import Refused
from aftersales.web.picture_headers import jpeg_scans, kind_of, webp_size

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
# The WebP decoder holds the canvas four times: 25 megapixels took 450 MB, a JPEG or PNG of that size 120 MB.
MAX_WEBP_PIXELS = 16_000_000
MAX_SIDE = 12_000
# Cameras write one scan, encoders for the web about ten; each further one costs a pass over all pixels.
MAX_JPEG_SCANS = 30
STORED_SIDE = 2_560
STORED_QUALITY = 80
THUMBNAIL_SIDE = 320
THUMBNAIL_QUALITY = 70
WAIT_SECONDS = 20

FORMATS = ("JPEG", "PNG", "WEBP")
CAMERA_ZONE = ZoneInfo("Asia/Shanghai")
EARLIEST_PHOTO = datetime(2005, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(days=1)

EXIF_ORIENTATION = 0x0112
EXIF_DETAILS = 0x8769
EXIF_TAKEN_AT = 0x9003
EXIF_TAKEN_AT_OFFSET = 0x9011
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# One picture at a time per process: memory stays bounded whatever is sent at once.
_decoding = threading.Lock()


@dataclass(frozen=True)
class CleanPicture:
    """A picture rebuilt from pixels alone, ready to be stored.

    ``sha256`` is over the bytes that were sent, so the same file sent twice is found. ``taken_at`` is what
    the camera claims, not a proof.
    """

    jpeg: bytes
    width: int
    height: int
    sha256: str
    taken_at: datetime | None
    original_format: str


def rebuild(data: bytes | BinaryIO, *, now: datetime | None = None) -> CleanPicture:
    """Check what somebody sent as a picture and build a clean JPEG of at most 2,560 pixels a side from it.

    Takes JPEG, PNG and WebP by content, whatever the file is called: at most 10 MB, 25 megapixels (WebP 16),
    12,000 pixels a side, one frame. Of a phone's JPEG with further pictures inside (depth, brightness) the
    first is used. ``now`` bounds the plausible time of the photo.

    Raises Refused with a sentence for the sender and one of the codes empty, too_large, not_a_picture, heic,
    svg, wrong_format, animated, too_many_pixels, side_too_long, too_complex, damaged, busy; nothing else is
    raised.
    """
    original = data if isinstance(data, bytes) else data.read(MAX_BYTES + 1)
    if not original:
        raise Refused(_("The file is empty. Choose the photo again."), code="empty")
    if len(original) > MAX_BYTES:
        raise Refused(_("The photo is larger than 10 MB. Take it with a lower resolution."), code="too_large")
    kind = kind_of(original)
    if not _decoding.acquire(timeout=WAIT_SECONDS):
        raise Refused(_("Many photos are arriving just now. Send this one again in a minute."), code="busy")
    try:
        canvas, taken_at = _decode(original, kind, now or timezone.now())
        return CleanPicture(
            jpeg=_jpeg(canvas, STORED_QUALITY),
            width=canvas.width,
            height=canvas.height,
            sha256=hashlib.sha256(original).hexdigest(),
            taken_at=taken_at,
            original_format=kind,
        )
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(MAX_PIXELS) from error
    except Exception as error:
        # Hostile files raise OSError, SyntaxError, ValueError, struct.error, EOFError and more.
        raise Refused(
            _("The photo is damaged or was cut off on the way. Take it again and send it once more."),
            code="damaged",
        ) from error
    finally:
        _decoding.release()


def thumbnail(picture: CleanPicture) -> bytes:
    """Return a JPEG of at most 320 pixels a side of a picture that was rebuilt."""
    with _decoding, Image.open(io.BytesIO(picture.jpeg), formats=["JPEG"]) as stored:
        stored.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return _jpeg(stored, THUMBNAIL_QUALITY)


def grey_levels(jpeg: BinaryIO, side: int) -> bytes:
    """Return a picture that was rebuilt as side by side grey levels, row by row, whatever its shape."""
    with _decoding, Image.open(jpeg, formats=["JPEG"]) as stored:
        grey = stored.convert("L")
        return grey.resize((side, side), Image.Resampling.BOX).tobytes()


def _decode(data: bytes, kind: str, now: datetime) -> tuple[Image.Image, datetime | None]:
    """Return the picture upright on a canvas of its own, and when it was taken."""
    max_pixels = MAX_WEBP_PIXELS if kind == "WEBP" else MAX_PIXELS
    if kind == "WEBP":
        # Pillow lets the decoder allocate its canvas while opening, before the size can be asked for.
        _check_size(webp_size(data), max_pixels)
    if kind == "JPEG" and jpeg_scans(data) > MAX_JPEG_SCANS:
        raise Refused(
            _("The picture is built in a way that takes too long to read. Send a plain photo."),
            code="too_complex",
        )
    pixels, orientation, taken_at = _read(data, max_pixels, now)
    stored_size = _stored_size(pixels.size)
    if pixels.size != stored_size:
        pixels = pixels.resize(stored_size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if orientation in TURNS:
        pixels = pixels.transpose(TURNS[orientation])
    canvas = Image.new("RGB", pixels.size)
    canvas.paste(pixels)
    return canvas, taken_at


def _read(data: bytes, max_pixels: int, now: datetime) -> tuple[Image.Image, int, datetime | None]:
    """Return the pixels as opaque RGB, how the camera was held, and when the picture was taken.

    A function of its own so that the decoder's copy of a large picture is given back on return.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image.size, max_pixels)
            if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
                raise Refused(_("The picture moves. Send a photo that stands still."), code="animated")
            image.draft(None, _stored_size(image.size))
            image.load()
            return _opaque(image), *_camera_notes(image, now)


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if max(size) > MAX_SIDE:
        raise Refused(
            _("The picture is longer than %(limit)s pixels on one side. Send a plain photo.")
            % {"limit": MAX_SIDE},
            code="side_too_long",
        )


def _too_many_pixels(limit: int) -> Refused:
    return Refused(
        _("The photo has more than %(limit)s megapixels. Take it with a lower resolution.")
        % {"limit": limit // 1_000_000},
        code="too_many_pixels",
    )


def _stored_size(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1, STORED_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, on white where it is transparent."""
    if image.mode == "RGBA" or image.has_transparency_data:
        # Converting what is RGBA already would copy it.
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        canvas = Image.new("RGB", image.size, "white")
        canvas.paste(layer, mask=layer.getchannel("A"))
        return canvas
    if image.mode.startswith("I"):
        # 16 bits to 8; a plain conversion would cut everything above 255 to white.
        image = image.point(lambda level: level / 257).convert("L")
    return image if image.mode == "RGB" else image.convert("RGB")


def _camera_notes(image: Image.Image, now: datetime) -> tuple[int, datetime | None]:
    """Return orientation and time from EXIF; what cannot be read counts as absent, as cameras write much."""
    try:
        notes = image.getexif()
        details = notes.get_ifd(EXIF_DETAILS)
        orientation = int(notes.get(EXIF_ORIENTATION, 1))
    except Exception:
        return 1, None
    return orientation, _taken_at(details, now)


def _taken_at(details: dict, now: datetime) -> datetime | None:
    """Read DateTimeOriginal, in the zone the camera names or else in China's.

    None when it is missing, malformed, before 2005 (a clock that was never set) or more than a day ahead.
    """
    try:
        text = f"{details[EXIF_TAKEN_AT]}".strip("\0 ")
        taken_at = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=CAMERA_ZONE)
    except (KeyError, ValueError):
        return None
    try:
        offset = datetime.strptime(f"{details[EXIF_TAKEN_AT_OFFSET]}".strip("\0 "), "%z").tzinfo
        taken_at = taken_at.replace(tzinfo=offset)
    except (KeyError, ValueError):
        pass
    plausible = EARLIEST_PHOTO <= taken_at <= now + CLOCK_TOLERANCE
    return taken_at.astimezone(UTC) if plausible else None


def _jpeg(canvas: Image.Image, quality: int) -> bytes:
    output = io.BytesIO()
    canvas.save(output, "JPEG", quality=quality, progressive=True)
    return output.getvalue()
