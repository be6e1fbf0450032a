"""Who is told of a visit, in which words, and that no message tells of a person."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from aftersales.notices.events import registered
from aftersales.notices.posting import post, post_outside
from aftersales.notices.wording import Wordings
from claims.services import visit_notices
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import NOW, make_claim, make_party


@pytest.fixture
def visit(cast):
    """A visit that the technician makes for a claim that the agent handles."""
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    return make_visit(
        claim, kind="repair", starts_at=shanghai(MONDAY, 14), technician=cast.technician, failure="road"
    )


def told(messages) -> list[tuple[str, int]]:
    return [(message.event, message.recipient_id) for message in messages]


def test_who_did_it_is_not_told(cast, visit):
    agent, technician, officer = cast.agent, cast.technician, cast.officer

    assert told(visit_notices.planned(visit, by=technician)) == [("visit.planned", agent.pk)]
    assert sorted(told(visit_notices.cancelled(visit, by=officer))) == sorted(
        [("visit.cancelled", agent.pk), ("visit.cancelled", technician.pk)]
    )
    assert told(visit_notices.failed(visit, by=technician)) == [("visit.failed", agent.pk)]
    assert told(visit_notices.failed(visit, by=agent)) == []


def test_both_are_told_who_goes_now(cast, visit):
    given = visit_notices.given(visit, before=cast.neighbour.pk, by=cast.officer)
    same = visit_notices.given(visit, before=cast.technician.pk, by=cast.officer)

    assert told(given) == [("visit.given", cast.technician.pk), ("visit.taken_away", cast.neighbour.pk)]
    assert same == []


def test_a_moved_visit_tells_its_old_window(cast, visit):
    before = make_visit(
        visit.claim, starts_at=shanghai(MONDAY, 8), technician=cast.neighbour, state="moved", kind="repair"
    )

    messages = visit_notices.moved(visit, before=before, by=cast.officer)

    assert ("visit.taken_away", cast.neighbour.pk) in told(messages)
    moved = next(message for message in messages if message.event == "visit.moved")
    assert (moved.params["before"], moved.params["window"]) == (
        "2026-11-23 08:00–10:00",
        "2026-11-23 14:00–16:00",
    )


def test_the_consumer_is_told_as_soon_as_somebody_goes(cast, visit):
    nobody = make_visit(visit.claim, starts_at=shanghai(MONDAY, 8), kind="pickup")
    provider = make_visit(
        visit.claim, starts_at=shanghai(MONDAY, 8), kind="inspection", provider=make_party("provider")
    )

    assert visit_notices.announced(nobody) == visit_notices.called_off(nobody) == []
    assert [[message.params for message in visit_notices.announced(each)] for each in (visit, provider)] == [
        [{"number": visit.claim.number, "window": "2026-11-23 14:00–16:00"}],
        [{"number": visit.claim.number, "window": "2026-11-23 08:00–10:00"}],
    ]


def test_the_same_window_is_announced_once_and_another_one_again(visit):
    keys = [visit_notices.announced(visit)[0].key for _again in range(2)]
    visit.starts_at += timedelta(hours=2)

    assert keys[0] == keys[1] != visit_notices.announced(visit)[0].key


def test_every_message_can_be_worded_and_names_no_person(cast, visit):
    before = make_visit(
        visit.claim, starts_at=shanghai(MONDAY, 8), technician=cast.neighbour, state="moved", kind="repair"
    )
    nobody = make_visit(visit.claim, starts_at=shanghai(MONDAY, 8), kind="pickup")
    messages = [
        *visit_notices.planned(visit, by=cast.officer),
        *visit_notices.given(visit, before=cast.neighbour.pk, by=cast.officer),
        *visit_notices.moved(visit, before=before, by=cast.officer),
        *visit_notices.failed(visit, by=cast.officer),
        *visit_notices.cancelled(visit, by=cast.officer),
        *visit_notices.announced(visit),
        *visit_notices.called_off(visit),
        *visit_notices.unassigned(nobody, by=cast.officer, now=NOW),
    ]
    consumer = visit.claim.consumer
    persons = {consumer.clear_name(), consumer.clear_phone(), consumer.name_masked, "陈大勇", "王秀兰"}
    wordings = Wordings({message.event for message in messages})

    said = []
    with override("en"):
        for message in messages:
            words = wordings.words(message.event, message.params, channel="", language="en")
            said.append(f"{words.title} {words.text}")

    assert {message.event for message in messages} == {
        event.code for event in registered() if event.code.startswith("visit.")
    }
    assert not [text for text in said if "—" in text or any(person in text for person in persons)]
    assert any("Repair at home, 广城村, 2026-11-23 14:00–16:00: Road or weather." in text for text in said)


def test_the_same_is_told_once(cast, visit):
    messages = visit_notices.planned(visit, by=cast.officer)

    assert (post(messages, now=NOW), post(messages, now=NOW)) == (2, 0)
    assert post_outside(visit_notices.called_off(visit), now=NOW) == 0, "no gateway is switched on"


def test_the_township_is_told_that_nobody_goes_yet(cast, visit):
    nobody = make_visit(visit.claim, starts_at=shanghai(MONDAY, 8), kind="pickup")

    told = visit_notices.unassigned(nobody, by=cast.agent, now=NOW)

    assert [(message.event, message.recipient_id) for message in told] == [
        ("visit.unassigned", cast.technician.pk)
    ]
    assert visit_notices.unassigned(nobody, by=cast.technician, now=NOW) == []
    assert visit_notices.unassigned(visit, by=cast.agent, now=NOW) == []
