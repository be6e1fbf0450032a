"""The list of spare parts as the platform keeps it: entered, corrected, retired. docs/rules/parts.md."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.changes import change_row
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN
from claims.models import Part
from claims.models.diagnoses import ApplianceChoices
from claims.services.part_lists import CODE, trail_facts

FIELDS = ("name", "appliance", "fits", "price_fen", "old_part_comes_back", "guide")


def add(*, code: str, by: User, now: datetime, **values) -> Part:
    """Enter a part; `values` are FIELDS, the price in fen for each.

    Raises Refused with code_malformed, text_missing, too_long, unknown_choice, amount_invalid, part_exists.
    """
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refused(
            _("Use letters, digits and hyphens only, for example WM-PUMP."),
            code="code_malformed",
            field="code",
        )
    _check({"code": code, **values})
    with transaction.atomic():
        try:
            with transaction.atomic():
                part = Part.objects.create(code=code, **values)
        except IntegrityError:
            raise Refused(_("There is a part with this number."), code="part_exists", field="code") from None
        trail.record("part.added", by=by, obj=part, after=trail_facts({"code": code, **values}), at=now)
    return part


def change(*, part: Part, by: User, now: datetime, **values) -> Part:
    """Correct a part; what was put aside before keeps its price. Raises as `add` does."""
    _check(values)
    change_row(part, values, verb="part.changed", by=by, now=now, told=trail_facts)
    return part


def retire(*, part: Part, reason: str, by: User, now: datetime) -> Part:
    """No longer keep a part: it is neither received nor put aside, and shelves are used up.

    Raises Refused("part_retired").
    """
    return _mark(part, retired_at=now, verb="part.retired", reason=reason, by=by, now=now)


def restore(*, part: Part, reason: str, by: User, now: datetime) -> Part:
    """Keep a retired part again. Raises Refused("part_in_use")."""
    return _mark(part, retired_at=None, verb="part.restored", reason=reason, by=by, now=now)


def _mark(part: Part, *, retired_at, verb: str, reason: str, by: User, now: datetime) -> Part:
    with transaction.atomic():
        rows = Part.objects.filter(pk=part.pk, retired_at__isnull=retired_at is not None)
        if not rows.update(retired_at=retired_at):
            if retired_at is not None:
                raise Refused(_("This part is no longer kept."), code="part_retired")
            raise Refused(_("This part is being kept."), code="part_in_use")
        trail.record(verb, by=by, obj=part, reason=reason, at=now)
    part.refresh_from_db()
    return part


def _check(values: dict) -> None:
    """Every text within its column, an appliance that is known, a price that is one."""
    for name, value in values.items():
        column = Part._meta.get_field(name)
        if name == "price_fen":
            if not 0 <= value <= MAX_FEN:
                raise Refused(_("The number is too large."), code="amount_invalid", field=name)
        elif name == "appliance":
            if value not in ApplianceChoices.values:
                raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=name)
        elif name != "old_part_comes_back":
            if not value and not column.blank:
                raise Refused(_("This field is required."), code="text_missing", field=name)
            if len(value) > column.max_length:
                raise Refused(
                    _("Use at most %(limit)s characters.") % {"limit": column.max_length},
                    code="too_long",
                    field=name,
                )
