"""Lists of orders, in our layout or in another one that is described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import MEBIBYTE, Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn
from claims.services import order_import, order_mapping, order_withdrawal
from claims.services.order_layout import LAYOUT

OWN = ""


def mappings() -> dict[str, Path]:
    """The other layouts that are described, by name."""
    folder = Path(settings.BASE_DIR) / "demo" / "mappings"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def options() -> dict[str, forms.Field]:
    described = [(name, name.replace("_", " ")) for name in mappings()]
    return {
        "mapping": forms.ChoiceField(
            label=_("Layout of the list"),
            choices=[(OWN, _("Our own layout")), *described],
            required=False,
        ),
        "station": forms.RegexField(
            label=_("Station of rows that name none"),
            regex=r"\A[0-9]{1,18}\Z",
            max_length=18,
            required=False,
            help_text=_("12-digit code of the village, or the id of the station."),
            error_messages={"invalid": _("Enter digits only.")},
        ),
    }


def _enter(run: Run) -> Tally:
    named = run.options.get("mapping", OWN)
    return order_import.import_list(
        path=run.path,
        mapping=order_mapping.load(mappings()[named]) if named else None,
        station=run.options.get("station", ""),
        by=run.by,
        now=run.now,
        refuse=run.refuse,
        after=run.after,
        try_only=run.try_only,
        settled=run.settled,
        progress=run.between,
    )


def _layout(chosen: Mapping[str, Any]) -> Sequence[ListColumn]:
    return () if chosen.get("mapping", OWN) else LAYOUT


ORDERS = Kind(
    code=ImportKind.ORDERS,
    permission="claims.import_orders",
    words=_("Lines of orders, as platforms and shops export them."),
    layout=LAYOUT,
    needed_of=_layout,
    enter=_enter,
    back_words=_(
        "New orders can be taken back as long as nothing rests on them; what changed known orders stays."
    ),
    take_back=order_withdrawal.take_back,
    command="import_orders",
    in_slices=True,
    most_bytes=20 * MEBIBYTE,
    options=options,
)
