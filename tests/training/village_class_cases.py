"""Village classes as tests begin with them."""

from datetime import datetime, timedelta

from aftersales.lib.months import month_of
from tests.factories import NOW, seeing_everything
from training.models import VillageClass
from training.rules.classes import ClassState

TOMORROW = NOW + timedelta(days=1)
YESTERDAY = NOW - timedelta(days=1)


def make_class(
    station, teacher, *, starts_at: datetime = TOMORROW, state: str = ClassState.PLANNED, **fields
):
    """A class past the services; one that was held had eight people."""
    held = {"attended": 8, "report": "看了三张照片", "ended_at": NOW} if state == ClassState.HELD else {}
    cancelled = {"cancelled_reason": "下大雨"} if state == ClassState.CANCELLED else {}
    with seeing_everything():
        return VillageClass.objects.create(
            station=station,
            county_code=station.county_code,
            month=month_of(starts_at.date()),
            title=fields.pop("title", "三张照片就够了"),
            starts_at=starts_at,
            place=fields.pop("place", "服务点院子"),
            teacher=teacher,
            state=state,
            planned_by=fields.pop("planned_by", teacher),
            planned_at=NOW,
            **held,
            **cancelled,
            **fields,
        )
