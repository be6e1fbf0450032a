"""What a file is and how much work it means, read from its bytes before a decoder sees it."""

import re

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
OTHER_KINDS = [
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\0\0\1\0", "ICO"),
]

JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
WITHOUT_LENGTH, END_OF_IMAGE, START_OF_SCAN = 0x01, 0xD9, 0xDA


def kind_of(data: bytes) -> str:
    """Name the format by its first bytes; refuse what is not one of ours with the sentence that helps."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        raise Refused(
            _(
                "This is a HEIC photo of an iPhone. Set Settings > Camera > Formats to Most Compatible"
                " and take it again."
            ),
            code="heic",
        )
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in head:
        raise Refused(_("Drawings (SVG) are not accepted. Send a photo: JPEG, PNG or WebP."), code="svg")
    named = "AVIF" if data[4:12] in {b"ftypavif", b"ftypavis"} else None
    named = named or next((name for start, name in OTHER_KINDS if data.startswith(start)), None)
    if named:
        raise Refused(
            _("%(kind)s files are not accepted. Send a photo: JPEG, PNG or WebP.") % {"kind": named},
            code="wrong_format",
        )
    raise Refused(_("This file is not a photo. Send a JPEG, PNG or WebP."), code="not_a_picture")


def webp_size(data: bytes) -> tuple[int, int]:
    """Read the canvas from the header of the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def jpeg_scans(data: bytes) -> int:
    """Count the scans of the first picture in a JPEG: a few bytes each, a pass over all pixels each."""
    position, scans = 2, 0
    while marker := JPEG_MARKER.search(data, position):
        kind = marker[1][0]
        position = marker.end()
        if kind == END_OF_IMAGE:
            break
        scans += kind == START_OF_SCAN
        if kind != WITHOUT_LENGTH:
            position += max(2, int.from_bytes(data[position : position + 2], "big"))
    return scans
