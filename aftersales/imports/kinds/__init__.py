"""The kinds of lists that people may bring in, by their codes."""

from aftersales.imports.kinds.calendar import CALENDAR
from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.kinds.orders import ORDERS
from aftersales.imports.kinds.parts import PARTS
from aftersales.imports.kinds.questions import QUESTIONS
from aftersales.imports.kinds.stations import STATIONS

KINDS: dict[str, Kind] = {kind.code: kind for kind in (ORDERS, STATIONS, CALENDAR, QUESTIONS, PARTS)}

__all__ = ["KINDS", "Kind", "Run"]
