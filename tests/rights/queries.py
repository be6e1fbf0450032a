"""What can stand behind the question mark: everything that might let a row of another place through.

Each question is asked twice, with the facts of a place that is hidden and with those of one that does not
exist; the two answers must not differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from aftersales.accounts.sealing import phone_index
from claims.models import Claim, Consumer, OrderLine
from tests.rights.examples import Nowhere, facts, key_of
from tests.rights.world import Place

Query = dict[str, str]
# Names that pages and lists read, or might one day; whatever is not read is not looked at.
KEYS = {
    "station": "station",
    "county": "county",
    "region": "region",
    "township": "region",
    "place": "region",
    "claim": "claim:proposed",
    "number": "claim:proposed",
    "handler": "user",
    "user": "user",
    "agent": "agent",
    "filed_by": "user",
    "consumer": "consumer",
    "station__id__exact": "station",
    "handler__id__exact": "user",
    "consumer__id__exact": "consumer",
}
FILTERS = {"place": "region", "handler": "user", "actor": "user", "party": "party"}
"""What the lists' own filters take; a key of a station where nothing is said."""

BEYOND_THE_LIST = (
    "consumer__phone_sealed__startswith",
    "phone_sealed__startswith",
    "name_masked__startswith",
    "password__startswith",
    "user__password__startswith",
    "station__claims__description__contains",
    "grants__reason__contains",
    "_connector",
)


def searched(place: Place | Nowhere) -> dict[str, str]:
    """What somebody could type into a search box to find something of a place."""
    if isinstance(place, Nowhere):
        digits = f"188{secrets.randbelow(10**8):08d}"
        word = "z" + secrets.token_hex(8)
        return {
            "claim": place.numbers["proposed"],
            "order": f"{word}order",
            "product": f"{word}product",
            "phone": digits,
            "surname": "鬻",
            "person": f"{word}person",
            "station": f"{word}station",
            "index": phone_index(digits),
        }
    consumer = place.row(Consumer)
    return {
        "claim": place.claims["proposed"].number,
        "order": place.row(OrderLine).order.number,
        "product": place.marks.word("product"),
        "phone": consumer.clear_phone(),
        "surname": place.marks.surname,
        "person": place.marks.word("person"),
        "station": place.marks.word("station"),
        "index": consumer.phone_index,
    }


def page_queries(place: Place | Nowhere, *, is_list: bool) -> Iterator[Query]:
    """Questions for a page of ours; more of them for one that is not about a single thing."""
    words, known = searched(place), {name: str(value) for name, value in facts(place).items()}
    yield {name: known[source] for name, source in KEYS.items()}
    yield {"claim": known["claim:proposed"]}
    yield {
        "consumer__phone_index": words["index"],
        "ordering": "-consumer__phone_index",
        "order_by": "consumer__name_sealed",
        "o": "-1",
        "page": "2",
        "cursor": words["claim"],
        "choice": "refund-cash",
        "include": "consumer",
        "fields": "phone_sealed",
    }
    if is_list:
        for what in ("claim", "product", "phone", "station"):
            yield {"q": words[what], "status": "any"}
        yield {"station": known["station"]}
        yield {"county": known["county"]}
        yield {"format": "csv", "county": known["county"]}
        yield {"format": "xlsx", "station": known["station"]}


def list_queries(model: type[Model], place: Place | Nowhere, request) -> Iterator[Query]:
    """Questions for a list of the admin: its search box and its own filters."""
    words, known = searched(place), {name: str(value) for name, value in facts(place).items()}
    for what in ("claim", "phone", "person"):
        yield {"q": words[what]}
    yield {"about": f"{Claim._meta.label_lower}:{known['claim_pk']}", "day": "all"}
    for item in admin.site._registry[model].get_list_filter(request):
        if isinstance(item, type) and issubclass(item, SimpleListFilter):
            yield {item.parameter_name: known[FILTERS.get(item.parameter_name, "station")]}
        else:
            yield from _filtered(model, item[0] if isinstance(item, list | tuple) else item, place)


def beyond_the_list(place: Place) -> Iterator[Query]:
    """Filters that no list may know, because they would read hidden columns letter by letter."""
    consumer = place.row(Consumer)
    for lookup in BEYOND_THE_LIST:
        yield {lookup: consumer.name_masked[:1]}
    for path in ("", "consumer__", "order__consumer__", "order_line__order__consumer__"):
        yield {f"{path}phone_index": consumer.phone_index}


def _filtered(model: type[Model], path: str, place: Place | Nowhere) -> Iterator[Query]:
    try:
        field = get_fields_from_path(model, path)[-1]
    except FieldDoesNotExist:
        return
    if field.is_relation:
        yield {f"{path}__{field.target_field.name}__exact": str(key_of(field.related_model, place))}


def autocompletes() -> Iterator[Query]:
    """Every foreign key of the admin, as its drop-down would ask for rows."""
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if field.many_to_one and field.concrete:
                yield {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field.name,
                    "term": "",
                }
