"""Orders that applications send in batches."""

from collections import Counter
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import Refused
from aftersales.web.api.views import ApiView, Made
from aftersales.web.problems import field_errors
from aftersales.web.service_forms import is_unprintable
from claims.api.order_inputs import OrderBatchIn
from claims.api.order_outputs import RESULTS, OrderBatchOut
from claims.services import adapters, order_push
from claims.services.order_rows import NUMBER_SIGNS

MOST_ERRORS, MOST_SIGNS = 50, 500


class OrderBatchesView(ApiView):
    """Orders of your party, up to 1,000 at a time, entered or brought up to date."""

    scopes = {"POST": ApiScope.ORDERS_WRITE}
    serializer_class = OrderBatchOut
    input_classes = {"POST": OrderBatchIn}
    statuses = {"POST": 200}

    def post(self, request):
        """Send orders

        An order is known by its number among those of your party. Send it again with what has changed: its
        number and the new state are enough. Each order is written as a whole or refused as a whole, with a
        code that says why; one that is refused spoils no other. What is left out is never emptied. An order
        moves to another station as long as nothing rests on it.
        """
        sent = self.given()["orders"]
        return self.once(lambda: self._push(request, sent))

    def _push(self, request, sent: list) -> Made:
        now = timezone.now()
        results: list[dict[str, Any] | None] = []
        places, orders = [], []
        for index, values in enumerate(sent):
            try:
                if isinstance(values, serializers.ValidationError):
                    raise values
                order = order_push.given(adapters.with_state(values, request.auth.adapter), now=now)
            except serializers.ValidationError as error:
                results.append(_unreadable(index, request.data["orders"][index], error))
            except Refused as refused:
                results.append(_refused(index, values["number"], refused))
            else:
                results.append(None)
                places.append(index)
                orders.append(order)
        outcomes = order_push.push(orders, caller=request.auth, by=request.user, now=now)
        for index, outcome in zip(places, outcomes, strict=True):
            results[index] = {
                "index": index,
                "number": outcome.given.number,
                "result": outcome.result,
                "id": outcome.order.pk if outcome.order and outcome.result != "refused" else None,
                "code": outcome.code,
                "detail": outcome.reason,
                "errors": [],
            }
        counts = Counter(each["result"] for each in results)
        body = {**{result: counts[result] for result, _words in RESULTS}, "orders": results}
        return Made(body, request.user, status=200)


def _refused(index: int, number: str | None, refused: Refused) -> dict[str, Any]:
    detail = str(refused.message)
    errors = (
        [{"pointer": f"/{refused.field}", "code": refused.code, "detail": detail}] if refused.field else []
    )
    return {
        "index": index,
        "number": number,
        "result": "refused",
        "id": None,
        "code": refused.code,
        "detail": detail,
        "errors": errors,
    }


def _unreadable(index: int, sent: Any, error: serializers.ValidationError) -> dict[str, Any]:
    number = sent.get("number") if isinstance(sent, dict) else None
    number = _printable(number[:NUMBER_SIGNS]) if isinstance(number, str) else None
    told = _refused(index, number, Refused(_("This order cannot be read."), code="invalid"))
    errors = [
        {name: _printable(text)[:MOST_SIGNS] for name, text in each.items()}
        for each in islice(field_errors(error.detail), MOST_ERRORS)
    ]
    return {**told, "errors": errors}


def _printable(text: str) -> str:
    """What was sent, to be told back: this answer is kept, and not every database keeps every sign."""
    return "".join("\N{REPLACEMENT CHARACTER}" if is_unprintable(sign) else sign for sign in text)
