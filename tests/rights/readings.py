"""What somebody of a role is shown, sentence by sentence where it is not what it should be."""

from collections.abc import Callable, Iterator

from django.test import RequestFactory

from aftersales.accounts.roles import ROLE_PERMISSIONS
from aftersales.reports.models import Edition
from stations.models import Station
from tests.rights.answers import Answer
from tests.rights.examples import Nowhere, addresses, is_shared, subject, values_for
from tests.rights.heard import hearing, listens
from tests.rights.matrix import REFUSALS, ROLE_OF, Matrix, outcome_of
from tests.rights.queries import list_queries, page_queries
from tests.rights.routes import model_page
from tests.rights.visitors import Visit, Visitor
from tests.rights.world import REACH, ROLES, Place, World

FINE = frozenset({200, 302, 400, 403, 404, 405, 409})


def leaks(answer: Answer, world: World, role: str, asked: str = "", route: str = "") -> list[str]:
    """Marks of hidden places, and clear personal data of any place. What was asked for itself is not told,
    nor what the page of that route is there to tell."""
    reads_parties = "stations.view_party" in ROLE_PERMISSIONS.get(ROLE_OF.get(role, ""), ())
    forbidden = set().union(*(place.marks.secret_marks for place in world.places.values()))
    for place in world.hidden_from(role):
        forbidden |= place.marks.open_marks
        forbidden |= set() if reads_parties else {place.marks.firm_stem}
    open_words = told_to_regulators(route, world, role)
    return answer.shows((mark for mark in forbidden if mark not in asked), but=open_words)


def told_to_regulators(route: str, world: World, role: str) -> list[str]:
    """What a page tells a regulator by name of the places in reach: docs/rules/supervision.md, section 7.

    Findings of checks stand there with their station and what the county did, and frozen reports by their
    number. Everything else of the same places stays hidden.
    """
    places = [place for name, place in world.places.items() if name in REACH[role]]
    if role != "regulator":
        return []
    if route == "reports:findings":
        stations = [row.name for place in places if (row := place.row(Station))]
        words = ("finding", "rectification")
        return stations + [place.marks.word(word) for place in places for word in words]
    if route in ("reports:history", "reports:index"):
        return [f"/reports/editions/{row.pk}/" for place in places if (row := place.row(Edition))]
    return []


def readings(visitor: Visitor, world: World, matrix: Matrix) -> Iterator[str]:
    """What is wrong with the answers to a role that reads everything of our village, one sentence each.

    HEAD and OPTIONS are asked by the first role that a page opens to: they are answered by the same view
    behind the same door.
    """
    role = visitor.role
    for route, url in addresses(world):
        opens_to = (each for each in ROLES if matrix.expected(route, "GET", each) == {"ok"})
        is_first = model_page(route) is None and next(opens_to, None) == role
        for method in ("GET", "HEAD", "OPTIONS") if is_first else ("GET",):
            visit = visitor.ask(method, url)
            answer = visit.answer
            expected = matrix.expected(route, method, role)
            if (outcome := outcome_of(answer)) not in expected:
                yield f"{method} {route.name}: {outcome} instead of {'/'.join(expected)} {answer.fault}"
            if found := leaks(answer, world, role, asked=url, route=route.name):
                yield f"{method} {route.name} shows {found}"
            if visit.changed:
                yield f"{method} {route.name} writes to {sorted(visit.changed)}"


def tellings(
    visitor: Visitor,
    world: World,
    matrix: Matrix,
    method: str = "GET",
    sent: Callable[[Place | Nowhere], dict[str, str]] = lambda place: {},
) -> Iterator[str]:
    """Where somebody can tell a row of another place from one that does not exist.

    `sent` says what goes along with the request about a place.
    """
    role, nowhere = visitor.role, Nowhere()
    for route, _url in addresses(world):
        if not route.parameters or is_shared(route) or matrix.expected(route, method, role) <= REFUSALS:
            continue
        values = values_for(route, nowhere)
        about_nothing = {**values, **sent(nowhere)}
        missing = visitor.ask(method, route.url(values), sent(nowhere))
        for village in world.foreign_to(role):
            place = subject(route, world, village.name)
            if place.name in REACH[role] or (found := values_for(route, place)) is None:
                continue
            data = sent(village)
            foreign = visitor.ask(method, route.url(found), data)
            question, asked = (
                f"{method} {route.name} of {place.name}",
                route.url(found) + " ".join(data.values()),
            )
            if foreign.answer.alike({**data, **found}) != missing.answer.alike(about_nothing):
                yield f"{question}: {foreign.answer.status}, missing: {missing.answer.status}"
            if foreign.changed or missing.changed:
                yield f"{question} writes to {sorted(foreign.changed | missing.changed)}"
            if marks := leaks(foreign.answer, world, role, asked=asked, route=route.name):
                yield f"{question} shows {marks}"


def questions(visitor: Visitor, world: World, matrix: Matrix) -> Iterator[str]:
    """What searching, filtering, sorting and exporting tells a role about places it does not reach."""
    role, nowhere = visitor.role, Nowhere()
    place = world.foreign_to(role)[0]
    request = RequestFactory().get("/")
    request.user = visitor.user
    for route, url in addresses(world):
        about = model_page(route)
        if matrix.expected(route, "GET", role) != {"ok"} or (about is not None and about[1] != "changelist"):
            continue
        is_public = matrix.expected(route, "GET", "anonymous") == {"ok"}
        with hearing() as names:
            plain = visitor.get(url)
        is_list = not route.parameters
        if about is None:
            pairs = [page_queries(each, is_list=is_list) for each in (place, nowhere)]
        else:
            pairs = [list_queries(about[0], each, request) for each in (place, nowhere)]
        for of_place, of_nowhere in zip(*pairs, strict=True):
            if not listens(names, of_place):
                continue
            first = visitor.ask("GET", url, of_place)
            asked_for = " ".join(of_place.values())
            yield from _faults(first, world, role, f"GET {url} {of_place}", asked_for, route.name)
            if is_public or first.answer.alike(of_place) == plain.alike({}):
                continue
            # Both at once: a page of one's own may name one's own county, which the place lies in too.
            asked = dict(enumerate((*of_place.values(), *of_nowhere.values())))
            if first.answer.alike(asked) != visitor.get(url, of_nowhere).alike(asked):
                yield f"GET {url} {of_place}: differs from the answer about what does not exist"


def _faults(visit: Visit, world: World, role: str, question: str, asked: str, route: str) -> Iterator[str]:
    if visit.answer.status not in FINE:
        yield f"{question}: {visit.answer.status} {visit.answer.fault}"
    if found := leaks(visit.answer, world, role, asked=asked, route=route):
        yield f"{question} shows {found}"
    if visit.changed:
        yield f"{question} writes to {sorted(visit.changed)}"
