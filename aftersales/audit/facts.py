"""What an event says about before and after, in the words of the model it is about."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web import formats

# Facts that are no column of the object itself.
LABELS = {
    "amount_fen": gettext_lazy("amount"),
    "because": gettext_lazy("because"),
    "clock": gettext_lazy("clock"),
    "code": gettext_lazy("reason"),
    "due_at": gettext_lazy("fell due"),
    "days": gettext_lazy("days written"),
    "duplicate": gettext_lazy("duplicate"),
    "expires_at": gettext_lazy("expires"),
    "fields": gettext_lazy("what was shown"),
    "files": gettext_lazy("files"),
    "flags": gettext_lazy("what caught the eye"),
    "number": gettext_lazy("number"),
    "photos": gettext_lazy("photos"),
    "first_day": gettext_lazy("first day"),
    "is_confirmed": gettext_lazy("confirmed by the notice"),
    "last_day": gettext_lazy("last day"),
    "programme": gettext_lazy("whole programme"),
    "recounted": gettext_lazy("open claims counted anew"),
    "region": gettext_lazy("region"),
    "role": gettext_lazy("role"),
    "source": gettext_lazy("source"),
    "station": gettext_lazy("station"),
    "to": gettext_lazy("to account"),
    "turned_days": gettext_lazy("days now worked or off"),
    "until": gettext_lazy("until"),
    "user": gettext_lazy("account"),
}


def kind_of(object_type: str) -> str:
    """What kind of object an event is about, in words."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def in_words(facts: Mapping[str, Any] | None, object_type: str) -> Iterator[tuple[str, str]]:
    """Pairs of name and value as people read them: amounts in yuan, codes by their labels."""
    for name, value in (facts or {}).items():
        if value not in (None, "", [], {}):
            yield _name(name, object_type), _value(name, value, object_type)


def _name(name: str, object_type: str) -> str:
    field = _field(name, object_type)
    return str(field.verbose_name) if field is not None else str(LABELS.get(name, name))


def _value(name: str, value: Any, object_type: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and name.endswith("_fen"):
        return formats.money(value)
    if isinstance(value, int) and name.endswith("_milli"):
        return formats.quantity(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{inner}: {value[inner]}" for inner in value)
    if isinstance(value, list):
        return ", ".join(_value(name, each, object_type) for each in value)
    field = _field(name, object_type)
    if isinstance(field, DateTimeField) and isinstance(value, str):
        return formats.moment(parse_datetime(value)) or value
    return str(dict(field.flatchoices).get(value, value)) if field is not None else str(value)


def _field(name: str, object_type: str):
    try:
        field = apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return None if field.auto_created else field
