"""Lists of spare parts."""

from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from claims.services import part_lists


def _enter(run: Run) -> Tally:
    return part_lists.import_list(path=run.path, by=run.by, now=run.now, refuse=run.refuse_in)


PARTS = Kind(
    code=ImportKind.PARTS,
    permission="claims.change_part",
    words=_("Spare parts of the whole programme, with prices and how to replace them."),
    layout=part_lists.LAYOUT,
    enter=_enter,
    back_words=_("Parts are not taken back: retire one on its own page, or bring in a corrected list."),
    command="import_parts",
    throughout=True,
)
