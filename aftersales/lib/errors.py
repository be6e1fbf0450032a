"""Errors that carry a code: what a person is told, and what a value got wrong."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """A request that the rules turn down, worded for the person who made it.

    `message` is the sentence to show (services pass it translated), `code` a stable snake_case
    word for programs, `field` the input it concerns, if one, and `details` the facts behind
    it (numbers and codes, never personal data).
    """

    def __init__(
        self,
        message: Any,
        *,
        code: str,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)


class InvalidValue(ValueError):
    """A value that cannot be read; `code` says why, so that each door can word it.

    The text of the error is for developers and logs: it never repeats the value, which may
    be personal.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
