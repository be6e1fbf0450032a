"""Likeness of pictures: the same one again, smaller, saved anew, brighter or with its edge cut off.

docs/rules/flags.md, section 2. A picture arrives as 64 by 64 grey levels and is taken apart into waves, as
JPEG does with its blocks. Only the sign of a wave counts: light and contrast move all of them alike.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from operator import mul

SIDE = 64
FEWEST_LEVELS = 6
"""Standard deviation in grey levels below which a picture has too little structure to be compared."""

LOOK_LIMIT = 7
DETAIL_LIMIT = 45
BANDS = 4
BAND_BITS = 16

Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge, as shares of the picture."""

WHOLE: Box = (0, 0, 1, 1)
_EDGE = 0.045


def _inset(share: float) -> Box:
    return (share, share, 1 - share, 1 - share)


STORED: tuple[Box, ...] = (WHOLE, _inset(0.025), _inset(_EDGE))
"""The crops that are kept of every picture, by their number."""

PROBES: tuple[Box, ...] = tuple(
    dict.fromkeys(
        [
            *STORED,
            *map(_inset, (0.006, 0.014, 0.035)),
            *product((0, _EDGE), (0, _EDGE), (1, 1 - _EDGE), (1, 1 - _EDGE)),
        ]
    )
)
"""The crops with which one searches: what is kept, more between, and every choice of edges cut off."""

_LOOK = tuple((across, down) for across in range(9) for down in range(8) if across or down)[:64]
_DETAIL = tuple((across, down) for across in range(16) for down in range(16) if across or down)
DETAIL_SIGNS = len(_DETAIL)


@dataclass(frozen=True)
class Print:
    """The look of one crop: 64 signs as a signed number, and the finer ones."""

    crop: int
    look: int
    detail: bytes


class Picture:
    """A picture as 64 by 64 grey levels, row by row."""

    def __init__(self, levels: bytes):
        if len(levels) != SIDE * SIDE:
            raise ValueError(f"{len(levels)} grey levels instead of {SIDE * SIDE}")
        self._rows = [levels[start : start + SIDE] for start in range(0, len(levels), SIDE)]
        self._across: dict[tuple[float, float, int], list[list[float]]] = {}
        mean = sum(levels) / len(levels)
        self.has_structure = sum((level - mean) ** 2 for level in levels) / len(levels) >= FEWEST_LEVELS**2

    def prints(self) -> tuple[Print, ...]:
        """What is kept of the picture, one print for each crop; none of a picture without structure."""
        if not self.has_structure:
            return ()
        return tuple(
            Print(number, signed(self.look(box)), self.detail(box)) for number, box in enumerate(STORED)
        )

    def look(self, box: Box) -> int:
        """64 signs of the crop's longest waves."""
        return _bits(self._waves(box, _LOOK, 9))

    def detail(self, box: Box) -> bytes:
        """255 signs of the crop's waves up to the fifteenth, in 32 bytes."""
        return _bits(self._waves(box, _DETAIL, 16)).to_bytes(32, "big")

    def _waves(self, box: Box, wanted: Sequence[tuple[int, int]], count: int) -> Iterator[float]:
        left, upper, right, lower = box
        key = (left, right, count)
        if key not in self._across:
            waves = _wave_weights(left, right, count)
            self._across[key] = [[sum(map(mul, wave, row)) for row in self._rows] for wave in waves]
        across, down = self._across[key], _wave_weights(upper, lower, count)
        return (sum(map(mul, down[v], across[u])) for u, v in wanted)


def signed(look: int) -> int:
    """64 bits as the signed number that a database keeps."""
    return look - (1 << 64) if look >> 63 else look


def bands(look: int) -> tuple[int, ...]:
    """The four bands of 16 signs of a signed or unsigned look, each as a signed number."""
    return tuple(_signed_band(look >> (BAND_BITS * band)) for band in range(BANDS))


def neighbours(band: int) -> list[int]:
    """A band and the sixteen that differ from it in one sign.

    Two looks that differ in seven signs or fewer differ in one or none in at least one of four bands.
    """
    return [band, *(_signed_band(band ^ 1 << bit) for bit in range(BAND_BITS))]


def look_distance(one: int, other: int) -> int:
    """In how many of 64 signs two looks differ, signed or not."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def detail_distance(one: bytes, other: bytes) -> int:
    """In how many of 255 signs two details differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def _signed_band(bits: int) -> int:
    bits &= (1 << BAND_BITS) - 1
    return bits - (1 << BAND_BITS) if bits >> (BAND_BITS - 1) else bits


def _bits(waves: Iterator[float]) -> int:
    bits = 0
    for wave in waves:
        bits = bits << 1 | (wave > 0)
    return bits


@lru_cache(maxsize=64)
def _wave_weights(start: float, end: float, count: int) -> tuple[tuple[float, ...], ...]:
    """For each wave the share of every cell in it, over the part of the picture from start to end.

    A wave is cos(pi k x) with x from 0 to 1 over that part; what a cell gives is its integral there.
    """
    edges = [min(max((cell / SIDE - start) / (end - start), 0), 1) for cell in range(SIDE + 1)]

    def integral(k: int, x: float) -> float:
        return math.sin(math.pi * k * x) / (math.pi * k) if k else x

    return tuple(
        tuple(integral(k, high) - integral(k, low) for low, high in pairwise(edges)) for k in range(count)
    )
