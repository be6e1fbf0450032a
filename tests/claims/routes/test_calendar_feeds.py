import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Preference
from aftersales.web.models import FailureCount
from claims.models import CalendarFeed
from claims.queries import calendar_feeds as reading
from claims.services import calendar_feeds as service
from stations.models import Grant
from tests.claims.routes.places import EIGHT, put_on_the_map, visit_in
from tests.factories import NOW, give, seeing_everything

OWN = "/claims/calendar/"


def made(person) -> str:
    return service.make(by=person, now=NOW)


def read(token, **headers):
    with time_machine.travel(NOW, tick=False):
        return Client(headers=headers).get(f"/calendar/{token}.ics")


def lines(response) -> list[str]:
    return response.content.decode().replace("\r\n ", "").split("\r\n")


def events(response) -> list[dict[str, str]]:
    """Every appointment as a dictionary of its properties, without their parameters."""
    found = []
    for line in lines(response):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and not line.startswith(("END:", "BEGIN:")):
            name, _colon, value = line.partition(":")
            found[-1][name.partition(";")[0]] = value
    return [{key: value for key, value in each.items() if key} for each in found]


def verbs() -> list[str]:
    with seeing_everything():
        rows = AuditEvent.objects.filter(verb__startswith="calendar_feed.").order_by("id")
        return list(rows.values_list("verb", flat=True))


def test_the_secret_is_long_and_only_its_hash_is_kept(cast):
    token = made(cast.technician)

    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.made_at, feed.read_at) == (cast.technician, NOW, None)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert feed.token_hash == reading.hashed(token) != token
    assert reading.by_token(token) == feed
    assert verbs() == ["calendar_feed.made"]
    with seeing_everything():
        assert token not in str(list(AuditEvent.objects.values()))


def test_a_new_address_ends_the_old_one(cast):
    old = made(cast.technician)
    new = made(cast.technician)

    assert (read(old).status_code, read(new).status_code) == (404, 200)
    assert verbs() == ["calendar_feed.made", "calendar_feed.renewed"]


def test_revoking_ends_it_and_is_refused_a_second_time(cast):
    token = made(cast.technician)
    mine = made(cast.agent)

    service.revoke(by=cast.technician, now=NOW)

    assert (read(token).status_code, read(mine).status_code) == (404, 200)
    with pytest.raises(Refused) as refused:
        service.revoke(by=cast.technician, now=NOW)
    assert refused.value.code == "no_feed"


def test_a_visit_is_an_appointment_without_a_word_about_the_person(cast):
    put_on_the_map(cast)
    visit = visit_in(cast, cast.guangcheng, EIGHT, is_home_help=True, version=4, task="找张桂英老人")
    visit_in(cast, cast.guangcheng, EIGHT, technician=cast.agent)

    answer = read(made(cast.technician))

    number = visit.claim.number
    assert events(answer) == [
        {
            "UID": f"visit-{visit.pk}-{number}@aftersales",
            "DTSTAMP": "20261120T023000Z",
            "LAST-MODIFIED": "20261120T023000Z",
            "SEQUENCE": "4",
            "DTSTART": "20261123T080000",
            "DTEND": "20261123T100000",
            "SUMMARY": f"{visit.get_kind_display()} · 广城村 · {number}",
            "LOCATION": "六广镇 广城村",
            "GEO": "26.91;106.6",
            "DESCRIPTION": events(answer)[0]["DESCRIPTION"],
            "URL": f"http://testserver/claims/visits/{visit.pk}/",
            "STATUS": "CONFIRMED",
            "TRANSP": "OPAQUE",
        }
    ]
    text = answer.content.decode()
    assert [word in text for word in ("张", "177", "找", "老人")] == [False] * 4


def test_words_are_in_the_language_in_which_somebody_is_told(cast):
    Preference.objects.create(user=cast.technician, language="en")
    visit = visit_in(cast, cast.guangcheng, EIGHT)

    found = events(read(made(cast.technician)))[0]

    assert found["SUMMARY"] == f"Pickup · 广城村 · {visit.claim.number}"
    assert found["DESCRIPTION"].startswith("Fresh fruit\\, window 08:00–10:00\\, Planned. Name\\,")


def test_cancelled_and_moved_visits_stay_a_month_as_cancelled_ones(cast):
    days = [timedelta(days=number) for number in (-31, -30, -1, 3)]
    for state, day in zip(("done", "cancelled", "moved", "planned"), days, strict=True):
        visit_in(cast, cast.guangcheng, NOW.replace(hour=0) + day, state=state)

    assert [each["STATUS"] for each in events(read(made(cast.technician)))] == [
        "CANCELLED",
        "CANCELLED",
        "CONFIRMED",
    ]


def test_the_answer_can_be_kept_until_something_changes(cast):
    visit = visit_in(cast, cast.guangcheng, EIGHT)
    token = made(cast.technician)
    first = read(token)
    mark = first.headers["ETag"]

    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert (first.cookies, first.headers.get("Set-Cookie")) == ({}, None)
    same = read(token, if_none_match=mark)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", mark)

    with seeing_everything():
        visit.technician = cast.agent
        visit.save()
    changed = read(token, if_none_match=mark)
    assert (changed.status_code, events(changed)) == (200, [])


def test_when_a_calendar_last_came_is_noted_every_quarter_of_an_hour(cast):
    token = made(cast.technician)
    feed = CalendarFeed.objects.get()

    for minutes in (0, 14, 16):
        service.note_read(feed=feed, now=NOW + timedelta(minutes=minutes))
        feed.refresh_from_db()
        assert feed.read_at == NOW + timedelta(minutes=minutes if minutes != 14 else 0)

    assert read(token).status_code == 200


@pytest.mark.parametrize("why", ["no right any more", "switched off", "left"])
def test_a_feed_ends_with_the_right_to_carry_out_visits(cast, why):
    token = made(cast.technician)
    assert read(token).status_code == 200

    if why == "switched off":
        cast.technician.is_active = False
        cast.technician.save()
    else:
        changes = {"role": "trainer"} if why == "no right any more" else {"withdrawn_at": NOW}
        with seeing_everything():
            Grant.objects.filter(user=cast.technician).update(**changes)

    assert read(token).status_code == 404


def test_of_a_place_that_somebody_has_left_nothing_stays_in_the_calendar(cast):
    visit_in(cast, cast.guangcheng, EIGHT, technician=cast.agent)
    token = made(cast.agent)
    assert len(events(read(token))) == 1

    with seeing_everything():
        Grant.objects.filter(user=cast.agent).update(withdrawn_at=NOW)
    give(cast.agent, Role.AGENT, station=cast.chenlou)

    left = read(token)
    assert (left.status_code, events(left)) == (200, [])


def test_guessing_is_slow_and_a_right_address_waits_with_it(cast):
    token = made(cast.technician)
    for text in ("", "x", "A" * 43, "村" * 43, "A" * 4000):
        assert read(text).status_code == 404
    assert FailureCount.objects.get().count == 4

    FailureCount.objects.update(count=60)
    assert (read("A" * 43).status_code, read(token).status_code) == (429, 429)
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert Client().get(f"/calendar/{token}.ics").status_code == 200


def test_nothing_but_reading(cast):
    token = made(cast.technician)

    assert Client().post(f"/calendar/{token}.ics").status_code == 405
    assert Client().head(f"/calendar/{token}.ics").status_code == 200


def test_a_full_calendar_takes_as_many_statements_as_an_empty_one(cast, django_assert_num_queries):
    token = made(cast.technician)
    read(token)
    for hours in range(6):
        visit_in(cast, cast.guangcheng, EIGHT + timedelta(hours=hours))

    with django_assert_num_queries(6):
        assert len(events(read(token))) == 6


def test_the_page_makes_an_address_shows_it_once_and_revokes_it(cast, door):
    client = door(cast.technician)
    assert "Make my address" in client.get(OWN).content.decode()

    page = client.post(f"{OWN}make/")

    address = page.context["address"]
    assert page.context["subscribe"] == address.replace("http://", "webcal://")
    assert address in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().get(address).status_code == 200
    later = client.get(OWN).content.decode()
    assert address not in later
    assert "Last read by a calendar" in later

    answer = client.post(f"{OWN}revoke/", follow=True)
    assert "Revoked." in answer.content.decode()
    assert Client().get(address).status_code == 404
    again = client.post(f"{OWN}revoke/", follow=True)
    assert "There is no address to revoke." in again.content.decode()


def test_only_who_makes_visits_has_a_calendar_of_them(cast, door):
    answers = [door(each).get(OWN).status_code for each in (cast.agent, cast.manager, cast.trainer)]

    assert answers == [200, 200, 403]
    assert door(cast.trainer).post(f"{OWN}make/").status_code == 403
    assert door(cast.agent).get(f"{OWN}make/").url == OWN
    assert not CalendarFeed.objects.exists()
