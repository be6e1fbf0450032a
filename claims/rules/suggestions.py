"""docs/rules/classification.md, section 4: a class suggested from the words of a description.

Plain word lists, so that a person can see why: every suggestion names the words it rests on,
and the agent confirms or changes it. The longest word wins where several begin at the same
place, so "倒霉" hides the "霉" in it; a word right after a negation does not count.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.vocabulary import (
    GOODS_WORDS,
    NEUTRAL_WORDS,
    SAFETY_WORDS,
    SEVERITY_WORDS,
    STRONG_WORDS,
    WEAK_WORDS,
)

_NEGATIONS = ("没有", "没", "不", "未", "无", "并未", "不会")

Key = TypeVar("Key")


class Confidence(StrEnum):
    """NONE: no word was known. LOW: the goods are unknown or another nature is as close. HIGH: neither."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Suggestion:
    """A class to confirm; None where no word speaks for one.

    `words` are the words of the texts it rests on, in reading order; `concerns_safety` asks
    for the urgent clocks.
    """

    goods_type: GoodsType | None
    nature: Nature | None
    severity: Severity | None
    confidence: Confidence
    words: tuple[str, ...]
    concerns_safety: bool


def suggest(description: str, product_name: str = "") -> Suggestion:
    """The class a description speaks for; the product's name, where it says so, decides on the goods.

    Words for what went wrong outweigh words that only name a subject; on a tie the first one
    written counts, as what follows it is usually about the handling. A claim whose nature is
    found but not its severity is suggested as moderate.
    """
    goods = _GOODS.hits(product_name) or _GOODS.hits(description)
    named = _NATURE.hits(description)
    natures = [hit for hit in named if hit[0] in _STRONG] or named
    severities = _SEVERITY.hits(description)

    goods_type = _best(_votes(goods, weigh=len))
    votes = _votes(natures)
    nature = _best(votes)
    found = {severity for _word, severity in severities}
    severity = next((s for s in reversed(Severity) if s in found), Severity.MODERATE)
    if nature is None:
        severity, severities = None, []
    return Suggestion(
        goods_type=goods_type,
        nature=nature,
        severity=severity,
        confidence=_confidence(goods_type, votes, any(word in _STRONG for word, _nature in natures)),
        words=tuple(dict.fromkeys(word for word, _key in [*goods, *natures, *severities])),
        concerns_safety=bool(_SAFETY.hits(description)),
    )


def _confidence(goods_type: GoodsType | None, votes: Mapping[Nature, int], is_strong: bool) -> Confidence:
    if goods_type is None and not votes:
        return Confidence.NONE
    ranked = sorted(votes.values(), reverse=True)
    leads = is_strong and (len(ranked) == 1 or ranked[0] > ranked[1])
    return Confidence.HIGH if goods_type and leads else Confidence.LOW


class _Vocabulary(Generic[Key]):
    """Finds the words of one list in a text."""

    def __init__(self, words_by_key: Mapping[Key, str]) -> None:
        self.keys = {word: key for key, words in words_by_key.items() for word in words.split()}
        longest_first = sorted({*self.keys, *NEUTRAL_WORDS.split()}, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first)))

    def hits(self, text: str) -> list[tuple[str, Key]]:
        """Words with their keys in reading order, without neutral and negated ones."""
        return [
            (match[0], self.keys[match[0]])
            for match in self.pattern.finditer(text)
            if match[0] in self.keys and not text[: match.start()].endswith(_NEGATIONS)
        ]


def _votes(hits: Iterable[tuple[str, Key]], weigh: Callable[[str], int] = lambda word: 1) -> Counter[Key]:
    votes: Counter[Key] = Counter()
    for word, key in hits:
        votes[key] += weigh(word)
    return votes


def _best(votes: Mapping[Key, int]) -> Key | None:
    """The key with most votes; on a tie the one met first."""
    return max(votes, key=votes.__getitem__, default=None)


_GOODS = _Vocabulary(GOODS_WORDS)
_NATURE = _Vocabulary({nature: f"{STRONG_WORDS[nature]} {WEAK_WORDS[nature]}" for nature in Nature})
_STRONG = frozenset(" ".join(STRONG_WORDS.values()).split())
_SEVERITY = _Vocabulary(SEVERITY_WORDS)
_SAFETY = _Vocabulary({True: SAFETY_WORDS})
