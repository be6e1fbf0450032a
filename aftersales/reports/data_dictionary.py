"""What every file, column and code of the open data means, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from aftersales.reports.open_data import DATASETS
from aftersales.reports.words import GROUP_WORDS, every_figure
from claims.models.choices import GoodsTypeChoices, NatureChoices
from claims.queries.figures import FIGURES

LICENCE = _(
    "Free to use, also for commercial purposes, to share and to change, as long as the source, the quarter "
    "and the edition are named. Do not try to recognise anybody."
)
COLUMNS = ("file", "name", "kind", "meaning_zh", "meaning_en")


class Code(NamedTuple):
    """A code that stands in a column, its words, and what more there is to say of it."""

    column: str
    code: str
    words: Any
    note: Any = ""


def codes() -> Iterator[Code]:
    """Every code of figures, goods, kinds of problems and what became of claims."""
    for code in FIGURES:
        figure = every_figure()[code]
        yield Code("figure", code, figure.name, figure.formula)
    for value, label in GoodsTypeChoices.choices:
        yield Code("goods", value, label)
    for value, label in NatureChoices.choices:
        yield Code("nature", value, label)
    for value, label in GROUP_WORDS.items():
        yield Code("group", value, label)
    yield Code("group", "total", _("Total"))


def lines() -> list[tuple[str, str, str, str, str]]:
    """The dictionary as a table in both languages: columns of files first, then codes."""
    told = []
    for dataset in DATASETS:
        for field in dataset.fields:
            told.append((f"{dataset.name}.csv", field.name, field.kind, *_both(field.words)))
    for code in codes():
        chinese, english = _both(code.words)
        note_zh, note_en = _both(code.note)
        told.append(
            (
                "",
                f"{code.column}={code.code}",
                "code",
                "：".join(filter(None, [chinese, note_zh])),
                ": ".join(filter(None, [english, note_en])),
            )
        )
    return told


def as_json() -> bytes:
    """The dictionary for programs."""
    told = {
        "licence": _by_language(LICENCE),
        "encoding": "utf-8-sig",
        "files": [
            {
                "name": f"{dataset.name}.csv",
                "title": _by_language(dataset.title),
                "about": _by_language(dataset.about),
                "columns": [
                    {"name": field.name, "kind": field.kind, "meaning": _by_language(field.words)}
                    for field in dataset.fields
                ],
            }
            for dataset in DATASETS
        ],
        "codes": [
            {
                "column": code.column,
                "code": code.code,
                "words": _by_language(code.words),
                **({"note": _by_language(code.note)} if code.note else {}),
            }
            for code in codes()
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _by_language(words: Any) -> dict[str, str]:
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = str(words)
    return found


def _both(words: Any) -> tuple[str, str]:
    told = _by_language(words)
    return told["zh-hans"], told["en"]
