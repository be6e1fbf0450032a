"""The words of a report, kept with it in every language, so that it reads the same in ten years."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from aftersales.lib.figures import Figure
from aftersales.reports.departments import DEPARTMENTS
from claims.models.choices import GoodsTypeChoices, NatureChoices
from claims.models.supervision import DepartmentChoices
from claims.queries.figures import FIGURES

GROUP_WORDS = {
    "open": _("Open"),
    "resolved": _("Resolved"),
    "rejected": _("Refused"),
    "withdrawn": _("Withdrawn or merged"),
}


def every_figure() -> dict[str, Figure]:
    """All figures a report may hold, by code."""
    own = {figure.code: figure for figures in DEPARTMENTS.values() for figure in figures}
    return {**own, **FIGURES}


def words_of(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The words of every code in a content, by language."""
    codes = {entry["code"] for entry in content["figures"]}
    codes |= {entry["code"] for told in content["departments"].values() for entry in told}
    rows = content["classes"]["rows"]
    wanted: dict[str, Any] = {}
    for code, figure in every_figure().items():
        if code in codes:
            wanted |= {f"figure:{code}": figure.name, f"formula:{code}": figure.formula}
            wanted[f"behind:{code}"] = figure.behind
    wanted |= {f"group:{code}": words for code, words in GROUP_WORDS.items()}
    wanted |= {f"department:{code}": DepartmentChoices(code).label for code in content["departments"]}
    wanted |= {f"goods:{row['goods']}": GoodsTypeChoices(row["goods"]).label for row in rows}
    wanted |= {f"nature:{row['nature']}": NatureChoices(row["nature"]).label for row in rows}
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = {key: str(words) for key, words in wanted.items()}
    return found


@cache
def definitions_fingerprint() -> str:
    """A fingerprint of what every figure means today: it changes with any formula, unit or target."""
    with translation.override("en"):
        told = [
            [
                figure.code,
                str(figure.name),
                str(figure.formula),
                figure.unit.value,
                figure.target and [figure.target.aim.value, str(figure.target.value)],
            ]
            for figure in every_figure().values()
        ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
