"""Our icons: line drawings on a grid of 24 by 24, as inline SVG without style."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Path data by name. Every drawing is stroked with the colour of the text around it.
PATHS = {
    "home": "M4 11.5 12 5l8 6.5M6 10v9h12v-9M10 19v-5h4v5",
    "plus": "M12 5v14M5 12h14",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
    "user": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.6 3.9-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
    "users": (
        "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3 3.2-4.8 6.5-4.8s5.9 1.8 6.5 "
        "4.8M16 4.9a3.4 3.4 0 0 1 0 6.4M18 15c1.9.8 3.1 2.3 3.5 4.5"
    ),
    "check": "M5 12.5 10 17.5 19.5 7",
    "check-circle": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.3l2.8 2.8L16 9.5",
    "cross": "M6 6l12 12M18 6 6 18",
    "alert": "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2h.01",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.7h.01",
    "stop": "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 7.5V13M12 16.5h.01",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.3l3.3 2",
    "pause": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM10 9v6M14 9v6",
    "phone": (
        "M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 "
        "6.2 2 2 0 0 1 6.5 4z"
    ),
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "pin": (
        "M12 21s7-6 7-11.3A7 7 0 0 0 5 9.7C5 15 12 21 12 21zM12 12.3a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z"
    ),
    "left": "M14.5 5.5 8 12l6.5 6.5",
    "right": "M9.5 5.5 16 12l-6.5 6.5",
    "up": "M12 19V5M6 11l6-6 6 6",
    "chat": "M4 5h16v11h-8l-4.5 4v-4H4zM8 9.5h8M8 12.5h5",
    "yuan": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 7.5 12 12l3.5-4.5M12 12v5.5M9 12.5h6M9 15h6",
    "box": "M12 3.5 20 7.5v9l-8 4-8-4v-9zM4 7.5l8 4 8-4M12 11.5v9",
    "leaf": "M5 19C4 10 9 5 20 4.5 20.5 14 15.5 19.5 8 18M5 20c1.5-5 4.5-8 9-10",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20.5 20.5",
    "globe": (
        "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.5 12h17M12 3c2.5 2.5 3.7 5.5 3.7 9s-1.2 6.5-3.7 "
        "9c-2.5-2.5-3.7-5.5-3.7-9S9.5 5.5 12 3z"
    ),
    "sign-out": "M13 4.5H5v15h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "download": "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
    "pencil": "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5",
    "eye": (
        "M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6zM12 14.7a2.7 2.7 0 1 0 "
        "0-5.4 2.7 2.7 0 0 0 0 5.4z"
    ),
    "calendar": "M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4",
    "shield": "M12 3.5 19.5 6v6c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9V6zM8.5 12l2.5 2.5 4.5-4.5",
    "star": "M12 4l2.5 5.3 5.7.7-4.2 4 1.1 5.7L12 16.9l-5.1 2.8L8 14 3.8 10l5.7-.7z",
    "truck": (
        "M3 6.5h11V16H3zM14 10h4l3 3.2V16h-7zM7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 19a2 2 0 1 0 0-4 2 "
        "2 0 0 0 0 4z"
    ),
    "tools": (
        "M4.5 19.5 12.6 11.4M12.3 8.2A4.6 4.6 0 0 1 18.2 4L15.6 6.6v1.8h1.8L20 5.8a4.6 4.6 0 0 1-4.2 5.9"
    ),
    "chart": "M4 20h16M7 20v-6M12 20V9M17 20V5",
    "bell": "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
    "book": "M12 6.5C10 5 7.5 4.5 4 4.5v13c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2v-13c-3.5 0-6 .5-8 2zM12 6.5v13",
    "key": "M8 15a4 4 0 1 1 3.5-5.9L20.5 9v3.5H18V15h-3v-2.5h-3.2A4 4 0 0 1 8 15zM7.5 11h.01",
}


@cache
def _path(name: str) -> SafeString:
    return format_html(
        '<path d="{}" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" '
        'stroke-linejoin="round"/>',
        PATHS[name],
    )


@cache
def _unnamed(name: str, size: int) -> SafeString:
    return format_html(
        '<svg class="i" width="{}" height="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        size,
        size,
        _path(name),
    )


def icon(name: str, size: int = 24, label: str = "") -> SafeString:
    """An icon as inline SVG. With a label it is an image of that name, else hidden from screen readers."""
    if not label:
        return _unnamed(name, size)
    return format_html(
        '<svg class="i" width="{}" height="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
        size,
        size,
        label,
        _path(name),
    )
