"""What a caller of the API is told at every door, sentence by sentence where it is not what it should be."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from claims.models import OrderLine
from stations.models import Station
from tests.rights.answers import Answer
from tests.rights.api_callers import PARTY_OF, SEES, STOPPED, ApiVisitor, Rows
from tests.rights.api_examples import NARROWED, address, body, filled, known_of
from tests.rights.examples import Nowhere
from tests.rights.routes import Route, api_routes
from tests.rights.world import World

FILE = Path(__file__).parent / "api_matrix.csv"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WORDS = {
    "ok": (200, 201, 202, 204),
    "forbidden": (403,),
    "absent": (404,),
    "bad": (400,),
    "refused": (409,),
}
QUIET = frozenset({401, 403, 404, 405})
"""Answers after which nothing may have changed."""

TAKEN_BACK = frozenset({"web_submissionkey"})
"""The key of a request is written before its effect, and taken back with it where that is refused."""

THOROUGH = frozenset({"own", "nobody"})
"""Callers who try every method there is; the others those that a door knows."""


class ApiMatrix:
    """The lines of api_matrix.csv by door and method; or other lines in their place."""

    def __init__(self, lines: list[dict[str, str]] | None = None):
        self.lines = {(line["url"], line["method"]): line for line in (read() if lines is None else lines)}

    @property
    def kinds(self) -> tuple[str, ...]:
        line = next(iter(self.lines.values()))
        return tuple(name for name in line if name not in ("url", "method"))

    def word(self, route: Route, method: str, kind: str) -> str:
        """What this caller is told; "stop" for those without a token that counts."""
        if kind in STOPPED:
            return "stop"
        named = {"HEAD": "GET"}.get(method, method)
        line = self.lines.get((route.name, named))
        if line is not None:
            return line[kind]
        others = {self.lines[key][kind] for key in self.lines if key[0] == route.name}
        return "closed" if others == {"forbidden"} else "method"


def read() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def methods_of(route: Route) -> list[str]:
    """The methods that the view behind a door answers to, without HEAD and OPTIONS."""
    return [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if _answers(route, method)]


def asked_methods(route: Route, kind: str) -> tuple[str, ...]:
    """By which methods a caller asks a door."""
    known = methods_of(route)
    return METHODS if kind in THOROUGH else tuple(known)


def _answers(route: Route, method: str) -> bool:
    return hasattr(route.view_class, method.lower())


def fits(answer: Answer, word: str, kind: str, method: str) -> bool:
    """Whether an answer is what the word says."""
    if word == "stop":
        return answer.status == 401 and (method == "HEAD" or code_of(answer) == STOPPED[kind])
    if word in ("method", "closed"):
        # Who has no right to any method of a door is told that; of the rest OPTIONS alone is answered.
        return answer.status in ((200,) if method == "OPTIONS" else (405,)) or answer.status == 403
    return answer.status in WORDS[word]


def code_of(answer: Answer) -> str:
    return json.loads(answer.body).get("code", "") if answer.body else ""


def plain(answer: Answer) -> tuple:
    """Status and body without the number of the request, and the headers that say something."""
    told = answer.body
    if answer.kind.endswith("json") and told:
        document = json.loads(told)
        if isinstance(document, dict):
            document.pop("request_id", None)
        told = document
    kept = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "etag")}
    return answer.status, told, kept


def walk(visitor: ApiVisitor, world: World, rows: Rows, matrix: ApiMatrix) -> Iterator[str]:
    """What is wrong with the answers to a caller who asks every door about our village, by every method."""
    known = known_of(world.places["ours"], rows.known)
    missing = known_of(Nowhere(), rows.missing)
    for route in api_routes():
        for method in asked_methods(route, visitor.kind):
            word = matrix.word(route, method, visitor.kind)
            url = address(route, method, known)
            visit = visitor.ask(method, url, *body(route, method, known))
            question, answer = f"{method} {route.name}", visit.answer
            if not fits(answer, word, visitor.kind, method):
                told = f"{answer.status} {code_of(answer)}" if answer.kind.endswith("json") else answer.status
                yield f"{question}: {told} instead of {word} {answer.fault} {answer.page[:300]}"
            written = visit.changed - TAKEN_BACK
            if written and (answer.status in QUIET or method in ("GET", "HEAD", "OPTIONS")):
                yield f"{question} writes to {sorted(written)}"
            if found := leaks(answer, world, visitor.kind, asked=url):
                yield f"{question} shows {found}"
            if word == "absent":
                nothing = visitor.ask(method, address(route, method, missing), *body(route, method, missing))
                if plain(answer) != plain(nothing.answer):
                    yield f"{question}: {plain(answer)}, missing: {plain(nothing.answer)}"


def narrowings(visitor: ApiVisitor, world: World, rows: Rows, village: str) -> Iterator[str]:
    """Where a filter tells a row that a caller does not know from one that is not there."""
    place = world.places[village]
    numbers = {
        "order_number": place.row(OrderLine).order.number,
        "payout_number": rows.payouts[village],
    }
    known = known_of(place, numbers)
    missing = known_of(Nowhere(), rows.missing)
    for route in api_routes():
        for query in NARROWED.get(route.name, ()):
            first, second = (visitor.ask("GET", _narrowed(route, query, each)) for each in (known, missing))
            if plain(first.answer) != plain(second.answer):
                yield f"{route.name} {query}: {plain(first.answer)}, missing: {plain(second.answer)}"


def _narrowed(route: Route, query: dict[str, str], known: dict[str, str]) -> str:
    return route.url({}) + "?" + "&".join(f"{name}={value}" for name, value in filled(query, known).items())


def leaks(answer: Answer, world: World, kind: str, asked: str) -> list[str]:
    """Marks of places that a caller does not know, and clear personal data of anybody.

    What everybody may know of stations is no secret: their keys, names and telephones.
    """
    forbidden = set().union(*(place.marks.secret_marks for place in world.places.values()))
    for name, place in world.places.items():
        if name not in SEES.get(kind, ()):
            forbidden |= place.marks.open_marks
        if name not in SEES.get(kind, ()) and name != PARTY_OF.get(kind):
            forbidden.add(place.marks.firm_stem)
    return answer.shows((mark for mark in forbidden if mark not in asked), but=public_words(world))


def public_words(world: World) -> list[str]:
    stations = [place.row(Station) for place in world.places.values()]
    return [word for row in stations for word in (row.name, row.phone, str(row.pk)) if word]
