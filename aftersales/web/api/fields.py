"""What the API reads and writes: strict inputs, money and quantities as text, only the fields asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aftersales.lib.errors import InvalidValue
from aftersales.lib.money import fen_to_yuan, format_milli, parse_milli, yuan_to_fen
from aftersales.web.service_forms import is_unprintable

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class _ExactField(serializers.CharField):
    """A number as text, so that no program on the way rounds it."""

    default_error_messages = {
        "invalid": _("Send the number as text."),
        "empty": _("Send a number."),
        "not_a_number": _("This is not a plain decimal number."),
        "negative": _("The number must not be negative."),
        "too_many_decimals": _("The number has too many decimals."),
        "too_large": _("The number is too large."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 24, "trim_whitespace": False, **kwargs})

    def run_validation(self, data=serializers.empty):
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data):
        try:
            return self._parse(data)
        except InvalidValue as wrong:
            known = wrong.code if wrong.code in self.default_error_messages else "not_a_number"
            self.fail(known)

    def run_validators(self, value):
        """The text's length has been bounded by what can be parsed; the value is a number by now."""


class YuanField(_ExactField):
    """An amount in yuan as text with up to two decimals, whole fen inside: "12.34" is 1234."""

    _parse = staticmethod(yuan_to_fen)

    def to_representation(self, value):
        return str(fen_to_yuan(value))


class MilliField(_ExactField):
    """A quantity as text with up to three decimals, whole thousandths inside: "2.5" is 2500."""

    _parse = staticmethod(parse_milli)

    def to_representation(self, value):
        return format_milli(value)


class TextField(serializers.CharField):
    """A line of text: printable signs only, at most `max_length` of them."""

    default_error_messages = {
        "unprintable": _("This contains characters that cannot be printed."),
        "invalid": _("Send text."),
    }

    def run_validation(self, data=serializers.empty):
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if any(is_unprintable(sign) for sign in text if sign not in "\n\r\t"):
            self.fail("unprintable")
        return text


class MomentField(serializers.DateTimeField):
    """ISO 8601 between 2000 and 2100; in Shanghai where no offset is given."""

    default_error_messages = {"out_of_range": _("Give a moment between 2000 and 2100.")}

    def to_internal_value(self, value):
        if not isinstance(value, str) or len(value) > 40:
            self.fail("invalid", format="ISO 8601")
        try:
            moment = super().to_internal_value(value)
            if EARLIEST <= moment <= LATEST:
                return moment
        except OverflowError:
            pass
        return self.fail("out_of_range")


class Input(serializers.Serializer):
    """What is sent to us. A field that is not known is an error and never silently ignored."""

    default_error_messages = {"unknown_field": _("There is no field of this name.")}

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            unknown = [str(name)[:80] for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: [
                            serializers.ErrorDetail(
                                self.error_messages["unknown_field"], code="unknown_field"
                            )
                        ]
                        for name in sorted(unknown)[:20]
                    }
                )
        return super().to_internal_value(data)


class Output(serializers.Serializer):
    """What we answer. `?fields=number,status` leaves everything else out, at the top level."""

    def __init__(self, *args, **kwargs):
        only = kwargs.pop("only", ())
        super().__init__(*args, **kwargs)
        if only:
            for name in set(self.fields) - set(only):
                self.fields.pop(name)


def only_asked(serializer_class: type[Output], asked: str) -> tuple[str, ...]:
    """The field names of `?fields=`; () for all. Raises a validation error for a name that is not there."""
    if not asked:
        return ()
    names = tuple(dict.fromkeys(name.strip() for name in asked.split(",")))
    known = serializer_class().fields
    unknown: dict[str, Any] = {
        "fields": [
            serializers.ErrorDetail(_("There is no field of this name."), code="unknown_field")
            for name in names
            if name not in known
        ]
    }
    if unknown["fields"]:
        raise serializers.ValidationError(unknown)
    return names
