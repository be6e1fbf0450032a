import pytest

from aftersales.accounts.sealing import Erased
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import HomeHelp, Visit
from claims.queries.home_help import of_consumer
from claims.services import home_help as service
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import NOW, acting_as, make_claim, make_consumer, seeing_everything

WHY = "中风后行动不便"


@pytest.fixture
def consumer(cast):
    return make_consumer(cast.guangcheng)


def record(consumer, by, **given):
    return service.record(consumer=consumer, by=by, now=NOW, **{"why": WHY, "consent_how": "spoken", **given})


def events() -> list[AuditEvent]:
    with seeing_everything():
        return list(AuditEvent.objects.filter(verb__startswith="home_help.").order_by("id"))


def test_a_need_is_kept_sealed_with_its_consent(cast, consumer):
    with acting_as(cast.agent):
        row = record(consumer, cast.agent)
        known = of_consumer(consumer)

    assert known == row
    assert (row.consent_how, row.recorded_by, row.station_id) == ("spoken", cast.agent, cast.guangcheng.pk)
    assert WHY not in row.why_sealed
    assert row.why_sealed.startswith("f1:")
    assert [event.verb for event in events()] == ["home_help.recorded"]
    assert WHY not in str(events()[0].after)


def test_why_is_shown_to_who_says_what_for_and_that_is_kept(cast, consumer):
    with acting_as(cast.agent):
        row = record(consumer, cast.agent)
        with pytest.raises(Refused) as refused:
            service.reveal(home_help=row, reason=" 看 ", by=cast.agent, now=NOW)
        shown = service.reveal(home_help=row, reason="安排谁去", by=cast.agent, now=NOW)

    assert refused.value.code == "reason_missing"
    assert shown == WHY
    assert [(event.verb, event.reason) for event in events()] == [
        ("home_help.recorded", ""),
        ("home_help.revealed", "安排谁去"),
    ]


def test_a_consent_that_is_taken_back_takes_why_and_the_marks_along(cast, consumer):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    visit = make_visit(claim, technician=cast.agent, starts_at=shanghai(MONDAY, 8), is_home_help=True)
    kept = make_visit(other, technician=cast.agent, starts_at=shanghai(MONDAY, 10), is_home_help=True)

    with acting_as(cast.agent):
        row = record(consumer, cast.agent)
        service.withdraw(home_help=row, by=cast.agent, now=NOW)
        codes = []
        for act in (service.withdraw, service.reveal):
            with pytest.raises(Refused) as refused:
                more = {"reason": "安排谁去"} if act is service.reveal else {}
                act(home_help=row, by=cast.agent, now=NOW, **more)
            codes.append(refused.value.code)
        known = of_consumer(consumer)

    assert codes == ["withdrawn", "withdrawn"]
    assert known is None
    with seeing_everything():
        stored = HomeHelp.objects.get()
        assert (stored.withdrawn_at, stored.why_sealed, stored.person_key) == (NOW, "", "")
        assert Visit.objects.get(pk=visit.pk).is_home_help is False
        assert Visit.objects.get(pk=kept.pk).is_home_help is True


def test_a_need_can_be_told_again_after_it_was_withdrawn(cast, consumer):
    with acting_as(cast.agent):
        service.withdraw(home_help=record(consumer, cast.agent), by=cast.agent, now=NOW)
        again = record(consumer, cast.agent, why="")

        assert of_consumer(consumer) == again
        assert service.reveal(home_help=again, reason="安排谁去", by=cast.agent, now=NOW) == ""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"consent_how": ""}, "consent_missing"),
        ({"consent_how": "guessed"}, "consent_missing"),
        ({"why": "长" * 201}, "too_long"),
    ],
)
def test_nothing_is_kept_without_consent_or_in_too_many_words(cast, consumer, given, code):
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        record(consumer, cast.agent, **given)

    assert refused.value.code == code
    assert events() == []


def test_a_need_is_known_once(cast, consumer):
    with acting_as(cast.agent):
        record(consumer, cast.agent)
        with pytest.raises(Refused) as refused:
            record(consumer, cast.agent)

    assert refused.value.code == "known_already"
    assert len(events()) == 1


def test_needs_beyond_reach_are_not_there(cast, consumer):
    with acting_as(cast.agent):
        row = record(consumer, cast.agent)

    with acting_as(cast.neighbour):
        codes = []
        for act in (
            lambda: record(consumer, cast.neighbour),
            lambda: service.withdraw(home_help=row, by=cast.neighbour, now=NOW),
            lambda: service.reveal(home_help=row, reason="安排谁去", by=cast.neighbour, now=NOW),
        ):
            with pytest.raises(Refused) as refused:
                act()
            codes.append(refused.value.code)
        assert of_consumer(consumer) is None
    assert codes == ["unknown_consumer", "unknown_home_help", "unknown_home_help"]


def test_nothing_is_kept_of_somebody_who_was_erased(cast, consumer):
    with seeing_everything():
        consumer.save(update_fields=consumer.erase_personal(now=NOW))

    with acting_as(cast.agent), pytest.raises(Erased):
        record(consumer, cast.agent)
