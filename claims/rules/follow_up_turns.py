"""docs/rules/follow-ups.md, section 3: whose turn a call is, out of the people who may make it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Nearness(IntEnum):
    """Where somebody works, seen from the claim's station."""

    STATION = 0
    TOWNSHIP = 1
    COUNTY = 2


@dataclass(frozen=True)
class Candidate:
    """Somebody who may make a call: where they work, whether they head the county, calls in hand."""

    person_id: int
    nearness: Nearness
    is_head: bool
    load: int


def in_order(candidates: Iterable[Candidate], *, is_second: bool, is_by_visit: bool) -> tuple[Candidate, ...]:
    """Who is asked first: the person with the fewest calls to make, among those that the call is for.

    A visit is for people of the station and the township; who works at the county seat comes after them. A
    second call is for the county's people, so that a low score is heard outside the place it is about. For
    a first call heads of the county come last. Equal load: the nearer one, then the lower key, so that
    the same facts always give the same person.
    """

    def place(candidate: Candidate) -> tuple:
        is_county = candidate.nearness == Nearness.COUNTY
        if is_by_visit:
            put_back = (is_county, candidate.is_head)
        elif is_second:
            put_back = (not is_county, False)
        else:
            put_back = (candidate.is_head, False)
        return (*put_back, candidate.load, candidate.nearness, candidate.is_head, candidate.person_id)

    return tuple(sorted(candidates, key=place))
