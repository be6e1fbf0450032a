"""What to put into the parameters of an address: rows of a place, or rows that do not exist.

A new URL with parameters needs a line in PARAMETERS. The right-hand side names something of a place ("line",
"claim:approved", "county"), or with "=" stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache

from django.db.models import CharField, Model

from aftersales.accounts.models import User
from claims.models import (
    Advance,
    AdvanceDispute,
    Appeal,
    AvailabilityException,
    CashBox,
    CashCount,
    CashFloat,
    Claim,
    ClaimClock,
    ClockPolicy,
    ClockRule,
    Consumer,
    Contract,
    Coupon,
    CustodyItem,
    Demand,
    Deposit,
    Diagnosis,
    FeeComplaint,
    FeeLine,
    FollowUp,
    Incentive,
    IncentiveBatch,
    Inspection,
    Issue,
    Movement,
    Offer,
    Order,
    OrderLine,
    Part,
    PartStock,
    PartUse,
    Payout,
    PayoutBatch,
    Photo,
    ProviderOrder,
    ProviderStatement,
    ReviewSample,
    Visit,
    VisitCost,
    WriteOff,
)
from claims.rules.numbering import make_coupon_code, make_label, make_number
from stations.models import Agent, Party, ProviderDesk, Station
from tests.rights.board_examples import BOARD_COUNTY_ROWS, BOARD_PARAMETERS, BOARD_SHARED, board_facts
from tests.rights.integration_examples import SYSTEM_COUNTY_ROWS, SYSTEM_PARAMETERS, system_facts
from tests.rights.matrix import is_scoped
from tests.rights.routes import Route, all_routes, model_page
from tests.rights.training_examples import TRAINING_PARAMETERS, TRAINING_SHARED, training_facts
from tests.rights.visit_examples import VISIT_PARAMETERS
from tests.rights.world import CLAIM_STATES, Place, World

PARAMETERS: dict[str, dict[str, str]] = {
    "claims:claim_form": {"line_id": "line"},
    "claims:claim_live": {"line_id": "line"},
    "claims:photo_stage": {"line_id": "line"},
    "claims:claim_photo": {"pk": "photo"},
    "claims:order_detail": {"pk": "order"},
    "claims:consumer_reveal": {"pk": "consumer"},
    "claims:claim_detail": {"number": "claim:proposed"},
    "claims:claim_choice": {"number": "claim:proposed"},
    "claims:claim_decide": {"number": "claim:chosen"},
    "claims:claim_payout": {"number": "claim:approved"},
    "claims:claim_ship": {"number": "claim:reship"},
    "claims:claim_flags": {"number": "claim:chosen"},
    "claims:claim_photo_add": {"number": "claim:proposed"},
    "claims:claim_merge": {"number": "claim:proposed"},
    "claims:claim_move": {"number": "claim:proposed", "action": "=start"},
    "claims:claim_count": {"number": "claim:proposed"},
    "claims:claim_class": {"number": "claim:proposed"},
    "claims:claim_record": {"number": "claim:proposed"},
    "claims:goods_receive": {"number": "claim:proposed"},
    "claims:goods_detail": {"label": "label"},
    "claims:goods_label": {"label": "label"},
    "claims:goods_act": {"label": "label", "action": "=dispose"},
    "claims:claim_revoke": {"number": "claim:approved"},
    "claims:claim_take_back": {"number": "claim:reship"},
    "claims:claim_repairs": {"number": "claim:proposed"},
    "claims:diagnosis_new": {"number": "claim:approved"},
    "claims:diagnosis_detail": {"pk": "diagnosis"},
    "claims:issue_detail": {"pk": "issue"},
    "claims:claim_losses": {"number": "claim:proposed"},
    "claims:claim_inspections": {"number": "claim:proposed"},
    "claims:inspection_result": {"number": "claim:proposed", "pk": "inspection"},
    "claims:inspection_sheet": {"number": "claim:proposed", "pk": "inspection"},
    "claims:coupon_detail": {"code": "coupon"},
    "claims:claim_refusal": {"number": "claim:refused"},
    "claims:claim_appeal": {"number": "claim:refused"},
    "claims:appeal_detail": {"pk": "appeal"},
    "claims:review_detail": {"pk": "review"},
    "claims:claim_clocks": {"number": "claim:proposed"},
    "claims:claim_dispatch": {"number": "claim:proposed"},
    "claims:claim_give_back": {"number": "claim:proposed"},
    "claims:claim_hand_over": {"number": "claim:proposed", "step": "=hand-up"},
    "claims:offer_answer": {"pk": "offer"},
    "claims:claim_clock": {"number": "claim:proposed", "pk": "clock"},
    "claims:claim_slip": {"number": "claim:proposed"},
    "claims:claim_receipt": {"number": "claim:executed"},
    "claims:fund_detail": {"key": "county"},
    "claims:fund_freeze": {"key": "county"},
    "claims:fund_accounts": {"key": "county"},
    "claims:fund_movements": {"key": "county"},
    "claims:fund_statement": {"key": "county"},
    "claims:fund_close": {"key": "county"},
    "claims:fund_change": {"key": "county"},
    "claims:write_off_list": {"key": "county"},
    "claims:write_off_new": {"key": "county"},
    "claims:write_off_detail": {"pk": "write_off"},
    "claims:write_off_decide": {"pk": "write_off", "step": "=confirm"},
    "claims:advance_list": {"county_code": "county"},
    "claims:advance_recover": {"pk": "advance"},
    "claims:recovery": {"county_code": "county"},
    "claims:recovery_export": {"county_code": "county"},
    "claims:recovery_party": {"county_code": "county", "party": "debtor"},
    "claims:settlement": {"county_code": "county", "party": "debtor", "month": "=2026-11"},
    "claims:settlement_export": {"county_code": "county", "party": "debtor", "month": "=2026-11"},
    "claims:demand_new": {"county_code": "county", "party": "debtor"},
    "claims:bank_receipt_new": {"county_code": "county", "party": "debtor"},
    "claims:demand_detail": {"pk": "demand"},
    "claims:demand_letter": {"pk": "demand"},
    "claims:demand_dossier": {"pk": "demand"},
    "claims:demand_withdraw": {"pk": "demand"},
    "claims:dispute_new": {"pk": "advance"},
    "claims:advance_party": {"pk": "advance"},
    "claims:dispute_detail": {"pk": "advance_dispute"},
    "claims:movement_reverse": {"pk": "movement"},
    "claims:deposit_decide": {"pk": "deposit", "step": "=confirm"},
    "claims:follow_up": {"pk": "follow_up"},
    "claims:follow_up_turn": {"pk": "follow_up"},
    "claims:day_plan": {"person": "user", "day": "=2026-11-20"},
    "claims:day_plan_print": {"person": "user", "day": "=2026-11-20"},
    "public:calendar_feed": {"token": "=no-such-token"},
    "claims:incentive_list": {"county_code": "county"},
    "claims:incentive_sheet": {"county_code": "county"},
    "claims:incentive_agent": {"county_code": "county", "agent_id": "agent"},
    "claims:incentive_prepare": {"county_code": "county"},
    "claims:incentive_batch": {"pk": "incentive_batch"},
    "claims:incentive_batch_cancel": {"pk": "incentive_batch"},
    "claims:incentive_strike": {"pk": "incentive"},
    "claims:payout_list": {"county_code": "county"},
    "claims:payout_batch_new": {"county_code": "county"},
    "claims:cash_box_list": {"county_code": "county"},
    "claims:payout_detail": {"pk": "payout"},
    "claims:payout_act": {"pk": "payout", "step": "=failed"},
    "claims:payout_batch": {"pk": "payout_batch"},
    "claims:payout_batch_file": {"pk": "payout_batch", "form": "=csv"},
    "claims:cash_box": {"pk": "cash_box"},
    "claims:cash_box_act": {"pk": "cash_box", "step": "=count"},
    "claims:cash_float_decide": {"pk": "cash_float", "step": "=cancel"},
    "claims:cash_count_book": {"pk": "cash_count"},
    "claims:claim_account": {"number": "claim:approved"},
    "claims:contract_detail": {"pk": "contract"},
    "claims:contract_end": {"pk": "contract"},
    "claims:provider_desk_new": {"pk": "contract"},
    "claims:provider_desk_close": {"pk": "provider_desk"},
    "claims:fee_remove": {"pk": "fee_line"},
    "claims:provider_order_detail": {"pk": "provider_order"},
    "claims:provider_offer": {"pk": "ordered_visit"},
    "claims:provider_work": {"key": "provider_order"},
    "claims:statement_county": {"county_code": "county"},
    "claims:statement_prepare": {"county_code": "county", "provider": "contractor"},
    "claims:statement_detail": {"pk": "statement"},
    "claims:statement_send": {"pk": "statement"},
    "claims:statement_note": {"pk": "statement", "word": "=agree"},
    "claims:statement_pay": {"pk": "statement"},
    "claims:statement_table": {"pk": "statement"},
    "claims:statement_sheet": {"pk": "statement"},
    "claims:fee_complaint_new": {"pk": "provider_order"},
    "claims:fee_complaint": {"pk": "fee_complaint"},
    "claims:provider_statement": {"pk": "statement"},
    "claims:baseline_set": {"county_code": "county"},
    "public:provider_statement": {"token": "=AAAAAAAAAAAAAAAAAAAAAA"},
    "public:provider_link": {"key": "=AAAAAAAAAAAAAAAAAAAAAA"},
    "claims:part_detail": {"code": "=WM-PUMP"},
    "claims:part_shelf": {"pk": "part_stock"},
    "claims:part_act": {"pk": "part_stock", "step": "=count"},
    "stations:station_detail": {"pk": "station"},
    "stations:station_edit": {"pk": "station"},
    "stations:agent_new": {"pk": "station"},
    "stations:station_move": {"pk": "station", "action": "=suspend"},
    "stations:hand_over": {"pk": "agent"},
    "stations:county_map": {"county_code": "county"},
    "notices:notice_open": {"pk": "=00000000-0000-4000-8000-000000000000"},
    "dashboards:county": {"county_code": "county"},
    "dashboards:escalations": {"county_code": "county"},
    "dashboards:people": {"county_code": "county"},
    "admin:accounts_user_rename": {"object_id": "user"},
    "admin:accounts_user_password": {"object_id": "user"},
    "admin:accounts_user_unlock": {"object_id": "user"},
    "admin:stations_party_details": {"object_id": "party"},
    "admin:stations_agent_details": {"object_id": "agent"},
    "admin:stations_workcalendarday_notice": {"year": "=2027"},
    "admin:stations_workcalendarday_seed": {"year": "=2027"},
    "admin:claims_issue_details": {"object_id": "issue"},
    "admin:claims_clockpolicy_line": {"object_id": "clock_policy"},
    "admin:claims_clockpolicy_line_change": {"object_id": "clock_policy", "line_id": "clock_rule"},
    "admin:claims_clockpolicy_line_remove": {"object_id": "clock_policy", "line_id": "clock_rule"},
    "admin:claims_clockpolicy_pause": {"object_id": "clock_policy", "reason": "=consumer"},
    "admin:claims_clockpolicy_preview": {"object_id": "clock_policy"},
    "admin:claims_clockpolicy_publish": {"object_id": "clock_policy"},
    "admin:claims_clockpolicy_drop": {"object_id": "clock_policy"},
    "admin:claims_part_details": {"object_id": "part"},
    "admin:app_list": {"app_label": "=claims"},
    **VISIT_PARAMETERS,
    **TRAINING_PARAMETERS,
    **BOARD_PARAMETERS,
    **SYSTEM_PARAMETERS,
    "admin/(?P<url>.*)$": {"url": "=no-such-page/"},
}
# Rows that belong to no place.
SHARED = frozenset({"party", "issue", "part"}) | TRAINING_SHARED | BOARD_SHARED
# What a village has no row of; its county has.
COUNTY_ROWS: dict[str, type[Model]] = {
    "demand": Demand,
    "advance_dispute": AdvanceDispute,
    "deposit": Deposit,
    "write_off": WriteOff,
    "payout_batch": PayoutBatch,
    "incentive_batch": IncentiveBatch,
    "clock_policy": ClockPolicy,
    "clock_rule": ClockRule,
    "provider_desk": ProviderDesk,
    "statement": ProviderStatement,
    "fee_complaint": FeeComplaint,
    **BOARD_COUNTY_ROWS,
    **SYSTEM_COUNTY_ROWS,
}
MISSING_KEY, MISSING_CODE = 987_654_321, "989898000000"
MISSING_LABEL = make_label()
MISSING_COUPON = make_coupon_code()
FIRST_DAY = date(2026, 11, 1)


class NoExample(LookupError):
    """A URL has parameters that nobody has said anything about."""


class Nowhere:
    """Stands for a place that does not exist: every key is free, every number well-formed and unused."""

    name = "nowhere"
    county_code = MISSING_CODE

    def __init__(self):
        self.numbers = {state: make_number(FIRST_DAY) for state in CLAIM_STATES}


@cache
def facts(place: Place | Nowhere) -> dict[str, object]:
    """Keys, numbers and codes by which one can ask for what belongs to a place; looked up once for each."""
    there = isinstance(place, Place)

    def key(model: type[Model]) -> int:
        row = place.row(model) if there else None
        return row.pk if row is not None else MISSING_KEY

    goods = place.row(CustodyItem) if there else None
    coupon = place.row(Coupon) if there else None
    advance = place.row(Advance) if there else None
    ordered = place.row(ProviderOrder) if there else None
    numbers = {state: claim.number for state, claim in place.claims.items()} if there else place.numbers
    return {
        "line": key(OrderLine),
        "order": key(Order),
        "photo": key(Photo),
        "label": goods.label if goods else MISSING_LABEL,
        "coupon": coupon.code if coupon else MISSING_COUPON,
        "inspection": key(Inspection),
        "consumer": key(Consumer),
        "station": key(Station),
        "agent": key(Agent),
        "claim_pk": key(Claim),
        "user": key(User),
        "party": key(Party),
        "advance": key(Advance),
        "debtor": advance.party_id if advance else MISSING_KEY,
        "demand": key(Demand),
        "advance_dispute": key(AdvanceDispute),
        "movement": key(Movement),
        "deposit": key(Deposit),
        "diagnosis": key(Diagnosis),
        "issue": key(Issue),
        "write_off": key(WriteOff),
        "payout": key(Payout),
        "payout_batch": key(PayoutBatch),
        "cash_box": key(CashBox),
        "cash_float": key(CashFloat),
        "cash_count": key(CashCount),
        "follow_up": key(FollowUp),
        "incentive": key(Incentive),
        "incentive_batch": key(IncentiveBatch),
        "clock": key(ClaimClock),
        "offer": key(Offer),
        "appeal": key(Appeal),
        "review": key(ReviewSample),
        "contract": key(Contract),
        "fee_line": key(FeeLine),
        "provider_order": key(ProviderOrder),
        "contractor": ordered.provider_id if ordered else MISSING_KEY,
        "statement": key(ProviderStatement),
        "fee_complaint": key(FeeComplaint),
        "ordered_visit": ordered.visit_id if ordered else MISSING_KEY,
        "provider_desk": key(ProviderDesk),
        "part": key(Part),
        "part_stock": key(PartStock),
        "part_use": key(PartUse),
        "visit": key(Visit),
        "day_change": key(AvailabilityException),
        "visit_cost": key(VisitCost),
        "clock_policy": key(ClockPolicy),
        "clock_rule": key(ClockRule),
        **training_facts(place if there else None, key, missing=MISSING_KEY),
        **board_facts(place if there else None, key, missing=MISSING_KEY),
        **system_facts(key),
        "county": place.county_code,
        "region": place.row(Station).region_id if there else MISSING_CODE,
        **{f"claim:{state}": number for state, number in numbers.items()},
    }


def key_of(model: type[Model], place: Place | Nowhere) -> object | None:
    """The key by which the admin asks for a row of this model in a place; None when it has none."""
    if isinstance(place, Place):
        row = place.row(model)
        return None if row is None else row.pk
    return MISSING_CODE if isinstance(model._meta.pk, CharField) else MISSING_KEY


def subject(route: Route, world: World, village: str = "ours") -> Place:
    """The place that a route is asked about: a village, or its county for what only counties have."""
    about = model_page(route)
    place = world.places[village]
    asked_for = [] if about is None else [about[0]]
    asked_for += [
        COUNTY_ROWS[each] for each in PARAMETERS.get(route.name, {}).values() if each in COUNTY_ROWS
    ]
    if not route.parameters or all(place.row(model) is not None for model in asked_for):
        return place
    return world.places["their_county" if village == "theirs" else "our_county"]


def values_for(route: Route, place: Place | Nowhere) -> dict[str, object] | None:
    """The parameters of a route for one place; None when the place has no row of the kind.

    Raises NoExample when the route has parameters that nothing here knows.
    """
    if not route.parameters:
        return {}
    about = model_page(route)
    if about is not None:
        key = key_of(about[0], place)
        return None if key is None else {"object_id": key}
    if route.name not in PARAMETERS:
        raise NoExample(
            f"{route.name} takes {', '.join(route.parameters)}: "
            "say in PARAMETERS of tests/rights/examples.py what of a place goes there."
        )
    known = facts(place)
    return {
        parameter: source.removeprefix("=") if source.startswith("=") else known[source]
        for parameter, source in PARAMETERS[route.name].items()
    }


def is_shared(route: Route) -> bool:
    """Whether a route is about rows of no place: parties, known faults, regions, published terms."""
    about = model_page(route)
    sources = set(PARAMETERS.get(route.name, {}).values())
    return bool(sources & SHARED) if about is None else not is_scoped(about[0])


def addresses(world: World, village: str = "ours") -> Iterator[tuple[Route, str]]:
    """Every route with its address for a village or its county.

    Routes without an example are left out: test_matrix.py is red about them and says what to do.
    """
    for route in all_routes():
        with suppress(NoExample):
            values = values_for(route, subject(route, world, village))
            if values is not None:
                yield route, route.url(values)
