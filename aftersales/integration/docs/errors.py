"""Every code a refusal of the API may carry, with its words in both languages."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aftersales.web.api.document import document, operations
from aftersales.web.api.problem_docs import WORDS, status_of
from aftersales.web.api.wording import chinese

FILE = Path(__file__).parent / "errors.toml"
FIELD_CODES = "fields"


@dataclass(frozen=True)
class Code:
    """A code, what it means, and the operations that may answer it where they are few."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Group:
    """The codes of one status."""

    status: str
    zh: str
    en: str
    codes: list[Code]


@lru_cache(maxsize=1)
def told() -> dict[str, dict[str, str]]:
    """What each code means, by code: {"zh": …, "en": …}; codes of single fields under "fields"."""
    return tomllib.loads(FILE.read_text())


def used() -> set[str]:
    """Every code that the OpenAPI document names."""
    whole = document("en")
    found: set[str] = set()
    answers = [one for each in operations(whole) for one in each["responses"].values()]
    for one in [*answers, *whole["components"]["responses"].values()]:
        for kind, media in one.get("content", {}).items():
            if kind.endswith("problem+json"):
                found |= set(media["schema"]["allOf"][1]["properties"]["code"]["enum"])
    return found


def groups() -> list[Group]:
    """The codes by status, those of single fields last."""
    by_status: dict[int, list[Code]] = {}
    for code in sorted(used()):
        words = told()["codes"].get(code, {})
        by_status.setdefault(status_of(code), []).append(
            Code(code, words.get("zh", code), words.get("en", code))
        )
    statuses = [
        Group(str(status), chinese().get(WORDS[status], WORDS[status]), WORDS[status], codes)
        for status, codes in sorted(by_status.items())
    ]
    fields = [Code(code, words["zh"], words["en"]) for code, words in sorted(told()[FIELD_CODES].items())]
    title = told()["field_title"]
    return [*statuses, Group("errors[].code", title["zh"], title["en"], fields)]
