"""Who sends a request to the API: an application of a party, perhaps on behalf of one consumer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """What a token stands for; `request.auth` of every answered request.

    `user_id` is the account under which the application acts. `consumer` is the blind index of the consumer's
    phone when a consumer's session was sent instead of an application's token, "" otherwise. `subject` tells
    whose requests are counted together, `client_key` whose submission keys never meet those of others.
    """

    client_id: int
    user_id: int
    party_id: int
    party_kind: str
    token_id: int
    rate_per_minute: int
    scopes: frozenset[str]
    adapter: str = ""
    consumer: str = ""
    session_id: int | None = None

    @property
    def subject(self) -> str:
        return f"s{self.session_id}" if self.session_id else f"t{self.token_id}"

    @property
    def client_key(self) -> str:
        return f"session:{self.session_id}" if self.session_id else f"client:{self.client_id}"
