"""QR codes as inline SVG without style, for receipts and certificates on screen."""

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, *, label: str, error: str = "m") -> SafeString:
    """A QR code of `text` that scales to the box it stands in; `label` says what it opens."""
    drawn = io.BytesIO()
    code = segno.make(text, error=error, micro=False)
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, svgclass=None, lineclass=None
    )
    inside = drawn.getvalue().decode().strip().removeprefix("<svg ")
    return format_html('<svg role="img" aria-label="{}" {}', label, mark_safe(inside))
