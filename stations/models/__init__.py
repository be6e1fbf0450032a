from stations.models.agents import Agent, Posting
from stations.models.grants import Grant
from stations.models.network import Station
from stations.models.parties import Party
from stations.models.regions import Region, RegionChange

__all__ = ["Agent", "Grant", "Party", "Posting", "Region", "RegionChange", "Station"]
