"""What readers from outside are told about places and the network: no person, no address, no telephone."""

from enum import StrEnum

from django.db import models

from aftersales.accounts.scoping import ScopedManager, ScopePaths


class RegionReading(models.Model):
    """A province, city, county or township by name; public knowledge."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=12, null=True)  # noqa: DJ001
    ended_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "report_region"

    def __str__(self):
        return self.name


class NetworkKind(StrEnum):
    """What a row of the network tells of."""

    VILLAGE = "village"
    COUNTY_CENTRE = "county_centre"
    TOWNSHIP_POINT = "township_point"
    VILLAGE_POINT = "village_point"
    PERSON = "person"
    PROVIDER = "provider"


class NetworkReading(models.Model):
    """One thing of the network and where it is: a village, a station that is not closed, somebody posted at a
    village or township station, a contract with a provider.

    `is_good` is 1 for what is as it should be: a village with an operating point, a station that operates,
    a person with a certificate, a contract. It holds from `good_from` until `good_until`, both included, and
    no longer on the day of `ended_on`; None is no limit.
    """

    kind = models.CharField(max_length=14, primary_key=True)
    county_code = models.CharField(max_length=12)
    region_code = models.CharField(max_length=12)
    station_id = models.BigIntegerField()
    is_good = models.SmallIntegerField()
    good_from = models.DateField(null=True)
    good_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    objects = ScopedManager()
    scope_paths = ScopePaths(county="county_code", region="region_code", station="station_id")

    class Meta:
        managed = False
        db_table = "report_network"

    def __str__(self):
        return f"{self.kind} {self.region_code}"
