"""What a kind of list is: who may bring it in, how it looks, and which service reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms

from aftersales.accounts.models import User
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Run:
    """One run over a list: where it lies, who is behind it, and whom to tell.

    `after` is the line up to which an earlier run came, `settled` is told how far this one is, in the
    transaction of what it tells of, `between` is called when that has ended and may end the run; all three
    only for kinds in slices. With `try_only` nothing is kept.
    """

    path: Path
    options: Mapping[str, Any]
    by: User
    now: datetime
    refuse: Callable[[int, str], None]
    after: int = 0
    try_only: bool = False
    settled: Callable[[int, Tally], None] = lambda line, tally: None
    between: Callable[[int], None] = lambda done: None

    def refuse_in(self, path: Path, line: int, reason: str) -> None:
        """`refuse` for services that name the file too."""
        self.refuse(line, reason)


@dataclass(frozen=True)
class Kind:
    """A kind of list. `enter` calls the same service as the command of this kind.

    With `throughout` the permission has to count in the whole programme, because the rows hold in every
    county. Kinds `in_slices` are written batch by batch and go on after a kill; the others go in as a whole.
    `options` are further fields of the form in which a list is chosen; `back_words` says what taking back
    does, or why it is not possible, and `take_back` does it.
    """

    code: ImportKind
    permission: str
    words: Any
    layout: Sequence[ListColumn]
    enter: Callable[[Run], Tally]
    back_words: Any
    command: str
    take_back: Callable[..., Mapping[str, int]] | None = None
    throughout: bool = False
    in_slices: bool = False
    most_bytes: int = 4 * MEBIBYTE
    options: Callable[[], Mapping[str, forms.Field]] = field(default=dict)
    needed_of: Callable[[Mapping[str, Any]], Sequence[ListColumn]] | None = None

    @property
    def title(self) -> str:
        return self.code.label

    def layout_with(self, options: Mapping[str, Any]) -> Sequence[ListColumn]:
        """The columns of a list that was chosen with these options."""
        return self.layout if self.needed_of is None else self.needed_of(options)
