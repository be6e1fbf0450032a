"""The rows of a county in the small world of tests/rights/world.py."""

import secrets
from datetime import date, time, timedelta

from aftersales.accounts.roles import Role
from aftersales.audit import trail
from aftersales.audit.models import AuditBlock
from aftersales.notices.models import Delivery
from claims.models import (
    Account,
    Advance,
    CompensationPolicy,
    Deposit,
    Fund,
    FundMonth,
    Movement,
    ProviderOrder,
    SpendingLimit,
    WriteOff,
    WriteOffLine,
)
from stations.models import Agent, Grant, OpeningHours, RegionChange, Station, WorkCalendarDay
from tests.factories import NOW, give, make_agent, make_clock_policy, make_fund, make_user
from tests.rights.certificate_rows import certificate_rows
from tests.rights.edition_rows import frozen_report, published
from tests.rights.exam_rows import exam_rows
from tests.rights.export_rows import report_export
from tests.rights.follow_up_rows import incentive_payment
from tests.rights.handbook_rows import handbook_rows
from tests.rights.integration_rows import integration_rows
from tests.rights.learning_rows import learning_rows
from tests.rights.marks import Marks
from tests.rights.payout_rows import payout_batch, payout_rows
from tests.rights.programme_rows import programme_rows
from tests.rights.provider_rows import provider_desk
from tests.rights.question_rows import question_rows
from tests.rights.recovery_rows import recovery_rows
from tests.rights.skills_rows import skills_rows
from tests.rights.statement_rows import statement_rows
from tests.rights.supervision_rows import supervision_rows


def fill_county(place, villages: list) -> None:
    """One row of every model that belongs to a county: its fund, its staff, its rules, its history."""
    mark, county = place.marks, place.county_code
    fund = make_fund(county)
    fund.name = mark.word("fund")
    fund.save()
    official = make_user(mark.word("login"), full_name=mark.word("official"), county=county)
    place.keep(official, give(official, Role.OFFICER, region=county))
    place.row(Grant).reason = mark.word("grantreason")
    place.row(Grant).save()
    centre = Station.objects.get(county_code=county, tier="county")
    place.keep(fund, centre, make_agent(official, centre), centre.region)
    cash, budget = (Account.objects.get(fund=fund, kind=kind) for kind in ("cash", "budget"))
    batch = place.keep(payout_batch(mark, fund, official))
    for village in villages:
        claim = village.claims["executed"]
        owed = Account.objects.create(
            fund=fund,
            county_code=county,
            kind="advances",
            party=claim.order_line.order.merchant,
            balance_fen=600,
        )
        paid = _movement(
            fund, village.marks, debit=owed, credit=cash, kind="advance", claim=claim, by=official
        )
        village.keep(
            paid,
            owed,
            Advance.objects.create(
                claim=claim,
                movement=paid,
                fund=fund,
                county_code=county,
                party=owed.party,
                amount_fen=600,
                advanced_at=NOW,
            ),
            *payout_rows(village.marks, paid, batch),
            *skills_rows(village.marks, village.row(Agent), official),
            *(supervision_rows(mark, claim, official) if village is villages[0] else ()),
            *question_rows(official),
            *learning_rows(village.marks, village.row(Agent), official),
            *handbook_rows(place.marks, county, official),
            *exam_rows(village.marks, village.row(Agent), official),
            *certificate_rows(village.marks, village.row(Agent), official),
        )
    deposited = _movement(fund, mark, debit=cash, credit=budget, kind="deposit", claim=None, by=official)
    place.keep(
        owed,
        villages[0].row(Advance),
        deposited,
        Deposit.objects.create(
            fund=fund,
            county_code=county,
            amount_fen=5000,
            reference=mark.word("reference"),
            proposed_by=official,
            proposed_at=NOW,
        ),
        write_off := WriteOff.objects.create(
            fund=fund,
            county_code=county,
            party=owed.party,
            reason=mark.word("writeoffreason"),
            proposed_by=official,
            proposed_at=NOW,
        ),
        WriteOffLine.objects.create(
            write_off=write_off, county_code=county, advance=villages[0].row(Advance), amount_fen=600
        ),
        *recovery_rows(mark, villages[0].row(Advance), official),
        FundMonth.objects.create(
            fund=fund,
            county_code=county,
            first_day=date(2026, 10, 1),
            count=0,
            opening_fen=0,
            in_fen=0,
            out_fen=0,
            closing_fen=0,
            figures={"accounts": [], "kinds": []},
            movements_digest=mark.also(secrets.token_hex(32)),
            digest=mark.also(secrets.token_hex(32)),
            closed_by=official,
            closed_at=NOW,
        ),
        SpendingLimit.objects.create(
            fund=fund,
            county_code=county,
            kind="fund_month",
            key=mark.word("period"),
            limit_fen=9000,
            spent_fen=600,
        ),
        incentive_payment(mark, fund, official),
        provider_desk(mark, county, official),
        *statement_rows(mark, fund, villages[0].row(ProviderOrder), official),
        CompensationPolicy.objects.create(county_code=county, version=1, valid_from=date(2026, 1, 1)),
        draft := make_clock_policy(county, state="draft"),
        draft.rules.get(goods_type="fresh_fruit"),
        OpeningHours.objects.create(
            county_code=county, valid_from=date(2026, 1, 1), opens_at=time(8), closes_at=time(19)
        ),
        *programme_rows(mark, county, official),
        report_export(mark, county, official),
        *integration_rows(mark, county, owed.party, official),
        frozen_report(county),
        *published(county),
        WorkCalendarDay.objects.get(date=date(2026, 2, 14)),
        RegionChange.objects.create(
            county_code=county, old_code=f"{county[:6]}999000", what="-", applied_at=NOW
        ),
        Delivery.objects.create(
            channel="email",
            recipient=official,
            event="notices.summary",
            key=mark.word("deliverykey"),
            params={"count": 4},
            county_code=county,
            created_at=NOW,
            next_try_at=NOW,
            address_masked=mark.word("maskedaddress"),
        ),
        trail.record("fund.frozen", by=official, obj=fund, reason=mark.word("eventreason"), at=NOW),
        AuditBlock.objects.create(
            county_code=county,
            number=1,
            covers_until=NOW,
            event_count=1,
            hash=mark.also(secrets.token_hex(32)),
        ),
    )


def _movement(fund: Fund, mark: Marks, **facts) -> Movement:
    return Movement.objects.create(
        fund=fund,
        county_code=fund.county_code,
        amount_fen=600,
        business_key=mark.word(f"key{facts['kind']}"),
        note=mark.word("note"),
        at=NOW - timedelta(days=1),
        digest=secrets.token_hex(32),
        **facts,
    )
