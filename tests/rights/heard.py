"""Which names behind the question mark a page looks at.

A page that never looks at a name answers as if it had not been asked, so nobody needs to ask it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property

EVERYTHING = "*"


def _about_one(name: str):
    def heard(query, key, *given, **named):
        query.heard.add(key)
        return getattr(QueryDict, name)(query, key, *given, **named)

    return heard


def _about_all(name: str):
    def heard(query, *given, **named):
        query.heard.add(EVERYTHING)
        return getattr(QueryDict, name)(query, *given, **named)

    return heard


ONE = ("__getitem__", "__contains__", "get", "getlist", "_getlist")
ALL = ("__iter__", "__len__", "__eq__", "keys", "values", "items", "lists", "dict", "copy", "urlencode")
Attentive = type(
    "Attentive",
    (QueryDict,),
    {
        "heard": set(),
        "__hash__": None,
        **{name: _about_one(name) for name in ONE},
        **{name: _about_all(name) for name in (*ALL, "__copy__", "__deepcopy__")},
    },
)


@contextmanager
def hearing() -> Iterator[set[str]]:
    """The names that requests inside look at; EVERYTHING where a query is gone through as a whole."""
    names: set[str] = set()

    def query_of(request) -> QueryDict:
        query = Attentive(request.META.get("QUERY_STRING", ""), encoding=request._encoding)
        query.heard = names
        return query

    own, noting = WSGIRequest.__dict__["GET"], cached_property(query_of)
    noting.__set_name__(WSGIRequest, "GET")
    WSGIRequest.GET = noting
    try:
        yield names
    finally:
        WSGIRequest.GET = own


def listens(names: set[str], asked: Iterable[str]) -> bool:
    """Whether a page that looks at these names can answer otherwise when it is asked so."""
    return EVERYTHING in names or not names.isdisjoint(asked)
