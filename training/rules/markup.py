"""docs/rules/handbook.md, section 2: the few marks a text of a lesson or an article may carry.

What is written is text: everything is escaped, and only the marks named here become HTML, so that nobody's
text can bring in script, a foreign picture or a link that leads away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

PICTURE = re.compile(r"!\[(\d{1,3})\]")
_PICTURES_ALONE = re.compile(r"(?:!\[\d{1,3}\]\s*)+")
_HEADING = re.compile(r"(#{2,3})\s+(\S.*)")
_BULLET = re.compile(r"[-•]\s+(\S.*)")
_NUMBERED = re.compile(r"(\d{1,3})(?:\.\s+|[、．]\s*)(\S.*)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
# The path is of this site: one slash at the beginning, and no sign that a browser would read as a host.
_LINK = re.compile(r"\[([^\[\]*]+)\]\((/(?!/)(?:[A-Za-z0-9/_.~?=%#-]|&amp;)*)\)")


@dataclass(frozen=True)
class Picture:
    """A picture as a page shows it: where it is fetched, what it shows in words, its size in pixels.

    `small`, where given, is what stands in the text, with width and height of its own; a tap opens the other.
    """

    address: str
    caption: str
    width: int
    height: int
    small: str = ""


@dataclass(frozen=True)
class _Block:
    """Lines that belong together; `start` is the first number of a numbered list."""

    kind: str
    lines: tuple[str, ...]
    start: int = 1


def render(text: str, pictures: Sequence[Picture] = ()) -> str:
    """The text as safe HTML.

    Marks: "## " and "### " at the beginning of a line for headings, "- " for a list, "1. " for numbered
    steps, `**bold**`, `[words](/page/)` for a page of this site, and `![n]` on a line of its own for the
    nth picture, counted from 1. A line ends where it was ended; an empty line begins a paragraph. A number
    without a picture shows nothing; pictures that the text does not name follow at its end, so that none is
    lost. Whatever else looks like a mark stays as it was typed.
    """
    shown: set[int] = set()
    parts = []
    for block in _blocks(text):
        if block.kind == "pictures":
            numbers = [int(number) for number in PICTURE.findall(block.lines[0])]
            parts += [_figure(pictures[n - 1]) for n in numbers if 1 <= n <= len(pictures)]
            shown.update(numbers)
        else:
            parts.append(_html(block))
    parts += [_figure(picture) for n, picture in enumerate(pictures, 1) if n not in shown]
    return "\n".join(parts)


def plain(text: str) -> str:
    """The text without marks and pictures, one line per line: what a search or a summary looks at."""
    lines = []
    for block in _blocks(text):
        if block.kind != "pictures":
            lines += [unescape(_LINK.sub(r"\1", _BOLD.sub(r"\1", escape(line)))) for line in block.lines]
    return "\n".join(lines)


def pictures_missing(text: str, count: int) -> list[int]:
    """Numbers of pictures that the text names although there are only so many, in rising order."""
    named = {
        int(number)
        for block in _blocks(text)
        if block.kind == "pictures"
        for number in PICTURE.findall(block.lines[0])
    }
    return sorted(number for number in named if not 1 <= number <= count)


def _blocks(text: str) -> Iterator[_Block]:
    """The text cut where its kind of line changes."""
    kind, lines, start = "", [], 1
    for raw in text.splitlines():
        line = raw.strip()
        now, words, number = _kind_of(line)
        if raw[:1] in (" ", "\t") and line and now == "paragraph" and kind in ("ul", "ol"):
            lines[-1] = f"{lines[-1]}\n{line}"
            continue
        if now != kind or now in ("h2", "h3", "pictures"):
            if lines:
                yield _Block(kind, tuple(lines), start)
            kind, lines, start = now, [], number
        if now:
            lines.append(words)
    if lines:
        yield _Block(kind, tuple(lines), start)


def _kind_of(line: str) -> tuple[str, str, int]:
    """What a line is, its words without the mark, and the number it carries."""
    if not line:
        return "", "", 1
    if _PICTURES_ALONE.fullmatch(line):
        return "pictures", line, 1
    if found := _HEADING.fullmatch(line):
        return f"h{len(found[1])}", found[2], 1
    if found := _BULLET.fullmatch(line):
        return "ul", found[1], 1
    if found := _NUMBERED.fullmatch(line):
        return "ol", found[2], int(found[1])
    return "paragraph", line, 1


def _html(block: _Block) -> str:
    if block.kind in ("ul", "ol"):
        start = f' start="{block.start}"' if block.kind == "ol" and block.start != 1 else ""
        items = "".join(f"<li>{_inline(line)}</li>" for line in block.lines)
        return f"<{block.kind}{start}>{items}</{block.kind}>"
    tag = "p" if block.kind == "paragraph" else block.kind
    return f"<{tag}>{'<br>'.join(map(_inline, block.lines))}</{tag}>"


def _inline(line: str) -> str:
    safe = _LINK.sub(r'<a href="\2">\1</a>', escape(line))
    return _BOLD.sub(r"<strong>\1</strong>", safe).replace("\n", "<br>")


def _figure(picture: Picture) -> str:
    caption, shown = escape(picture.caption), escape(picture.small or picture.address)
    return (
        f'<figure><a href="{escape(picture.address)}"><img src="{shown}" alt="{caption}"'
        f' width="{int(picture.width)}" height="{int(picture.height)}" loading="lazy"></a>'
        f"<figcaption>{caption}</figcaption></figure>"
    )
