"""Lists of the API page by key: `cursor` and `limit`, and links to the neighbours. docs/api.md."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from aftersales.web.paging import fits, keyset_page

LIMIT = 50
MOST = 200


class KeysetPagination(BasePagination):
    """Page 10,000 costs what page 1 costs. The view's `order` names the fields; they identify a row."""

    def paginate_queryset(self, queryset, request, view=None):
        cursor = request.query_params.get("cursor", "")
        if cursor and not fits(cursor, view.order):
            raise _wrong("cursor", _("Take the cursor from the answer before, for the same list."))
        self.request = request
        self.page = keyset_page(queryset, cursor=cursor, order=view.order, size=self._limit(request))
        return self.page.rows

    def _limit(self, request) -> int:
        given = request.query_params.get("limit", "")
        if not given:
            return LIMIT
        if not (given.isascii() and given.isdigit() and len(given) <= 4 and 1 <= int(given) <= MOST):
            raise _wrong("limit", _("Ask for 1 to %(most)s at a time.") % {"most": MOST})
        return int(given)

    def get_paginated_response(self, data):
        return Response(
            {"data": data, "next": self._link(self.page.next), "previous": self._link(self.page.previous)}
        )

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.request.get_full_path(), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri-reference"}
        return {
            "type": "object",
            "required": ["data", "next", "previous"],
            "properties": {
                "data": schema,
                "next": {**link, "description": "Address of the next page; null at the end."},
                "previous": {**link, "description": "Address of the page before; null at the beginning."},
            },
        }

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "From `next` or `previous` of an earlier answer.",
                "schema": {"type": "string", "maxLength": 500},
            },
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": f"Rows at a time, {LIMIT} unless told.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST},
            },
        ]


def _wrong(name: str, text: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: [serializers.ErrorDetail(text, code=f"{name}_invalid")]})
