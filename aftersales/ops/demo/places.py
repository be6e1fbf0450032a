"""The real places and stations of the demonstration."""

from django.core.management import call_command

from aftersales.ops.demo.words import DATA
from stations.models import Station

GEO = DATA / "geo"


def enter_places(stdout) -> None:
    """Import divisions and stations, unless there is a county centre already."""
    if Station.objects.filter(tier="county").exists():
        return
    stdout.write("places and stations")
    lists = [str(GEO / name) for name in ("divisions.csv", "townships.csv", "villages.csv", "points.csv")]
    call_command("import_regions", *lists, stdout=stdout)
    call_command("import_stations", str(GEO / "stations.csv"), stdout=stdout)
