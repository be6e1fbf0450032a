"""Consumers as a station knows them: taking them down, and opening what is sealed about them."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.sealing import phone_index
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.phones import PhoneError, normalise_phone
from aftersales.web.lines import checked_line
from claims.models import Consumer
from claims.services import reach, reasons
from stations.models import Station

NAME_SIGNS = 40
ADDRESS_SIGNS = 200
ACCOUNT_SIGNS = 60
DIALECT_SIGNS = 30
FIELDS = ("name", "phone", "address", "account")


def register(
    *,
    station: Station,
    name: str,
    phone: str,
    address: str = "",
    account: str = "",
    is_city_buyer: bool = False,
    dialect: str = "",
    by: User,
    now: datetime,
) -> Consumer:
    """Take down a consumer at a station; the same phone there is the same consumer and is brought up to date.

    An address, account or dialect that is not given leaves the known one alone. Without a phone a new
    consumer is taken down every time.

    Raises Refused("unknown_station"), Refused("name_missing"), Refused("phone_invalid"),
    Refused("too_long").
    """
    reach.station(station)
    given = {
        "name": checked_line(name, limit=NAME_SIGNS, field="name"),
        "phone": _phone(phone),
        "address": checked_line(address, limit=ADDRESS_SIGNS, field="address"),
        "account": checked_line(account, limit=ACCOUNT_SIGNS, field="account"),
    }
    dialect = checked_line(dialect, limit=DIALECT_SIGNS, field="dialect")
    if not given["name"]:
        raise Refused(_("Enter the consumer's name."), code="name_missing", field="name")
    with transaction.atomic():
        known = _known(station, given["phone"])
        if known is None:
            try:
                with transaction.atomic():
                    return _take_down(
                        station, given, is_city_buyer=is_city_buyer, dialect=dialect, by=by, now=now
                    )
            except IntegrityError:
                # Somebody else took the same phone down a moment ago.
                known = _known(station, given["phone"])
                if known is None:
                    raise
        return _bring_up_to_date(known, given, is_city_buyer=is_city_buyer, dialect=dialect, by=by, now=now)


def is_phone_of(consumer: Consumer, phone: str) -> bool:
    """Whether somebody is known by this phone number. Raises Refused("phone_invalid") for what is none."""
    given = _phone(phone)
    return bool(given) and consumer.phone_index == phone_index(given)


def register_many(
    *,
    people: Collection[tuple[Station, str, str]],
    renames: bool = True,
    by: User,
    now: datetime,
) -> dict[tuple[int, str, str], int]:
    """Take down many people of many stations, who come with name and phone; returns the key of each.

    The same as `register` for one after the other, in a handful of statements; unless `renames`, somebody who
    is known keeps their name. `people` are checked already and within reach; phones are in their normal form.
    Raises IntegrityError, with nothing written, when somebody else takes one of them down at this moment: the
    second call finds them.
    """
    stations = {station.pk: station for station, _name, _phone in people}
    indexes = {phone: phone_index(phone) for _station, _name, phone in people}
    last_name = {(station.pk, indexes[phone]): (name, phone) for station, name, phone in people}
    known = {
        (consumer.station_id, consumer.phone_index): consumer
        for consumer in Consumer.objects.filter(
            station__in=stations.keys(), phone_index__in=set(indexes.values())
        )
    }
    new = []
    with transaction.atomic():
        for place, (name, phone) in sorted(last_name.items()):
            if place in known:
                if renames:
                    given = {"name": name}
                    _bring_up_to_date(known[place], given, is_city_buyer=False, dialect="", by=by, now=now)
                continue
            station = stations[place[0]]
            consumer = Consumer(station=station, county_code=station.county_code, created_at=now)
            consumer.set_personal(name=name, phone=phone)
            new.append(consumer)
        Consumer.objects.bulk_create(new)
        trail.record_many(
            trail.prepare("consumer.registered", by=by, obj=consumer, after=_masked(consumer), at=now)
            for consumer in new
        )
    known |= {(consumer.station_id, consumer.phone_index): consumer for consumer in new}
    return {
        (station.pk, name, phone): known[station.pk, indexes[phone]].pk for station, name, phone in people
    }


def note_dialect(*, consumer: Consumer, dialect: str, by: User, now: datetime) -> Consumer:
    """Keep which dialect or language somebody speaks; nothing leaves what is known alone.

    Raises Refused("unknown_consumer"), Refused("too_long").
    """
    known = reach.consumer(consumer)
    dialect = checked_line(dialect, limit=DIALECT_SIGNS, field="dialect")
    return _bring_up_to_date(known, {}, is_city_buyer=False, dialect=dialect, by=by, now=now)


def reveal(
    *, consumer: Consumer, fields: Collection[str], reason: str, by: User, now: datetime
) -> dict[str, str]:
    """Open sealed values of a consumer for one person, who says why; history keeps who looked at what.

    Raises Refused("unknown_consumer"), Refused("reason_missing"), Refused("unknown_field"), and Erased
    (code "personal_data_erased").
    """
    consumer = reach.consumer(consumer)
    wanted = [field for field in FIELDS if field in fields]
    if not wanted or set(fields) - set(FIELDS):
        raise Refused(_("Choose what you need to see."), code="unknown_field", field="fields")
    reason = reasons.given(reason)
    opened = {field: getattr(consumer, f"clear_{field}")() for field in wanted}
    trail.record("personal.revealed", by=by, obj=consumer, after={"fields": wanted}, reason=reason, at=now)
    return opened


def checked_phone(text: str) -> str:
    """A phone as it is kept. Raises Refused("phone_invalid")."""
    try:
        return normalise_phone(text)
    except PhoneError:
        raise Refused(
            _("Enter a mobile number with 11 digits or a landline with its area code."),
            code="phone_invalid",
            field="phone",
        ) from None


def _known(station: Station, phone: str) -> Consumer | None:
    index = phone_index(phone)
    return Consumer.objects.filter(station=station, phone_index=index).first() if index else None


def _take_down(station, given, *, is_city_buyer, dialect, by, now) -> Consumer:
    consumer = Consumer(
        station=station,
        county_code=station.county_code,
        is_city_buyer=is_city_buyer,
        dialect=dialect,
        created_at=now,
    )
    consumer.set_personal(**given)
    consumer.save(force_insert=True)
    trail.record("consumer.registered", by=by, obj=consumer, after=_masked(consumer), at=now)
    return consumer


def _bring_up_to_date(consumer: Consumer, given, *, is_city_buyer, dialect, by, now) -> Consumer:
    changed = {
        field: text
        for field, text in given.items()
        if text and field != "phone" and text != getattr(consumer, f"clear_{field}")()
    }
    before = _masked(consumer)
    columns = consumer.set_personal(**changed) if changed else []
    if is_city_buyer and not consumer.is_city_buyer:
        consumer.is_city_buyer = True
        columns.append("is_city_buyer")
    if dialect and dialect != consumer.dialect:
        consumer.dialect = dialect
        columns.append("dialect")
    if columns:
        consumer.save(update_fields=columns)
        trail.record("consumer.updated", by=by, obj=consumer, before=before, after=_masked(consumer), at=now)
    return consumer


def _masked(consumer: Consumer) -> dict[str, str | bool]:
    masked = {field: getattr(consumer, f"{field}_masked") for field in FIELDS}
    return {**masked, "is_city_buyer": consumer.is_city_buyer, "dialect": consumer.dialect}


def _phone(text: str) -> str:
    return checked_phone(text) if text.strip() else ""
