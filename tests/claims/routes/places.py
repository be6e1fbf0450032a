"""Where the villages of the cast lie, and a technician's day in them."""

from datetime import datetime, timedelta

from claims.models import Visit
from stations.models import Region, Station
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import make_claim, seeing_everything

EIGHT, TEN, FOUR = (shanghai(MONDAY, hour) for hour in (8, 10, 16))
POINTS = {
    "520123103000": (26.9000, 106.6000),
    "520123103204": (26.9100, 106.6000),
    "520123103201": (26.9300, 106.6000),
}


def put_on_the_map(cast) -> None:
    """The township point, 广城 one hundredth of a degree north of it, 六广 three."""
    for code, (lat, lon) in POINTS.items():
        Region.objects.filter(pk=code).update(lat=lat, lon=lon)
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(lat=26.9, lon=106.6, point_is_own=True)


def visit_in(cast, station, starts_at: datetime = EIGHT, *, technician=None, **fields) -> Visit:
    """A visit of the technician to the village of a station, for a claim of its own."""
    filed_by = cast.neighbour if station == cast.liuguang else cast.agent
    claim = make_claim(station, filed_by=filed_by, next_due_at=starts_at + timedelta(days=60))
    return make_visit(claim, starts_at=starts_at, technician=technician or cast.technician, **fields)
