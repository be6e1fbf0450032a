"""How the OpenAPI schema is told: what each operation may answer, from what the view declares."""

from drf_spectacular.openapi import AutoSchema


class ApiSchema(AutoSchema):
    """The operation of one method of an ApiView."""
