"""docs/rules/tiers.md, "Names": what a station is called when a list names only its place."""

import re

COUNTY_CENTRE = "县域共配售后中心"
TOWNSHIP_POINT = "乡镇备用处理点"
VILLAGE_POINT = "服务点"

_VILLAGE_COMMITTEE = re.compile(r"(?:村民委员会|村委会|村委员会)$")
_RESIDENTS_COMMITTEE = re.compile(r"(?:居民委员会|居委会)$")
_COMMITTEE = re.compile(r"委员会$")
_SETTLEMENT = ("村", "社区", "嘎查", "寨", "街道")


def place_name(statistical_name: str) -> str:
    """The everyday name of a village: statistical lists name the committee, people the place.

    陈楼村委会 and 陈楼村村民委员会 are 陈楼村, 南关居民委员会 is 南关社区, 放马坪村 stays.
    """
    for committee, settlement in ((_VILLAGE_COMMITTEE, "村"), (_RESIDENTS_COMMITTEE, "社区")):
        place, found = committee.subn("", statistical_name)
        if found:
            return place if place.endswith(_SETTLEMENT) else f"{place}{settlement}"
    return _COMMITTEE.sub("", statistical_name)


def village_point(statistical_name: str) -> str:
    return f"{place_name(statistical_name)}{VILLAGE_POINT}"


def township_point(name: str) -> str:
    return f"{name}{TOWNSHIP_POINT}"


def county_centre(name: str) -> str:
    return f"{name}{COUNTY_CENTRE}"
