"""Building blocks of drawings: elements with presentation attributes, escaped text, measured text."""

from math import floor, log10
from typing import Any
from unicodedata import east_asian_width

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

INK, MUTED, GRID, PAPER, ALARM = "#16271f", "#4d6057", "#d9e1da", "#ffffff", "#a3241b"
# Keeps words readable where a line runs under them.
HALO = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}
FONT = 14
# A wider drawing is scrolled on a phone: shrunk to the screen its words could not be read.
WIDEST_ON_PHONE = 480


def element(tag: str, *inside: Any, **attributes: Any) -> SafeString:
    """One SVG element. Texts are escaped, numbers cut to a tenth, attributes that are None left out.

    `tag` and attribute names come from code, never from data: `font_size=14` becomes font-size="14".
    """
    written = format_html_join(
        "",
        ' {}="{}"',
        ((name.replace("_", "-"), _number(value)) for name, value in attributes.items() if value is not None),
    )
    content = mark_safe("".join(conditional_escape(part) for part in inside))
    return format_html("<{}{}>{}</{}>", tag, written, content, tag)


def _number(value: Any) -> Any:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def words(
    text: Any, x: float, y: float, *, size: float = FONT, fill: str = INK, **attributes: Any
) -> SafeString:
    """A line of text whose baseline starts at x, y."""
    return element("text", text, x=float(x), y=float(y), font_size=size, fill=fill, **attributes)


def drawing(title: str, width: float, height: float, *inside: Any, description: str = "") -> SafeString:
    """The whole picture: an image with a name and a description for those who cannot see it."""
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else "",
        *inside,
        **{"class": "wide" if width > WIDEST_ON_PHONE else None},
        role="img",
        aria_label=title,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=round(width),
        height=round(height),
    )


def text_width(text: str, size: float = FONT) -> float:
    """About how wide a text is drawn: Chinese characters are square, others a bit over half."""
    return sum(size if east_asian_width(each) in "WF" else size * 0.56 for each in text)


def shortened(text: str, width: float, size: float = FONT) -> str:
    """The text, cut with an ellipsis where it would be wider than `width`."""
    if text_width(text, size) <= width:
        return text
    kept = ""
    for each in text:
        if text_width(f"{kept}{each}…", size) > width:
            break
        kept += each
    return f"{kept}…"


def round_ceiling(value: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten at or above the value; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))
