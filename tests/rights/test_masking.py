"""Names, phones, addresses and accounts are masked until somebody says why they need them."""

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import Consumer
from tests.factories import seeing_everything
from tests.rights.examples import addresses
from tests.rights.matrix import Matrix
from tests.rights.visitors import LastingVisitor, Visitor, told
from tests.rights.world import ROLES, World

REASON = "calling about the pickup"


def shown_in_clear(visitor: Visitor, world: World) -> list[str]:
    """Pages that show clear personal data of anybody, for every village a page can be about."""
    matrix = Matrix()
    marks = set().union(*(place.marks.secret_marks for place in world.places.values()))
    found = []
    for village in ("ours", "next_door", "theirs"):
        for route, url in addresses(world, village):
            if "ok" in matrix.expected(route, "GET", visitor.role) and (
                route.parameters or village == "ours"
            ):
                seen = visitor.get(url).shows(marks)
                found += [f"{route.name} of {village} shows {seen}"] if seen else []
    return found


@pytest.mark.walk
@pytest.mark.parametrize("role", ["platform", "sibling"])
def test_pages_mask_everybody(role, world, visitors):
    """The other roles read everything in test_crawl.py; these reach further than our county."""
    assert not (wrong := shown_in_clear(visitors[role], world)), told(wrong)


@pytest.mark.walk
def test_the_crawl_notices_a_name_in_the_clear(world, visitors):
    place = world.places["ours"]
    consumer = place.row(Consumer)
    Consumer._base_manager.filter(pk=consumer.pk).update(name_masked=consumer.clear_name())

    assert any(place.marks.secret_stem in sentence for sentence in shown_in_clear(visitors["agent"], world))


def revealed():
    with seeing_everything():
        return list(AuditEvent.objects.filter(verb="personal.revealed"))


def test_a_reason_opens_one_person_once_and_is_kept(world):
    place = world.places["ours"]
    consumer = place.row(Consumer)
    visitor = LastingVisitor("agent", world.users["agent"])
    url = f"/claims/consumers/{consumer.pk}/"

    answer = visitor.post(url, {"reason": REASON})
    later = visitor.get(url)

    shown = {consumer.clear_name(), consumer.clear_phone()}
    assert {mark for mark in shown if mark in answer.page} == shown
    assert "no-store" in answer.headers["cache-control"]
    assert later.shows(place.marks.secret_marks) == []
    [event] = revealed()
    assert (
        event.actor_id,
        event.object_type,
        event.object_id,
        event.reason,
        event.station_id,
        event.door,
    ) == (
        world.users["agent"].pk,
        "claims.consumer",
        str(consumer.pk),
        REASON,
        consumer.station_id,
        "page",
    )
    assert not any(mark in str(event.after) for mark in place.marks.secret_marks)


@pytest.mark.parametrize("reason", ["", "   ", "abc", None])
def test_without_a_reason_nothing_opens(world, reason):
    place = world.places["ours"]
    visitor = LastingVisitor("agent", world.users["agent"])

    sent = {} if reason is None else {"reason": reason}
    answer = visitor.post(f"/claims/consumers/{place.row(Consumer).pk}/", sent)

    assert answer.shows(place.marks.secret_marks) == []
    assert revealed() == []


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role not in ("agent", "township", "officer", "manager")]
)
def test_others_open_nobody(world, role):
    place = world.places["ours"]
    visitor = LastingVisitor(role, world.users[role])

    answer = visitor.post(f"/claims/consumers/{place.row(Consumer).pk}/", {"reason": REASON})

    assert answer.status in (302, 403, 404)
    assert answer.shows(place.marks.secret_marks | place.marks.masked) == []
    assert revealed() == []


def test_the_progress_page_names_nobody(world, visitors):
    place = world.places["ours"]
    claim, consumer = place.claims["executed"], place.row(Consumer)

    answer = visitors["anonymous"].post(
        "/track/", {"number": claim.number, "last_four": consumer.clear_phone()[-4:]}
    )

    assert claim.number in answer.page
    assert answer.shows(place.marks.secret_marks | place.marks.masked) == []
