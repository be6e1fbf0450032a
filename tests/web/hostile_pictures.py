"""Pictures that somebody might send, made by code: what must be turned down, and what must come out clean."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, PngImagePlugin

CANARY = "CANARY-7f3a91"
SCRIPT = f"<?php /*{CANARY}*/ system($_GET['c']); ?><script>alert('{CANARY}')</script>"
TAKEN_AT = "2026:11:20 09:30:15"


def scene(size=(320, 240), mode="RGB") -> Image.Image:
    """A picture whose four corners differ: red, green, blue and white, on grey."""
    width, height = size
    image = Image.new("RGB", size, (128, 128, 128))
    for colour, corner in [
        ((220, 20, 20), (0, 0)),
        ((20, 200, 20), (width - width // 4, 0)),
        ((20, 20, 220), (0, height - height // 4)),
        ((250, 250, 250), (width - width // 4, height - height // 4)),
    ]:
        image.paste(colour, (*corner, corner[0] + width // 4, corner[1] + height // 4))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def exif(*, orientation=1, taken_at=TAKEN_AT, offset=None, position=False) -> Image.Exif:
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = CANARY
    notes[0x9C9C] = CANARY.encode("utf-16-le")
    details = notes.get_ifd(0x8769)
    details[0x9286] = b"ASCII\0\0\0" + CANARY.encode()
    if taken_at is not None:
        details[0x9003] = taken_at
    if offset is not None:
        details[0x9011] = offset
    if position:
        notes.get_ifd(0x8825).update({1: "N", 2: (26.0, 50.0, 18.24), 3: "E", 4: (106.0, 35.0, 58.2)})
    return notes


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind the header of a PNG, which is 8 + 25 bytes long."""
    return png[:33] + b"".join(chunks) + png[33:]


def archive() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as box:
        box.writestr(f"{CANARY}.php", SCRIPT)
    return output.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A PNG of one colour, written row by row without holding its pixels."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    packed = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def claimed_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    jpeg = encoded(scene(mode="L"), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * count + jpeg[-2:]


def webp_canvas(width: int, height: int) -> bytes:
    """A WebP that announces a canvas and holds no picture."""
    content = b"\x00\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def text_bomb() -> bytes:
    packed = zlib.compress(b"\0" * 100_000_000, 9)
    return with_chunks(encoded(scene(), "PNG"), chunk(b"zTXt", b"Comment\0\0" + packed))


def wrong_checksum() -> bytes:
    png = encoded(scene(), "PNG")
    return png[:29] + bytes(4) + png[33:]


SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>alert("{CANARY}")</script></svg>'.encode()


def _photo(**options) -> bytes:
    return encoded(scene(), "JPEG", quality=90, **options)


# name: (how to make it, the code of the refusal)
REJECTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "not_a_picture"),
    "text": (lambda: b"just words", "not_a_picture"),
    "html": (lambda: f"<!doctype html><script>{CANARY}</script>".encode(), "not_a_picture"),
    "php": (lambda: SCRIPT.encode(), "not_a_picture"),
    "program": (lambda: b"\x7fELF" + bytes(200), "not_a_picture"),
    "svg": (lambda: SVG, "svg"),
    "svg with prologue": (lambda: b'<?xml version="1.0"?>\n<!-- x -->' + SVG, "svg"),
    "svg with byte order mark": (lambda: b"\xef\xbb\xbf\n " + SVG, "svg"),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400), "heic"),
    "heif": (lambda: b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(400), "heic"),
    "avif": (lambda: encoded(scene(), "AVIF"), "wrong_format"),
    "gif": (lambda: encoded(scene(), "GIF"), "wrong_format"),
    "moving gif": (lambda: moving("GIF"), "wrong_format"),
    "bmp": (lambda: encoded(scene(), "BMP"), "wrong_format"),
    "tiff": (lambda: encoded(scene(), "TIFF"), "wrong_format"),
    "pdf": (lambda: encoded(scene(), "PDF"), "wrong_format"),
    "ico": (lambda: encoded(scene((64, 64)), "ICO"), "wrong_format"),
    "zip": (archive, "wrong_format"),
    "jpeg 2000": (lambda: encoded(scene(), "JPEG2000"), "not_a_picture"),
    "zip then jpeg": (lambda: archive() + _photo(), "wrong_format"),
    "moving webp": (lambda: moving("WEBP"), "animated"),
    "moving png": (lambda: moving("PNG"), "animated"),
    "png bomb": (lambda: blank_png(13_300, 13_300), "too_many_pixels"),
    "larger png bomb": (lambda: blank_png(20_000, 20_000), "too_many_pixels"),
    "png just too large": (lambda: blank_png(5_001, 5_000), "too_many_pixels"),
    "png with a huge side": (lambda: blank_png(12_001, 10), "side_too_long"),
    "png with a huge height": (lambda: blank_png(10, 12_001), "side_too_long"),
    "jpeg that claims 65,000 a side": (lambda: claimed_size(_photo(), 65_000, 65_000), "too_many_pixels"),
    "jpeg that claims a huge side": (lambda: claimed_size(_photo(), 16_000, 100), "side_too_long"),
    "jpeg that claims no size": (lambda: claimed_size(_photo(), 0, 0), "damaged"),
    "webp canvas of 16,383 a side": (lambda: webp_canvas(16_383, 16_383), "too_many_pixels"),
    "webp with a huge side": (lambda: webp_canvas(16_000, 20), "side_too_long"),
    "webp without a picture": (lambda: webp_canvas(64, 64), "damaged"),
    "jpeg of 60 scans": (lambda: many_scans(60), "too_complex"),
    "png with a text bomb": (text_bomb, "damaged"),
    "png with a wrong checksum": (wrong_checksum, "damaged"),
    "half a jpeg": (lambda: _photo()[:1500], "damaged"),
    "start of a jpeg": (lambda: b"\xff\xd8\xff\xe0", "damaged"),
    "half a png": (lambda: encoded(scene(), "PNG")[:300], "damaged"),
    "start of a png": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "half a webp": (lambda: encoded(scene(), "WEBP")[:200], "damaged"),
    "start of a webp": (lambda: b"RIFF\0\0\0\0WEBP", "damaged"),
    "jpeg of noise": (lambda: b"\xff\xd8\xff" + bytes(range(256)) * 40, "damaged"),
    "more than 10 MB": (lambda: _photo() + bytes(10 * 1024 * 1024), "too_large"),
}


def _png_text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT)
    info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{CANARY}</x:xmpmeta>")
    return info


XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode())
PROFILE = b"\0" * 128 + CANARY.encode()
EVERYTHING = {"exif": exif(position=True), "icc_profile": PROFILE}

# name: how to make it. Each carries something that must not survive.
LOADED: dict[str, Callable[[], bytes]] = {
    "jpeg with camera notes": lambda: _photo(exif=exif()),
    "jpeg with its position": lambda: _photo(exif=exif(position=True)),
    "jpeg with a script for comment": lambda: _photo(comment=SCRIPT.encode()),
    "jpeg with xmp": lambda: with_segments(_photo(), XMP),
    "jpeg with a colour profile": lambda: _photo(icc_profile=PROFILE),
    "jpeg with a photoshop block": lambda: with_segments(_photo(), segment(0xED, SCRIPT.encode())),
    "jpeg with an unknown segment": lambda: with_segments(_photo(), segment(0xEF, SCRIPT.encode())),
    "jpeg with a thumbnail inside": lambda: with_segments(
        _photo(), segment(0xE0, b"JFXX\0\x10" + _photo()[:900])
    ),
    "jpeg then zip": lambda: _photo() + archive(),
    "jpeg then php": lambda: _photo() + SCRIPT.encode(),
    "jpeg with everything": lambda: (
        with_segments(_photo(**EVERYTHING, comment=SCRIPT.encode()), XMP) + archive()
    ),
    "jpeg with notes that lead nowhere": lambda: with_segments(
        _photo(), segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xf0" + CANARY.encode())
    ),
    "jpeg with further pictures": lambda: encoded(
        scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), "black")], exif=exif()
    ),
    "png with camera notes": lambda: encoded(scene(), "PNG", **EVERYTHING),
    "png with texts": lambda: encoded(scene(), "PNG", pnginfo=_png_text()),
    "png with a private chunk": lambda: with_chunks(encoded(scene(), "PNG"), chunk(b"phPx", SCRIPT.encode())),
    "png then zip": lambda: encoded(scene(), "PNG") + archive(),
    "webp with camera notes": lambda: encoded(scene(), "WEBP", **EVERYTHING, xmp=f"<x>{CANARY}</x>"),
    "webp then php": lambda: encoded(scene(), "WEBP") + SCRIPT.encode(),
    "png with a script for pixels": lambda: encoded(
        Image.frombytes("RGB", (40, 30), (SCRIPT.encode() * 100)[:3600]).resize((320, 240)),
        "PNG",
        compress_level=0,
    ),
}

# name: how to make it. Unusual, but honest: each shows the scene.
HONEST: dict[str, Callable[[], bytes]] = {
    "jpeg": _photo,
    "progressive jpeg": lambda: _photo(progressive=True),
    "grey jpeg": lambda: encoded(scene(mode="L"), "JPEG"),
    "cmyk jpeg": lambda: encoded(scene(mode="CMYK"), "JPEG", quality=95),
    "png": lambda: encoded(scene(), "PNG"),
    "png with transparency": lambda: encoded(scene(mode="RGBA"), "PNG"),
    "png of 256 colours": lambda: encoded(scene().quantize(256), "PNG"),
    "png of 16 bits": lambda: encoded(
        scene(mode="L").convert("I").point(lambda v: v * 257).convert("I;16"), "PNG"
    ),
    "grey png with alpha": lambda: encoded(scene(mode="LA"), "PNG"),
    "webp": lambda: encoded(scene(), "WEBP", quality=90),
    "lossless webp": lambda: encoded(scene(), "WEBP", lossless=True),
    "webp with transparency": lambda: encoded(scene(mode="RGBA"), "WEBP", quality=90),
}
