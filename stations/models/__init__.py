from stations.models.agents import Agent, Posting
from stations.models.calendar import OpeningHours, WorkCalendarDay
from stations.models.grants import Grant
from stations.models.network import Station
from stations.models.parties import Party
from stations.models.programme import CountyPhase, ProgrammePlan
from stations.models.provider_desks import ProviderDesk
from stations.models.readings import NetworkReading, RegionReading
from stations.models.regions import Region, RegionChange

__all__ = [
    "Agent",
    "CountyPhase",
    "Grant",
    "NetworkReading",
    "OpeningHours",
    "Party",
    "Posting",
    "ProgrammePlan",
    "ProviderDesk",
    "Region",
    "RegionChange",
    "RegionReading",
    "Station",
    "WorkCalendarDay",
]
