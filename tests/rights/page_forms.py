"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.rights.examples import addresses, facts, is_shared
from tests.rights.matrix import Matrix
from tests.rights.routes import Route
from tests.rights.visitors import Visitor
from tests.rights.world import World

VALID = {
    "text": "一切正常 ok",
    "search": "ok",
    "tel": "13800138000",
    "number": "1",
    "date": "2026-11-20",
    "datetime-local": "2026-11-21T10:00",
    "time": "09:00",
    "password": "orchard-lantern-42",
    "email": "someone@example.org",
}
# Fields whose text has a form of its own.
VALID_BY_NAME = {
    "paid_fen": "39.90",
    "amount_fen": "5",
    "bad_milli": "1",
    "quantity_milli": "2",
    "last_four": "1234",
    "username": "somebody.new",
    "name": "李小明",
    "full_name": "李小明",
}


# What a page wants to be told before it shows its form.
QUERIES = {
    "claims:claim_choice": "?choice=refund-cash",
    "claims:diagnosis_new": "?list=generic-1&answers=danger.electric",
    "training:class_new": "?station={station}",
    "stations:station_new": "?tier=village&place={region}",
}


@dataclass
class Field:
    """One control: its kind, what it holds now, and what it offers to choose from."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_many: bool = False

    @property
    def valid(self) -> str:
        """What somebody would fill in."""
        if self.kind in ("hidden", "submit"):
            return self.value
        if self.options:
            return self.value or next(filter(None, self.options), "")
        if self.kind == "checkbox":
            return self.value or "on"
        return self.value or VALID_BY_NAME.get(self.name) or VALID.get(self.kind, VALID["text"])


@dataclass
class PageForm:
    """One form: where it goes, how, and its controls by name."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self, **changes: str) -> dict[str, str]:
        """Every control filled in sensibly, some of them otherwise."""
        values = {name: each.valid for name, each in self.fields.items() if each.kind != "file"}
        return {**values, **changes}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag, pairs):
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            self._select.options.append(value)
            if "selected" in given:
                self._select.value = value
        elif name := given.get("name"):
            self._control(tag, name, given)

    def _control(self, tag, name, given):
        fields = self._form.fields
        if tag == "select":
            self._select = fields[name] = Field(name, "select", is_many="multiple" in given)
        elif tag == "textarea":
            self._area = fields[name] = Field(name, "textarea")
        elif tag in ("input", "button"):
            kind = given.get("type", "text" if tag == "input" else "submit")
            each = fields.setdefault(name, Field(name, kind))
            if kind == "radio":
                each.options.append(given.get("value", ""))
                each.value = given.get("value", "") if "checked" in given else each.value
            else:
                each.value = each.value or given.get("value", "")

    def handle_data(self, data):
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._area.value = self._area.value.strip()
            self._area = None


def forms_of(page: str, *, method: str = "post") -> list[PageForm]:
    """The forms of a page that are sent with this method."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == method]


def fillable_forms(visitor: Visitor, world: World, matrix: Matrix) -> Iterator[tuple[Route, str, PageForm]]:
    """Every form that a role is shown on a page about our village and may send back to it."""
    for route, url in addresses(world):
        opens = matrix.expected(route, "GET", visitor.role) == {"ok"}
        if not opens or matrix.expected(route, "POST", visitor.role) == {"method"} or is_shared(route):
            continue
        if route.name in QUERIES:
            known = {name: str(value) for name, value in facts(world.places["ours"]).items()}
            url += QUERIES[route.name].format(**known)
        for form in forms_of(visitor.get(url).page):
            if form.action in ("", url):
                yield route, url, form
