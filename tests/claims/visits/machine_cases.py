"""A county in which washing machines are repaired at home: money, a repair shop, one pump on the shelf."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from claims.models import Availability, Claim, Compensation, Contract, FeeLine, Part
from claims.services import compensation, parts
from claims.services import fund as funds
from tests.factories import acting_as, make_claim, make_consumer, make_line, make_party, seeing_everything

COUNTY = "520123000000"
VILLAGE = "520123103204"
FEE_FEN = 6_000
EVERY_DAY = range(7)


def washing_county(cast, *, now: datetime):
    """The cast with `fund`, `shop` and `pump`; the technician makes one visit at ten every day."""
    with acting_as(cast.officer):
        cast.fund = funds.open_fund(county_code=COUNTY, name="修文县售后应急基金", by=cast.officer, now=now)
        deposit = funds.propose_deposit(
            fund=cast.fund, amount_fen=100_000, reference="财拨-01", by=cast.officer, now=now
        )
    with acting_as(cast.manager):
        funds.confirm_deposit(deposit=deposit, by=cast.manager, now=now)
    cast.shop = make_party("provider", "六广家电维修")
    with seeing_everything():
        contract = Contract.objects.create(
            provider=cast.shop,
            county_code=COUNTY,
            number="XW-01",
            station=cast.liuguang_point,
            valid_from=timezone.localdate(now) - timedelta(days=30),
            valid_until=date(2099, 12, 31),
            weekdays=list(EVERY_DAY),
            made_by=cast.manager,
            made_at=now,
        )
        FeeLine.objects.create(
            contract=contract, county_code=COUNTY, visit_kind="repair", base_fen=FEE_FEN, per_km_fen=150
        )
        Availability.objects.bulk_create(
            Availability(
                user=cast.technician,
                station=cast.liuguang_point,
                county_code=COUNTY,
                weekday=weekday,
                starts=time(10),
            )
            for weekday in EVERY_DAY
        )
        cast.pump = Part.objects.get_or_create(
            code="WM-PUMP",
            defaults={"name": "排水泵", "appliance": "washing_machine", "price_fen": 4_500},
        )[0]
    with acting_as(cast.technician):
        parts.receive(part=cast.pump, station=cast.liuguang_point, quantity=1, by=cast.technician, now=now)
    return cast


def dead_machine(cast, *, now: datetime) -> Claim:
    """A washing machine that no longer drains, claimed in 广城村."""
    consumer = make_consumer(cast.guangcheng, name="张桂英", phone="13800001234", address="广城村三组 12 号")
    line = make_line(
        cast.guangcheng,
        consumer=consumer,
        product="全自动洗衣机 8 公斤",
        goods_type="appliance",
        paid_fen=89_900,
        quantity_milli=1_000,
        ordered_at=now - timedelta(days=40),
        signed_at=now - timedelta(days=36),
    )
    return make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        filed_at=now,
        line=line,
        consumer=consumer,
        bad_milli=1_000,
        severity="moderate",
        procedure="appliance_repair",
        with_clocks=True,
    )


def repair_is_chosen(cast, claim: Claim, *, now: datetime) -> Compensation:
    """What the consumer chose, approved by the officer."""
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=now)
        chosen = compensation.choose(
            compensation=proposal,
            remedy="repair",
            payout_method="",
            asked_how="in_person",
            by=cast.agent,
            now=now,
        )
    with acting_as(cast.officer):
        return compensation.approve(compensation=chosen, by=cast.officer, now=now)
