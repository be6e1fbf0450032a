"""The rights matrix: what each role is answered when it asks for something of our village.

pages.csv has a line for every URL with GET and one with POST, training_pages.csv goes on with those of
learning, board_pages.csv with those of boards and reports, integration_pages.csv with those of other
systems, api_docs_pages.csv with those about the API; admin.csv has a line for every model of the admin,
from which the answers of the pages that Django makes of a model follow, unless pages.csv says something
else about one of them. All are data to be read and changed by hand. Of the other methods, HEAD is GET; the
rest answer what GET or POST answers, or refuse.
"""

from __future__ import annotations

import csv
from pathlib import Path

from django.db.models import Model

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from claims.models import ClockPolicy, CompensationPolicy
from stations.models import OpeningHours
from tests.rights.answers import Answer
from tests.rights.routes import SHORT, Route, model_page
from tests.rights.world import REACH, ROLES

FOLDER = Path(__file__).parent
PAGES = ("pages.csv", "training_pages.csv", "board_pages.csv", "integration_pages.csv", "api_docs_pages.csv")
WORDS = {
    "ok": (200,),
    "away": (301, 302),
    "sign_in": (302,),
    "forbidden": (403,),
    "absent": (404,),
    "method": (405,),
    "bad": (400,),
    "refused": (409,),
}
REFUSALS = frozenset({"sign_in", "forbidden"})
SIGN_IN_PATHS = ("/account/sign-in/", "/admin/login/")
# Columns that stand for a role of another name, or for the same role elsewhere.
ROLE_OF = {
    **{role: role for role in ROLES if role in Role.values},
    "neighbour": Role.AGENT.value,
    "sibling": Role.MANAGER.value,
}


def outcome_of(answer: Answer) -> str:
    """The matrix's word for an answer, or its status where the matrix has no word for it."""
    if answer.status == 302 and answer.location.startswith(SIGN_IN_PATHS):
        return "sign_in"
    return next((word for word, statuses in WORDS.items() if answer.status in statuses), str(answer.status))


def read(name: str) -> list[dict[str, str]]:
    """The lines of a file, without the blanks that line its columns up."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    heading = [cell.strip() for cell in rows[0]]
    return [dict(zip(heading, (cell.strip() for cell in row), strict=True)) for row in rows[1:]]


class Matrix:
    """All files, read once; or other lines in their place."""

    def __init__(self, pages: list[dict[str, str]] | None = None, models: list[dict[str, str]] | None = None):
        pages = [line for name in PAGES for line in read(name)] if pages is None else pages
        models = read("admin.csv") if models is None else models
        self.pages = {(row["url"], row["method"]): row for row in pages}
        self.models = {row["model"]: row for row in models}

    def expected(self, route: Route, method: str, role: str) -> frozenset[str]:
        """The words that fit the answer to this role about our village; none when no line says so."""
        got = self._line(route, "GET", role)
        sent = self._line(route, "POST", role)
        if got is None or sent is None:
            return frozenset()
        if method in ("GET", "HEAD"):
            return frozenset({got})
        if method == "POST":
            return frozenset({sent})
        if "sign_in" in (got, sent):
            return frozenset({got, sent})
        # Who is refused because of the row, not of the role, hears first that nothing answers to the method.
        closed = {got, sent} <= REFUSALS
        return frozenset(
            {got, sent, "method", "forbidden"} | ({"ok"} if method == "OPTIONS" and not closed else set())
        )

    def _line(self, route: Route, method: str, role: str) -> str | None:
        about = model_page(route)
        if about is None or (route.name, method) in self.pages:
            return self.pages.get((route.name, method), {}).get(role)
        model, kind = about
        row = self.models.get(model._meta.label_lower)
        entry = self.pages.get(("admin:index", "GET"), {}).get(role)
        if row is None or entry != "ok":
            return None if row is None else entry
        return _admin_answer(model, kind, method, rights=row[role], reaches="ours" in REACH[role])


def _admin_answer(model: type[Model], kind: str, method: str, *, rights: str, reaches: bool) -> str:
    """What Django's pages for a model answer to somebody who may use the admin.

    Rights are letters: v to view, a to add, c to change; nobody deletes.
    """
    if kind == SHORT:
        return "away"
    if kind == "delete":
        return "forbidden"
    if kind == "add":
        return "ok" if "a" in rights else "forbidden"
    if kind == "changelist":
        return "ok" if "v" in rights else "forbidden"
    if ("c" if method == "POST" and kind == "change" else "v") not in rights:
        return "forbidden"
    if is_scoped(model) and not reaches:
        return "absent"
    return "away" if kind == "history" else "ok"


def is_scoped(model: type[Model]) -> bool:
    """Whether rows of this model belong to a place: accounts and terms do by their county."""
    return hasattr(model, "scope_paths") or model in (User, ClockPolicy, CompensationPolicy, OpeningHours)
