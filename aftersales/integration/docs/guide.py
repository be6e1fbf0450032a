"""The steps of "Integrate in an hour": what each is for, and a command that a test carries out."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

AUTHORIZED = '-H "Authorization: Bearer $TOKEN"'
JSON = '-H "Content-Type: application/json"'


@dataclass(frozen=True)
class Step:
    """One command. What stands as $NAME in it is taken from an answer before."""

    key: str
    title: str
    words: str
    command: str
    note: str = ""


def _get(path: str) -> str:
    return f'curl -sS "$BASE/api/v1/{path}" {AUTHORIZED}'


def _post(path: str, key: str, body: str) -> str:
    return (
        f'curl -sS -X POST "$BASE/api/v1/{path}" {AUTHORIZED} \\\n'
        f'  -H "Idempotency-Key: {key}" {JSON} \\\n'
        f"  -d '{body}'"
    )


ORDER = """{"orders": [{
  "number": "SO-20261120-0001", "station": "'$STATION'",
  "ordered_at": "2026-11-18T09:30:00+08:00", "signed_at": "2026-11-20T08:00:00+08:00", "state": "signed",
  "consumer": {"name": "张三", "phone": "13985112233"},
  "lines": [{"product": "水蜜桃 20 个装", "sku": "P-20", "goods_type": "fresh_fruit",
             "quantity": "20", "unit": "piece", "paid": "59.80"}]}]}"""
CLAIM = """{"order_number": "SO-20261120-0001", "nature": "quality", "severity": "minor",
  "bad_quantity": "3", "description": "三个烂了", "consented": true}"""
SUBSCRIPTION = """{"url": "https://hooks.example.cn/aftersales", "events": ["*"]}"""
PAID = """{"outcome": "paid", "reference": "R-88001"}"""


def steps() -> list[Step]:
    """The steps in the language of the request."""
    return [
        Step(
            "token",
            _("See that your token works"),
            _("The answer names your application, what the token is good for, and until when."),
            _get("token/"),
        ),
        Step(
            "stations",
            _("Find the station of a village"),
            _("By the official code of its county, township or village. Note the station's id as STATION."),
            _get("stations/?region=520123000000"),
        ),
        Step(
            "orders",
            _("Send an order"),
            _(
                "Up to 1,000 at a time. Every order has a result of its own, so one that is wrong never "
                "keeps the others back. The same number again changes the order."
            ),
            _post("orders/batches/", "order-SO-20261120-0001", ORDER),
            _("Names and phones are sealed on arrival and never told by the API except masked."),
        ),
        Step(
            "claim",
            _("File your first claim"),
            _(
                "For the consumer, who has agreed to it. Photos are sent before it, one request each. Note "
                "the number as NUMBER."
            ),
            _post("claims/", "claim-SO-20261120-0001-1", CLAIM),
        ),
        Step(
            "progress",
            _("Follow the claim"),
            _("What the consumer may see: steps, promises, how the amount is worked out, what can be done."),
            _get("claims/$NUMBER/progress/"),
        ),
        Step(
            "webhook",
            _("Be told of every step"),
            _(
                "Every event is sent to your address within seconds, signed with the secret in the answer. "
                "Tell the platform desk your host name first; only listed hosts are called."
            ),
            _post("webhooks/", "webhook-2026-11-20", SUBSCRIPTION),
            _("Check the signature over id, time and body before you believe a call."),
        ),
        Step(
            "events",
            _("Or fetch the events"),
            _("For systems that cannot be called. Ask for what came after the last event you have."),
            _get("events/"),
        ),
        Step(
            "payouts",
            _("See which refunds to pay back"),
            _("Each has a number: pay it once, whatever is sent twice. Note it as PAYOUT."),
            _get("payouts/?state=to_instruct"),
        ),
        Step(
            "confirmation",
            _("Confirm a refund"),
            _("When the money has left, so that the consumer and the agent see it at once."),
            _post("payouts/$PAYOUT/confirmation/", "paid-$PAYOUT", PAID),
        ),
    ]
