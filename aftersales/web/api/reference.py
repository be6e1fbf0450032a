"""Doors to what everybody may know and what seldom changes: kept for minutes, asked for again by tag."""

import hashlib
from datetime import timedelta
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from aftersales.web.api.fields import Input
from aftersales.web.api.versions import has_already
from aftersales.web.api.views import ApiView

KEPT = timedelta(minutes=5)
TAG_SIGNS = 32
LINKS = ("next", "previous")


class ReferenceView(ApiView):
    """An address whose answer carries a tag of what it says; 304 without a body where nothing changed.

    `query_class` is an Input for what the query holds where the address is no list, its names standing in
    `parameters` with their shapes.
    """

    for_consumers = True
    tagged = ("GET",)
    query_class: type[Input]

    def asked(self) -> dict[str, Any]:
        """What the query asks for, checked. Raises a validation error."""
        query = {name: value for name, value in self.request.query_params.items() if name != "fields"}
        form = self.query_class(data=query, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    def finalize_response(self, request, response, *args, **kwargs):
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            tag = content_tag(response.data)
            if has_already(request, tag):
                response = Response(status=304)
            response["ETag"] = tag
            response["Cache-Control"] = f"private, max-age={int(KEPT.total_seconds())}"
        return super().finalize_response(request, response, *args, **kwargs)


def content_tag(data: Any) -> str:
    """The tag of an answer. Links to neighbouring pages count by whether they are there: they are signed
    anew each time."""
    if isinstance(data, dict):
        data = {name: bool(value) if name in LINKS else value for name, value in data.items()}
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:TAG_SIGNS]}"'
