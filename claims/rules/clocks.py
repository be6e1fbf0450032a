"""docs/rules/clocks.md: what is timed, how it is counted, and how much time the programme allows."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from claims.rules.classification import PERISHABLE, GoodsType
from stations.rules.tiers import Tier

HOUR = 60
DAY = 24 * HOUR
WARN_PERCENT = 80
"""Share of an allowance, in percent, at which the holder and the station head are warned."""


class Clock(StrEnum):
    """What is timed on a claim."""

    FIRST_RESPONSE = "first_response"
    FRESH_INSPECTION = "fresh_inspection"
    HANDLING = "handling"
    SETTLEMENT = "settlement"
    EXCHANGE_SHIPPED = "exchange_shipped"
    RESHIP_SHIPPED = "reship_shipped"
    RESULT_NOTICE = "result_notice"
    FOLLOW_UP = "follow_up"
    COMPLAINT_ACCEPTANCE = "complaint_acceptance"
    COMPLAINT_HANDLING = "complaint_handling"
    COMPLAINT_MAJOR = "complaint_major"
    URGENT_FIRST = "urgent_first"
    URGENT_SOLVED = "urgent_solved"
    VILLAGE_RESPONSE = "village_response"
    TOWNSHIP_RESPONSE = "township_response"
    COUNTY_RESPONSE = "county_response"
    PLATFORM_RESPONSE = "platform_response"
    TAKEN_OVER = "taken_over"
    REFUND_AFTER_RETURN = "refund_after_return"
    DELIBERATE_DELAY = "deliberate_delay"
    AUTHORITY_ANSWER = "authority_answer"
    MEDIATION = "mediation"


class Family(StrEnum):
    """Whose clock it is: promised to the consumer, between the tiers of the house, or set by law."""

    PROMISE = "promise"
    HAND_OVER = "hand_over"
    LAW = "law"


class Basis(StrEnum):
    """How time is counted.

    The first three take an amount in minutes: round the clock; in opening hours of working days; in
    opening hours of every day. The last two take days and end at the last day's closing time: the n-th
    working day after the first one, or a period of calendar days whose last day moves to the next
    working day (Civil Code, articles 201 and 203).
    """

    NATURAL = "natural"
    OPENING_HOURS = "opening_hours"
    OPENING_HOURS_DAILY = "opening_hours_daily"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


DAY_BASES = frozenset({Basis.WORKING_DAYS, Basis.CALENDAR_DAYS})


class Level(IntEnum):
    """The ladder on which a claim climbs: who holds it."""

    VILLAGE = 0
    TOWNSHIP = 1
    COUNTY = 2
    PLATFORM = 3


LEVEL_OF_TIER: dict[Tier, Level] = {
    Tier.VILLAGE: Level.VILLAGE,
    Tier.TOWNSHIP: Level.TOWNSHIP,
    Tier.COUNTY: Level.COUNTY,
}
"""Where on the ladder a claim begins that is filed at a station of this tier."""


class PauseReason(StrEnum):
    """Why the promises to the consumer stand still: somebody outside the house is to act first."""

    CONSUMER = "consumer"
    GOODS_ON_THE_WAY = "goods_on_the_way"
    MERCHANT = "merchant"
    LOGISTICS = "logistics"
    INSPECTION = "inspection"
    AUTHORITY = "authority"
    ROAD_OR_WEATHER = "road_or_weather"


FAMILIES: dict[Clock, Family] = {
    **dict.fromkeys(Clock, Family.PROMISE),
    Clock.VILLAGE_RESPONSE: Family.HAND_OVER,
    Clock.TOWNSHIP_RESPONSE: Family.HAND_OVER,
    Clock.COUNTY_RESPONSE: Family.HAND_OVER,
    Clock.PLATFORM_RESPONSE: Family.HAND_OVER,
    Clock.TAKEN_OVER: Family.HAND_OVER,
    Clock.REFUND_AFTER_RETURN: Family.LAW,
    Clock.DELIBERATE_DELAY: Family.LAW,
    Clock.AUTHORITY_ANSWER: Family.LAW,
    Clock.MEDIATION: Family.LAW,
}

STANDS_STILL = frozenset(
    {Clock.TAKEN_OVER, *(clock for clock, family in FAMILIES.items() if family == Family.PROMISE)}
)
"""What a pause concerns: promises, and the handling of whoever has taken a claim over. A level that is asked
to take over goes on being asked, and the law does not know our pauses."""

RESPONSE_OF: dict[Level, Clock] = {
    Level.VILLAGE: Clock.VILLAGE_RESPONSE,
    Level.TOWNSHIP: Clock.TOWNSHIP_RESPONSE,
    Level.COUNTY: Clock.COUNTY_RESPONSE,
    Level.PLATFORM: Clock.PLATFORM_RESPONSE,
}
"""The clock that runs from the hand-over to a level until somebody there takes the claim over."""


@dataclass(frozen=True)
class Allowance:
    """One line of a clock policy: how much time, counted how, and what happens at its end.

    `amount` is in minutes, for WORKING_DAYS and CALENDAR_DAYS in days. `goods_type` None is every kind of
    goods. `climbs`: at the end the claim goes one level up. `source` names the rule or the law.
    """

    clock: Clock
    amount: int
    basis: Basis = Basis.NATURAL
    goods_type: GoodsType | None = None
    climbs: bool = False
    source: str = ""


_G, _B = GoodsType, Basis

SERVICE_ALLOWANCES: tuple[Allowance, ...] = (
    Allowance(Clock.FIRST_RESPONSE, 2 * HOUR, _B.OPENING_HOURS, climbs=True, source="首次响应时限"),
    Allowance(Clock.FRESH_INSPECTION, 2 * HOUR, source="生鲜验货与退款时限"),
    Allowance(Clock.HANDLING, 48 * HOUR, _B.OPENING_HOURS, climbs=True, source="平均办结时限"),
    Allowance(Clock.HANDLING, 24 * HOUR, _B.OPENING_HOURS, _G.PRODUCE, climbs=True, source="售后处理时效表"),
    *(
        Allowance(Clock.HANDLING, 24 * HOUR, _B.NATURAL, goods_type, climbs=True, source="售后处理时效表")
        for goods_type in sorted(PERISHABLE)
    ),
    Allowance(
        Clock.HANDLING, 48 * HOUR, _B.OPENING_HOURS, _G.APPLIANCE, climbs=True, source="售后处理时效表"
    ),
    Allowance(
        Clock.HANDLING,
        72 * HOUR,
        _B.OPENING_HOURS,
        _G.AGRICULTURAL_INPUTS,
        climbs=True,
        source="售后处理时效表",
    ),
    Allowance(Clock.SETTLEMENT, 24 * HOUR, source="理赔完成时限"),
    Allowance(Clock.EXCHANGE_SHIPPED, 48 * HOUR, source="补发与换货时限"),
    Allowance(Clock.RESHIP_SHIPPED, 24 * HOUR, source="补发与换货时限"),
    Allowance(Clock.RESULT_NOTICE, 3, _B.WORKING_DAYS, source="办结告知时限"),
    Allowance(Clock.FOLLOW_UP, 7 * DAY, source="回访时限"),
    Allowance(Clock.COMPLAINT_ACCEPTANCE, 24 * HOUR, source="投诉受理时限"),
    Allowance(Clock.COMPLAINT_HANDLING, 7, _B.WORKING_DAYS, source="投诉办理时限"),
    Allowance(Clock.COMPLAINT_MAJOR, 48 * HOUR, source="重大投诉时限"),
    Allowance(Clock.URGENT_FIRST, 12 * HOUR, climbs=True, source="紧急问题时限"),
    Allowance(Clock.URGENT_SOLVED, 24 * HOUR, climbs=True, source="紧急问题时限"),
    Allowance(Clock.VILLAGE_RESPONSE, 24 * HOUR, climbs=True, source="乡镇响应时限"),
    Allowance(Clock.TOWNSHIP_RESPONSE, 24 * HOUR, climbs=True, source="乡镇响应时限"),
    Allowance(Clock.COUNTY_RESPONSE, 24 * HOUR, climbs=True, source="超时升级规则"),
    Allowance(Clock.PLATFORM_RESPONSE, 24 * HOUR, source="超时升级规则"),
    Allowance(Clock.TAKEN_OVER, 24 * HOUR, climbs=True, source="超时升级规则"),
)
"""The programme's first promises and hand-over times; the nearest entry above a goods type counts."""

LEGAL_ALLOWANCES: dict[date, tuple[Allowance, ...]] = {
    date(2020, 1, 1): (
        Allowance(Clock.REFUND_AFTER_RETURN, 7 * DAY, source="消费者权益保护法第二十五条"),
        Allowance(Clock.DELIBERATE_DELAY, 15 * DAY, source="侵害消费者权益行为处罚办法第八条、第九条"),
        Allowance(Clock.AUTHORITY_ANSWER, 7, _B.WORKING_DAYS, source="消费者权益保护法第四十六条"),
        Allowance(Clock.MEDIATION, 45, _B.WORKING_DAYS, source="市场监督管理投诉举报处理暂行办法"),
    ),
    date(2026, 4, 15): (
        Allowance(Clock.REFUND_AFTER_RETURN, 7 * DAY, source="消费者权益保护法第二十五条"),
        Allowance(Clock.DELIBERATE_DELAY, 15 * DAY, source="侵害消费者权益行为处罚办法第八条、第九条"),
        Allowance(Clock.AUTHORITY_ANSWER, 7, _B.WORKING_DAYS, source="消费者权益保护法第四十六条"),
        Allowance(Clock.MEDIATION, 60, _B.CALENDAR_DAYS, source="总局令第121号"),
    ),
}
"""Limits set by law, by the day from which they count; the day of the triggering event decides."""

LONGEST_PAUSE: dict[PauseReason, int] = {
    PauseReason.CONSUMER: 3 * DAY,
    PauseReason.GOODS_ON_THE_WAY: 7 * DAY,
    PauseReason.MERCHANT: 2 * DAY,
    PauseReason.LOGISTICS: 3 * DAY,
    PauseReason.INSPECTION: 15 * DAY,
    PauseReason.AUTHORITY: 60 * DAY,
    PauseReason.ROAD_OR_WEATHER: 3 * DAY,
}
"""Minutes after which a pause ends by itself."""

AFTER_RESOLUTION = frozenset(
    {
        Clock.EXCHANGE_SHIPPED,
        Clock.RESHIP_SHIPPED,
        Clock.RESULT_NOTICE,
        Clock.FOLLOW_UP,
        Clock.COMPLAINT_ACCEPTANCE,
        Clock.COMPLAINT_HANDLING,
        Clock.COMPLAINT_MAJOR,
        Clock.AUTHORITY_ANSWER,
        Clock.MEDIATION,
    }
)
"""What goes on when a claim has been resolved: goods on their way, the result, complaints, the authority."""
AFTER_REFUSAL = frozenset({Clock.AUTHORITY_ANSWER, Clock.MEDIATION})
"""A procedure at the authority goes on when the claim is refused."""
