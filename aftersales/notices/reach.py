"""How the outbox finds people without an account: asked of the app that knows them, when it sends."""

from collections.abc import Callable, Mapping, Sequence

# Keys of rows to phone numbers in the clear; who was erased or has none is left out.
Reader = Callable[[Sequence[int]], Mapping[int, str]]

_readers: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Say how to reach a kind of people ("claims.consumer"). Called in `AppConfig.ready`.

    The reader is given keys and answers in one statement for all of them. It runs inside a scope that
    reaches everything. What it returns goes to the gateway alone and is kept nowhere; the delivery log is
    the record of it.
    """
    _readers[kind] = reader


def phones(kind: str, keys: Sequence[int]) -> Mapping[int, str]:
    """The phone numbers of these people; empty for a kind that nobody knows any more."""
    reader = _readers.get(kind)
    return reader(keys) if reader is not None else {}
