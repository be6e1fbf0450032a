"""Lists of stations that work already."""

from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from stations.services import station_lists


def _enter(run: Run) -> Tally:
    tally, _added = station_lists.import_list(path=run.path, by=run.by, now=run.now, refuse=run.refuse_in)
    return tally


STATIONS = Kind(
    code=ImportKind.STATIONS,
    permission="stations.run_stations",
    words=_("Stations that work already, with what is missing above them."),
    layout=station_lists.LAYOUT,
    enter=_enter,
    back_words=_("Stations are not taken back from here: close one on its own page."),
    command="import_stations",
)
