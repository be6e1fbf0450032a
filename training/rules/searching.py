"""docs/rules/handbook.md, section 3: how words are looked for in a text that has no blanks between its words.

Chinese is searched by pieces of its text, so two signs find what holds them side by side. Full-width and
capital letters count like plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

from training.rules.markup import plain

WORDS_AT_MOST = 8
WORD_LENGTH = 40
PIECES_AT_MOST = 12

_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_FILLING = frozenset("我你您他她它们的了吗呢吧啊呀么怎什是这那哪个")
"""Signs that say how somebody speaks and not what about; pairs with one of them find everything."""
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


class Place(IntEnum):
    """Where the words of a search were found; the lower, the further up the article stands."""

    TITLE = 0
    SUMMARY = 1
    TEXT = 2


def normal(text: str) -> str:
    """Text as it is compared: full-width forms made plain, lower case, one blank for each gap."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def searched_text(title: str, summary: str, body: str) -> str:
    """What is looked at for an article: title, summary and text without marks, each on a line of its own."""
    return "\n".join(normal(part) for part in (title, summary, plain(body)))


def words_of(query: str) -> list[str]:
    """The words of a search, all of which have to be found: at most eight, each once, in their order."""
    words = dict.fromkeys(word[:WORD_LENGTH] for word in _WORD.findall(normal(query)))
    return list(words)[:WORDS_AT_MOST]


def pieces_of(query: str) -> list[str]:
    """Overlapping pairs of signs of the Chinese in a search, and its other words: for finding what is
    nearest when nothing holds the whole. Pairs with a filling sign are left out: 苹果坏了怎么办 gives 苹果,
    果坏."""
    pieces: dict[str, None] = {}
    for word in words_of(query):
        runs = _HAN.findall(word)
        for run in runs:
            pairs = (run[at : at + 2] for at in range(max(1, len(run) - 1)))
            pieces.update(dict.fromkeys(pair for pair in pairs if _FILLING.isdisjoint(pair)))
        pieces.update(dict.fromkeys(each for each in _HAN.split(word) if len(each) > 1))
    return list(pieces)[:PIECES_AT_MOST]


def enough_pieces(count: int) -> int:
    """How many of so many pieces an article must hold to be called near: a third of them, at least one."""
    return max(1, -(-count // 3))
