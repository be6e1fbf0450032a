"""`import_stations FILE`: stations that work already, with the tiers above them."""

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.web.import_command import ImportCommand
from stations.rules.tiers import Tier
from stations.services import station_lists


class Command(ImportCommand):
    help = (
        "Import stations from a CSV file. Layouts: village_code,village_name,township_code,township_name,"
        "county_code,county_name,lon_wgs84,lat_wgs84,coord_level (adds what is missing above), or "
        "tier,name,region_code,parent_region_code,lon,lat. Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="keep nothing when a row is refused"
        )

    def handle(self, *args, file, all_or_nothing, **options):
        (path,) = self.files([file])
        by = system_user()
        with system_scope("import_stations", by=by):
            tally, added = station_lists.import_list(
                path=path,
                by=by,
                now=timezone.now(),
                refuse=self.refuse,
                all_or_nothing=all_or_nothing,
            )
        if any(added.values()):
            self.stdout.write(
                f"added above: {added[Tier.TOWNSHIP]} township points, {added[Tier.COUNTY]} county centres"
            )
        self.finish(tally)
