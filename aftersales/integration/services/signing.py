"""How a call to another system is signed: docs/webhooks.md, "Checking a signature"."""

from collections.abc import Sequence

from aftersales.notices.channels.gateway import ID_HEADER, SIGNATURE_HEADER, TIME_HEADER, signature


def headers(*, event_id: str, seconds: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one call. While a secret is being changed both sign; one that fits is enough."""
    moment = str(seconds)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Aftersales-Webhooks/1",
        ID_HEADER: event_id,
        TIME_HEADER: moment,
        SIGNATURE_HEADER: ",".join(signature(secret, event_id, moment, body) for secret in secrets),
    }
