"""A small world in which every place is full of strings that exist nowhere else.

Three villages with everything that can hang on a station, and the two counties above them. Rows are written
past the services, because what matters here is what the doors show, not how it came about.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db import connection
from django.db.models import Model

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.accounts.scoping import Scope
from aftersales.audit import trail
from aftersales.ops import beats
from aftersales.ops.models import Heartbeat
from aftersales.web import picture_store, pictures
from aftersales.web.models import SubmissionKey
from claims.models import (
    Claim,
    Compensation,
    CompensationPolicy,
    Consent,
    Consumer,
    Coupon,
    CustodyItem,
    Photo,
    Reship,
    Stocktake,
    Visit,
)
from claims.rules.numbering import make_coupon_code, make_label
from stations.models import Grant, ProviderDesk, Station
from tests.cast import Cast, make_cast
from tests.claims.pictures import jpeg
from tests.factories import NOW, give, make_claim, make_line, make_party, make_user, seeing_everything
from tests.rights.appeal_rows import appeal_rows
from tests.rights.class_rows import class_rows
from tests.rights.clock_rows import clock_rows
from tests.rights.county_rows import fill_county
from tests.rights.diagnosis_rows import diagnosis_rows
from tests.rights.flag_rows import flag_rows
from tests.rights.follow_up_rows import follow_up_rows
from tests.rights.marks import RARE_SURNAMES, Marks
from tests.rights.part_rows import part_rows
from tests.rights.provider_rows import provider_rows
from tests.rights.remedy_rows import remedy_rows
from tests.rights.visit_rows import visit_rows

OUR_COUNTY, THEIR_COUNTY = "520123000000", "320324000000"
# Whose rows the scope of a column reaches; "ours" is the village of the agent.
REACH: dict[str, frozenset[str]] = {
    "agent": frozenset({"ours"}),
    "neighbour": frozenset({"next_door"}),
    "township": frozenset({"ours", "next_door"}),
    "officer": frozenset({"ours", "next_door", "our_county"}),
    "manager": frozenset({"ours", "next_door", "our_county"}),
    "trainer": frozenset({"ours", "next_door", "our_county"}),
    "supervisor": frozenset({"ours", "next_door", "our_county"}),
    "platform": frozenset({"ours", "next_door", "theirs", "our_county", "their_county"}),
    "regulator": frozenset({"ours", "next_door", "our_county"}),
    "integration": frozenset({"ours", "next_door", "our_county"}),
    "provider": frozenset(),
    "administrator": frozenset({"ours", "next_door", "theirs", "our_county", "their_county"}),
    "nobody": frozenset(),
    "sibling": frozenset({"theirs", "their_county"}),
    "anonymous": frozenset(),
}
ROLES = tuple(REACH)
# These count rows and are shown none.
SEES_NO_ROWS = frozenset({"regulator", "integration"})
SAME_PICTURE = "5a" * 32
CLAIM_STATES = ("proposed", "chosen", "approved", "executed", "reship", "refused", "merged")


@dataclass(eq=False)
class Place:
    """A village or a county with its marks and one row of every model that belongs to it."""

    name: str
    marks: Marks
    county_code: str
    scope: Scope
    rows: dict[type[Model], Model] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    staged_token: str = ""

    def row(self, model: type[Model]) -> Model | None:
        return self.rows.get(model)

    def keep(self, *rows: Model) -> Model:
        """Remember rows as the examples of their models; returns the last."""
        for row in rows:
            self.rows[type(row)] = row
            if hasattr(row, "scope_paths"):
                self.marks.also(str(row.pk))
        return rows[-1]


@dataclass
class World:
    """The cast, the places by name, and one account for every column of the matrix."""

    cast: Cast
    places: dict[str, Place]
    users: dict[str, User | None]

    @property
    def villages(self) -> list[Place]:
        return [self.places[name] for name in ("ours", "next_door", "theirs")]

    def hidden_from(self, role: str) -> list[Place]:
        """Places of which this role must never see a mark."""
        seen = frozenset() if role in SEES_NO_ROWS else REACH[role]
        return [place for name, place in self.places.items() if name not in seen]

    def foreign_to(self, role: str) -> list[Place]:
        """Villages whose rows this role must not be able to tell from rows that do not exist."""
        return [place for place in self.villages if place.name not in REACH[role]]


def start_keys_high() -> None:
    """Let keys begin at nine digits, so that a key in an answer is as telling as a word."""
    models = [model for model in apps.get_models() if model._meta.auto_field and model._meta.managed]
    with connection.cursor() as cursor:
        for number, model in enumerate(models, start=1):
            start, table = 400_000_000 + number * 1_000_000, model._meta.db_table
            if connection.vendor == "postgresql":
                column = model._meta.auto_field.column
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, start])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, start])


def make_world() -> World:
    start_keys_high()
    cast = make_cast()
    surnames = iter(RARE_SURNAMES)
    places = {}
    for name, station, person in (
        ("ours", cast.guangcheng, cast.agent),
        ("next_door", cast.liuguang, cast.neighbour),
        ("theirs", cast.chenlou, cast.suining_agent),
    ):
        scope = Scope(who="test", stations=frozenset({station.pk}))
        places[name] = Place(name, Marks(next(surnames)), station.county_code, scope)
        with seeing_everything():
            _fill_village(places[name], station, person)
    for name, county, villages in (
        ("our_county", OUR_COUNTY, ("ours", "next_door")),
        ("their_county", THEIR_COUNTY, ("theirs",)),
    ):
        scope = Scope(who="test", regions=frozenset({county[:6]}))
        places[name] = Place(name, Marks(next(surnames)), county, scope)
        with seeing_everything():
            fill_county(places[name], [places[village] for village in villages])
    # The task cluster is alive, so that a monitor is told that all is well.
    for expected in beats.EXPECTED:
        Heartbeat.objects.create(name=expected.name, beat_at=NOW)
    integration = make_user("integration", full_name="接口")
    give(integration, Role.INTEGRATION, region=OUR_COUNTY)
    provider = make_user("provider", full_name="维修商", county=OUR_COUNTY)
    give(provider, Role.PROVIDER, region=OUR_COUNTY)
    # Of a provider that nobody has ordered from: what it sees of its own is told by tests of its pages.
    with seeing_everything():
        ProviderDesk.objects.create(
            user=provider,
            provider=make_party("provider", "无单维修部"),
            county_code=OUR_COUNTY,
            opened_by=cast.manager,
            opened_at=NOW,
        )
    users = {role: getattr(cast, role, None) for role in ROLES}
    users |= {"township": cast.technician, "sibling": cast.suining_manager, "integration": integration}
    users |= {"provider": provider}
    return World(cast, places, users)


def _fill_village(place: Place, station: Station, person: User) -> None:
    mark = place.marks
    station.name, station.phone = f"{mark.word('station')}站", mark.word("tel")
    station.save()
    person.full_name = mark.word("person")
    person.save()
    place.keep(station, person, person.agent, person.agent.postings.get(), person.grants.get())
    person.agent.dialects = mark.word("dialect")
    person.agent.save()
    place.row(Grant).reason = mark.word("grantreason")
    place.row(Grant).save()
    posting = person.agent.postings.get()
    posting.reason = mark.word("postingreason")
    posting.save()
    merchant = make_party("merchant", mark.firm("merchant"))
    merchant.contact = mark.firm("contact")
    merchant.save()
    place.keep(merchant, station.region)
    consumer = Consumer(station=station, county_code=station.county_code, created_at=NOW)
    consumer.set_personal(**mark.person())
    consumer.save()
    place.keep(consumer)
    for state in CLAIM_STATES:
        place.claims[state] = _claim(place, state, station, person, consumer, merchant)
    line = make_line(
        station,
        consumer=consumer,
        product=mark.word("product"),
        number=mark.word("order"),
        merchant=merchant,
        sku=mark.word("sku"),
        batch=mark.word("batch"),
    )
    place.keep(line, line.order, place.claims["proposed"])
    place.staged_token = mark.word("formtoken") + "0" * 12
    # One picture that lies with a claim of every village: nobody may be told the others' numbers for it.
    shared = _photo(place, station, person, claim=place.claims["chosen"], token="", sha256=SAME_PICTURE)
    place.keep(
        _photo(place, station, person, claim=None, token=place.staged_token),
        _photo(place, station, person, claim=place.claims["proposed"], token=""),
    )
    place.keep(*_goods(place, station, person))
    place.keep(*clock_rows(mark, place.claims["proposed"], person))
    place.keep(
        *remedy_rows(mark, place.claims["proposed"], place.claims["executed"].compensations.get(), person)
    )
    place.keep(*appeal_rows(mark, place.claims, person))
    place.keep(*flag_rows(mark, shared, person))
    place.keep(*follow_up_rows(mark, place.claims["executed"], person))
    place.keep(*diagnosis_rows(mark, place.claims["approved"], person))
    place.keep(*provider_rows(mark, place.claims["approved"], person))
    place.keep(*part_rows(mark, place.row(Visit), person))
    place.keep(*visit_rows(mark, place.row(Visit), person))
    place.keep(*class_rows(mark, station, person))
    SubmissionKey.objects.create(
        client=f"user:{person.pk}",
        key=mark.word("submissionkey"),
        fingerprint="0" * 64,
        object_type="claims.claim",
        object_id=str(place.claims["proposed"].pk),
        created_at=NOW,
    )


def _claim(place, state, station, person, consumer, merchant) -> Claim:
    mark = place.marks
    line = make_line(
        station,
        consumer=consumer,
        product=mark.word(f"goods{state}"),
        number=mark.word(f"order{state}"),
        merchant=merchant,
        batch=mark.word("batch"),
    )
    status = {"executed": "resolved", "refused": "rejected", "merged": "merged"}.get(state, "accepted")
    claim = make_claim(
        station,
        filed_by=person,
        line=line,
        consumer=consumer,
        status=status,
        description=mark.word("description"),
        batch=mark.word("batch"),
        reply_progress=mark.word("progress"),
        reply_method=mark.word("method"),
        rejection_code="other" if state == "refused" else "",
        rejection_text=mark.word("rejection") if state == "refused" else "",
        merged_into=place.claims["proposed"] if state == "merged" else None,
        resolved_at=NOW if state == "executed" else None,
    )
    mark.also(claim.number)
    trail.record(
        "claim.filed", by=person, obj=claim, after={"number": claim.number}, reason=mark.word("eventreason")
    )
    if state != "merged":
        _compensation(place, state, claim, person)
    place.keep(
        Consent.objects.create(
            consumer=consumer,
            claim=claim,
            station=station,
            county_code=station.county_code,
            kind="spoken",
            given_at=NOW,
            recorded_by=person,
        )
    )
    return claim


def _compensation(place, state, claim, person) -> None:
    chosen = state not in ("proposed", "refused")
    remedy = "reship" if state == "reship" else "refund"
    compensation = Compensation.objects.create(
        claim=claim,
        station=claim.station,
        county_code=claim.county_code,
        policy=CompensationPolicy.objects.get(county_code="", version=1),
        bad_milli=3000,
        total_milli=20_000,
        paid_fen=4000,
        amount_fen=600,
        granted_fen=600 if state in ("approved", "executed", "reship") else 0,
        state="executed" if state == "reship" else state,
        remedy=remedy if chosen else "",
        payout_method="cash" if chosen and remedy == "refund" else "",
        chosen_at=NOW if chosen else None,
        asked_how="in_person" if chosen else "",
        asked_by=person if chosen else None,
        worked_out_by=person,
        worked_out_at=NOW,
        receipt_number=place.marks.also(f"R{secrets.token_hex(6)}") if state == "executed" else "",
    )
    if compensation.granted_fen:
        line = claim.order_line
        line.granted_fen, line.bad_milli = compensation.granted_fen, compensation.bad_milli
        line.save()
    place.keep(compensation)
    merchant = claim.order_line.order.merchant
    where = {"station": claim.station, "county_code": claim.county_code, "merchant": merchant}
    if state == "executed":
        coupon = Coupon.objects.create(
            compensation=compensation,
            code=make_coupon_code(),
            value_fen=660,
            issued_at=NOW,
            expires_on=date(2027, 5, 1),
            **where,
        )
        place.marks.also(coupon.code)
        place.keep(coupon)
    if state == "reship":
        place.keep(
            Reship.objects.create(compensation=compensation, quantity_milli=3000, ordered_at=NOW, **where)
        )


def _goods(place, station, person) -> tuple[CustodyItem, Stocktake]:
    mark, where = place.marks, {"station": station, "county_code": station.county_code}
    item = CustodyItem.objects.create(
        label=mark.also(make_label()),
        claim=place.claims["proposed"],
        what=mark.word("returned"),
        condition="opened",
        remark=mark.word("remark"),
        shelf=mark.word("shelf"),
        received_at=NOW,
        received_by=person,
        keeper=person,
        **where,
    )
    return item, Stocktake.objects.create(at=NOW, by=person, missing=[item.label], **where)


def _photo(place, station, person, *, claim, token, sha256="") -> Photo:
    picture = pictures.rebuild(jpeg(len(place.rows) + sum(map(ord, place.name))), now=NOW)
    photo = Photo.objects.create(
        claim=claim,
        form_token=token,
        station=station,
        county_code=station.county_code,
        file_name=place.marks.also(picture_store.store(picture)),
        width=picture.width,
        height=picture.height,
        byte_size=len(picture.jpeg),
        sha256=sha256 or place.marks.also(picture.sha256[:-8] + secrets.token_hex(4)),
        uploaded_by=person,
        uploaded_at=NOW,
    )
    place.marks.also(photo.file_name[:8])
    return photo
