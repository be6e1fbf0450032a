"""Lists of spare parts: what comes with the programme, and what is brought in later. docs/rules/parts.md."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.changes import change_row
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.lib.money import yuan_to_fen
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn, read_rows
from aftersales.web.service_forms import is_unprintable
from claims.models import Part
from claims.models.diagnoses import ApplianceChoices
from stations.services.row_faults import refusal_of_fault

COLUMNS = ("code", "name", "appliance", "fits", "price_yuan", "old_part_comes_back", "guide")
LAYOUT = (
    ListColumn(
        "code",
        gettext_lazy("Part number"),
        is_needed=True,
        note=gettext_lazy("Letters, digits and hyphens, up to 30 signs; by it a part is known."),
        example="EXAMPLE-1",
    ),
    ListColumn("name", gettext_lazy("Name of the part"), is_needed=True, example="洗衣机排水泵", width=24),
    ListColumn(
        "appliance",
        gettext_lazy("Appliance"),
        is_needed=True,
        choices=ApplianceChoices.choices,
        example="washing_machine",
    ),
    ListColumn(
        "fits",
        gettext_lazy("Fits"),
        is_needed=True,
        may_be_empty=True,
        note=gettext_lazy("Models and sizes, up to 200 signs; may be empty."),
        example="XQB60 / XQB80",
        width=24,
    ),
    ListColumn(
        "price_yuan",
        gettext_lazy("Price (yuan)"),
        is_needed=True,
        may_be_empty=True,
        note=gettext_lazy("For one piece, at most two decimals; empty is 0."),
        example="28.50",
    ),
    ListColumn(
        "old_part_comes_back",
        gettext_lazy("The old part comes back"),
        is_needed=True,
        may_be_empty=True,
        choices=(("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))),
        example="yes",
    ),
    ListColumn(
        "guide",
        gettext_lazy("How to replace it"),
        is_needed=True,
        may_be_empty=True,
        note=gettext_lazy("Up to 2,000 signs; steps divided by a vertical bar."),
        example="断电|拆后盖|换泵|试机",
        width=40,
    ),
)
PROGRAMME_LIST = Path(__file__).resolve().parents[1] / "data" / "parts.csv"
ANSWERS = {"yes": True, "1": True, "是": True, "no": False, "0": False, "否": False, "": False}
STEP_ENDS = "|"
# It stands in addresses and is read out on the phone.
CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")


def ensure_programme_parts(sender, using="default", **kwargs):
    """After every migration: add the parts that come with the programme and are not there yet.

    What is there stays as somebody changed it, also when it is retired.
    """
    known = set(Part.objects.using(using).values_list("code", flat=True))
    missing = [
        Part(**_read(row.values))
        for row in read_rows(PROGRAMME_LIST, layout=LAYOUT)
        if row.values["code"] not in known
    ]
    Part.objects.using(using).bulk_create(missing)


def import_list(*, path: Path, by: User, now: datetime, refuse: Callable[[Path, int, str], None]) -> Tally:
    """Enter the parts of a CSV or XLSX list, or bring them up to date; every good row goes in.

    Steps of a guide are divided by "|". A part is known by its number; one that is retired stays retired,
    and parts that the list does not name stay as they are. Importing a list again changes nothing. Rows that
    cannot be read, and those that name a part a second time, are given to `refuse` with their line.
    """
    tally, seen = Tally(), set()
    for row in read_rows(path, layout=LAYOUT):
        try:
            if row.fault:
                raise Refused(refusal_of_fault(row.fault, COLUMNS, LAYOUT), code=row.fault)
            values = _read(row.values)
            if values["code"] in seen:
                raise Refused(_("the part is in the list already"), code="twice")
            seen.add(values["code"])
        except Refused as reason:
            tally.refused += 1
            refuse(path, row.line, str(reason))
            continue
        result = _enter(values, by=by, now=now)
        setattr(tally, result, getattr(tally, result) + 1)
    return tally


def trail_facts(values: Mapping) -> dict:
    """What the trail keeps of a part: a guide is long, so only its length."""
    return {name: len(value) if name == "guide" else value for name, value in values.items()}


def _enter(values: dict, *, by: User, now: datetime) -> str:
    """Enter one part; "imported", "updated" or "unchanged"."""
    code = values["code"]
    with transaction.atomic():
        part, is_new = Part.objects.get_or_create(code=code, defaults=values)
        if is_new:
            trail.record("part.imported", by=by, obj=part, after=trail_facts(values), at=now)
            return "imported"
        is_changed = change_row(part, values, verb="part.imported", by=by, now=now, told=trail_facts)
    return "updated" if is_changed else "unchanged"


def _read(values: Mapping[str, str]) -> dict:
    """The fields of a part as a row says them. Raises Refused."""
    appliance = values["appliance"].casefold()
    if appliance not in ApplianceChoices.values:
        raise Refused(
            _("the appliance must be one of %(choices)s") % {"choices": ", ".join(ApplianceChoices.values)},
            code="appliance_unknown",
        )
    comes_back = values["old_part_comes_back"].casefold()
    if comes_back not in ANSWERS:
        raise Refused(_("old_part_comes_back must be yes or no"), code="not_yes_or_no")
    guide = "\n".join(step.strip() for step in values["guide"].split(STEP_ENDS) if step.strip())
    return {
        "code": _code(values),
        "name": _text(values, "name", must_be=True),
        "appliance": appliance,
        "fits": _text(values, "fits"),
        "price_fen": _price(values["price_yuan"]),
        "old_part_comes_back": ANSWERS[comes_back],
        "guide": _checked("guide", guide),
    }


def _code(values: Mapping[str, str]) -> str:
    code = _text(values, "code", must_be=True).upper()
    if not CODE.fullmatch(code):
        raise Refused(
            _("code may hold letters, digits and hyphens only, such as WM-PUMP"), code="code_malformed"
        )
    return code


def _text(values: Mapping[str, str], name: str, *, must_be: bool = False) -> str:
    text = " ".join(values[name].split())
    if must_be and not text:
        raise Refused(_("%(column)s is empty") % {"column": name}, code="text_missing")
    return _checked(name, text)


def _checked(name: str, text: str) -> str:
    longest = Part._meta.get_field(name).max_length
    if len(text) > longest:
        raise Refused(
            _("%(column)s has more than %(longest)s signs") % {"column": name, "longest": longest},
            code="too_long",
        )
    if any(is_unprintable(sign) and sign != "\n" for sign in text):
        raise Refused(
            _("%(column)s contains signs that cannot be printed") % {"column": name}, code="unprintable"
        )
    return text


def _price(text: str) -> int:
    try:
        return yuan_to_fen(text) if text else 0
    except InvalidValue:
        raise Refused(
            _("price_yuan must be an amount with at most two decimals, such as 12.50"), code="price_invalid"
        ) from None
