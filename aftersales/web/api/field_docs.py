"""How fields of our own are described in the schema, and names for lists of words."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from aftersales.web.api.fields import TextField

CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069"


def printable(field: TextField) -> str:
    """The pattern of what a line of text may hold; one that may not be blank holds more than blanks."""
    text = f"[^{CONTROLS}]"
    return f"^{text}*$" if field.allow_blank else f"^{text}*[^\\s{CONTROLS}]{text}*$"


class YuanDocs(OpenApiSerializerFieldExtension):
    """Money is text."""

    target_class = "aftersales.web.api.fields.YuanField"

    def map_serializer_field(self, auto_schema, direction):
        pattern = "^[0-9]{1,10}(\\.[0-9]{1,2})?$" if direction == "request" else "^-?[0-9]+\\.[0-9]{2}$"
        return {"type": "string", "pattern": pattern, "examples": ["12.34"]}


class MilliDocs(OpenApiSerializerFieldExtension):
    """Quantities are text."""

    target_class = "aftersales.web.api.fields.MilliField"

    def map_serializer_field(self, auto_schema, direction):
        pattern = "^[0-9]{1,12}(\\.[0-9]{1,3})?$" if direction == "request" else "^-?[0-9]+(\\.[0-9]{1,3})?$"
        return {"type": "string", "pattern": pattern, "examples": ["2.5"]}


class TimeDocs(OpenApiSerializerFieldExtension):
    """Hours of the day are told without seconds and offset, which the format "time" would ask for."""

    target_class = "rest_framework.fields.TimeField"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["08:30"]}
