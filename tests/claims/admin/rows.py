"""One county with a row of everything that the admin shows: what is decided and what waits."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Advance, Claim, Compensation, Coupon, Deposit, Fund, Photo, Reship
from claims.services import compensation as compensations
from claims.services import evidence
from claims.services import fund as funds
from tests.claims.pictures import jpeg
from tests.factories import NOW, make_claim, make_consumer, make_fund, make_line, seeing_everything

TEN_YUAN, EIGHTY_YUAN = 1_000, 8_000
"""Below and above what the rule pays by itself."""


@dataclass
class CountyRows:
    """`waiting`: chosen, to be decided. `paid`: a refund that was carried out."""

    fund: Fund
    claim: Claim
    waiting: Compensation
    paid: Compensation
    advance: Advance
    coupon: Coupon
    reship: Reship
    deposit: Deposit
    photo: Photo


def make_rows(station, *, agent, officer, manager, name: str = "张桂英") -> CountyRows:
    """Everything comes about by the services, as the people of the county would have done it."""
    fund = make_fund(station.county_code)
    consumer = make_consumer(station, name=name, phone=f"1390000{station.pk:04d}")
    paid = choose(station, agent=agent, consumer=consumer, remedy="refund")
    with seeing_everything():
        paid = compensations.approve(compensation=paid, by=officer, now=NOW)
        paid = compensations.execute(compensation=paid, by=officer, now=NOW)
        coupon = choose(station, agent=agent, consumer=consumer, remedy="coupon", paid_fen=TEN_YUAN)
        reship = choose(station, agent=agent, consumer=consumer, remedy="reship", paid_fen=TEN_YUAN)
        for each in (coupon, reship):
            approved = compensations.approve(compensation=each, by=officer, now=NOW)
            compensations.execute(compensation=approved, by=officer, now=NOW)
        waiting = choose(station, agent=agent, consumer=consumer, remedy="refund")
        deposit = funds.propose_deposit(
            fund=fund, amount_fen=500_000, reference=f"BANK {station.county_code}", by=manager, now=NOW
        )
        photo = evidence.stage(
            upload=SimpleUploadedFile("photo.jpg", jpeg(), "image/jpeg"),
            station=station,
            form_token=f"form-token-{station.pk:016d}",
            by=agent,
            now=NOW,
        )
        evidence.attach(claim=waiting.claim, form_token=photo.form_token, by=agent, now=NOW)
        return CountyRows(
            fund=fund,
            claim=waiting.claim,
            waiting=waiting,
            paid=paid,
            advance=Advance.objects.get(claim=paid.claim),
            coupon=Coupon.objects.get(compensation=coupon),
            reship=Reship.objects.get(compensation=reship),
            deposit=deposit,
            photo=Photo.objects.get(pk=photo.pk),
        )


def choose(
    station, *, agent, consumer=None, remedy: str = "refund", paid_fen: int = EIGHTY_YUAN, **claim
) -> Compensation:
    """A claim on goods that are all bad, worked out and chosen, that a person has to decide."""
    consumer = consumer or make_consumer(station)
    line = make_line(station, consumer=consumer, paid_fen=paid_fen, quantity_milli=10_000)
    claim = make_claim(
        station,
        filed_by=agent,
        line=line,
        consumer=consumer,
        bad_milli=10_000,
        filed_at=claim.pop("filed_at", NOW - timedelta(hours=1)),
        **claim,
    )
    with seeing_everything():
        proposed = compensations.work_out(claim=claim, by=agent, now=NOW)
        return compensations.choose(
            compensation=proposed,
            remedy=remedy,
            payout_method="cash" if remedy == "refund" else "",
            asked_how="in_person",
            by=agent,
            now=NOW,
        )
