"""Another layout of order lists, described in a TOML file: docs/imports.md, section 3."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused

COLUMNS = (
    "order_number",
    "station_code",
    "product",
    "goods_type",
    "quantity",
    "unit",
    "paid_yuan",
    "freight_yuan",
    "ordered_at",
    "signed_at",
    "merchant",
    "platform",
    "logistics",
    "consumer_name",
    "consumer_phone",
    "sku",
    "batch",
    "lot",
    "state",
)
"""Our own layout; all but the first columns of `NEEDED` may be missing or empty."""

NEEDED = ("order_number", "product", "quantity", "paid_yuan", "ordered_at")
SECTIONS = {"columns", "constants", "multiply", "values", "times", "refuse"}
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?", re.ASCII)


class MappingError(ValueError):
    """The TOML file does not describe a layout; the text says what is wrong with it."""


@dataclass(frozen=True)
class Refusal:
    """Rows of the other layout that are no orders: a column that matches a pattern as a whole, and why."""

    column: str
    pattern: re.Pattern
    reason: str


@dataclass(frozen=True)
class OrderMapping:
    """How rows of another layout become rows of ours. Columns of the other layout are in lower case."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    time_formats: tuple[str, ...] = ()
    zone: ZoneInfo | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that the other layout must have."""
        named = [*self.columns.values(), *(refusal.column for refusal in self.refusals)]
        named += [factor for factors in self.products.values() for factor in factors]
        return tuple(dict.fromkeys(named))

    def apply(self, row: Mapping[str, str]) -> dict[str, str]:
        """A row of the other layout in ours. Raises Refused with the reason of a refusal, or when a factor
        or a time cannot be read."""
        for refusal in self.refusals:
            if refusal.pattern.fullmatch(row[refusal.column]):
                raise Refused(refusal.reason, code="refused_by_mapping")
        ours = dict(self.constants)
        ours |= {name: row[column] for name, column in self.columns.items()}
        ours |= {name: _product(row, factors) for name, factors in self.products.items()}
        for name, words in self.values.items():
            if name in ours:
                ours[name] = words.get(ours[name], ours[name])
        for name in ("ordered_at", "signed_at"):
            if self.time_formats and ours.get(name):
                ours[name] = self._time(ours[name])
        return ours

    def _time(self, text: str) -> str:
        for time_format in self.time_formats:
            try:
                moment = datetime.strptime(text, time_format)
            except ValueError:
                continue
            if self.zone is not None and moment.tzinfo is None:
                moment = moment.replace(tzinfo=self.zone).astimezone(UTC)
            return moment.isoformat()
        raise Refused(_("a time cannot be read"), code="not_a_time")


def load(path: Path) -> OrderMapping:
    """Read a mapping. Raises MappingError."""
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(str(error)) from None
    return read(described)


def read(described: Mapping[str, Any]) -> OrderMapping:
    """Check a mapping that was read from TOML. Raises MappingError."""
    if unknown := set(described) - SECTIONS:
        raise MappingError(f"unknown section {', '.join(sorted(unknown))}")
    columns = _texts(described, "columns")
    constants = _texts(described, "constants")
    products = _section(described, "multiply")
    given = [*columns, *constants, *products]
    if unknown := set(given) - set(COLUMNS):
        raise MappingError(f"unknown column {', '.join(sorted(unknown))}")
    if twice := {name for name in given if given.count(name) > 1}:
        raise MappingError(f"{', '.join(sorted(twice))} is described twice")
    if missing := [name for name in NEEDED if name not in given]:
        raise MappingError(f"{', '.join(missing)} is not described")
    times = _section(described, "times")
    return OrderMapping(
        columns={name: column.casefold() for name, column in columns.items()},
        constants=constants,
        products={name: _factors(name, factors) for name, factors in products.items()},
        values={name: _texts(described["values"], name) for name in _section(described, "values")},
        time_formats=tuple(times.get("formats", ())),
        zone=_zone(times.get("zone")),
        refusals=tuple(_refusal(entry) for entry in described.get("refuse", ())),
    )


def _section(described: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = described.get(name, {})
    if not isinstance(section, Mapping):
        raise MappingError(f"{name} is not a table")
    return section


def _texts(described: Mapping[str, Any], name: str) -> dict[str, str]:
    section = _section(described, name)
    if not all(isinstance(text, str) for text in section.values()):
        raise MappingError(f"{name} holds something else than text")
    return dict(section)


def _factors(name: str, factors: Any) -> tuple[str, ...]:
    if not (
        isinstance(factors, list) and len(factors) == 2 and all(isinstance(each, str) for each in factors)
    ):
        raise MappingError(f"multiply.{name} needs the names of two columns")
    return tuple(factor.casefold() for factor in factors)


def _zone(name: Any) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise MappingError(f"times.zone {name!r} is not a time zone") from None


def _refusal(entry: Any) -> Refusal:
    if not isinstance(entry, Mapping) or set(entry) != {"column", "pattern", "reason"}:
        raise MappingError("each refuse needs column, pattern and reason")
    try:
        return Refusal(entry["column"].casefold(), re.compile(entry["pattern"]), entry["reason"])
    except (re.error, TypeError, AttributeError) as error:
        raise MappingError(f"refuse: {error}") from None


def _product(row: Mapping[str, str], factors: tuple[str, ...]) -> str:
    """Two numbers multiplied exactly, without zeros at the end."""
    texts = [row[factor] for factor in factors]
    if not all(NUMBER.fullmatch(text) for text in texts):
        raise Refused(_("a number cannot be read"), code="not_a_number")
    product = format(Decimal(texts[0]) * Decimal(texts[1]), "f")
    return product.rstrip("0").rstrip(".") if "." in product else product
