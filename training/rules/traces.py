"""docs/rules/handbook.md, section 7: numbers in a text that lead to a person, and how they are hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

HIDDEN = "****"

# What people put between the digits of a number, also signs that nobody sees.
_GAP = r"[ \t\u3000\u200b-\u200d\u2060\ufeff_\-‐-―－.·•]{0,3}"
_DIGITS = re.compile(rf"\d(?:{_GAP}\d){{6,}}[Xx]?")
_SPOKEN = re.compile(
    rf"[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖](?:{_GAP}[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]){{6,}}"
)
_SIGNS = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d[A-Za-z]*\d[A-Za-z]*\d)[A-Za-z0-9]{9,}(?![A-Za-z0-9])")
_MAIL = re.compile(r"[^\s@，。；、（）()]+[@＠][^\s@，。；、（）()]+")
# Days, and a standard with its year (GB/T 12325-2008): they lead to nobody.
_DAY = r"(?:19|20)\d\d-\d{1,2}-\d{1,2}"
_HARMLESS = re.compile(rf"{_DAY}(?:{_GAP}{_DAY})*|\d{{3,5}}-(?:19|20)\d\d")


class Trace(StrEnum):
    """What was found."""

    NUMBER = "number"
    MAIL = "mail"


def traces(text: str) -> list[Trace]:
    """What in a text leads to a person: telephone, identity card, account, order and claim numbers, also in
    Chinese numerals or with gaps, and mail addresses. Each kind once, in the order of Trace."""
    found = {kind for kind, _start, _end in _found(text)}
    return [kind for kind in Trace if kind in found]


def masked(text: str) -> str:
    """The text with what leads to a person replaced by four stars."""
    parts, at = [], 0
    for _kind, start, end in sorted(_found(text), key=lambda each: each[1:]):
        if end > at:
            parts += [text[at : max(at, start)], HIDDEN if start >= at else ""]
            at = end
    return "".join([*parts, text[at:]])


def _found(text: str) -> Iterator[tuple[Trace, int, int]]:
    for each in _MAIL.finditer(text):
        yield Trace.MAIL, each.start(), each.end()
    for pattern in (_DIGITS, _SPOKEN, _SIGNS):
        for each in pattern.finditer(text):
            if not _HARMLESS.fullmatch(each[0]):
                yield Trace.NUMBER, each.start(), each.end()
