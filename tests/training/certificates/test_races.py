"""Two people at the same certificate at the same moment."""

from collections import Counter
from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from stations.models import Agent
from tests.cast import make_cast
from tests.factories import NOW, acting_as
from tests.processes import at_once
from tests.training.certificates.cases import TODAY, certificate_of, qualified
from training.models import Certificate
from training.rules.certificates import valid_until
from training.services import certificates as service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS = 3


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def outcome_of(call) -> str:
    try:
        call()
    except Refused as refused:
        return refused.code
    return "done"


def issue(cast, user) -> str:
    with acting_as(cast.trainer):
        return outcome_of(lambda: service.issue(user, by=cast.trainer, now=NOW))


def revoke(cast, key) -> str:
    with acting_as(cast.manager):
        row = Certificate.objects.get(pk=key)
        return outcome_of(lambda: service.revoke(row, reason="考试时有人代考", by=cast.manager, now=NOW))


def issue_many(cast, *people) -> int:
    with acting_as(cast.trainer):
        return len(service.issue_many(people, by=cast.trainer, now=NOW).certificates)


def act(cast, what, subject) -> str:
    return {"issue": issue, "revoke": revoke}[what](cast, subject)


def values(outcomes) -> Counter:
    assert [outcome.error for outcome in outcomes] == [""] * len(outcomes)
    return Counter(outcome.value for outcome in outcomes)


def test_two_issue_at_once_and_one_certificate_comes_of_it(cast):
    for person in (cast.uncertified, cast.agent, cast.neighbour)[:ROUNDS]:
        qualified(person, cast.officer)

        said = values(at_once(issue, [(cast, person)] * 4))

        assert said["done"] == 1
        assert set(said) <= {"done", "issued_meanwhile", "not_qualified"}
        assert Certificate._base_manager.filter(user=person).count() == 1


def test_issued_and_revoked_at_once_and_the_stations_know_what_stands(cast):
    for person in (cast.uncertified, cast.agent, cast.neighbour)[:ROUNDS]:
        old = certificate_of(person, cast.trainer, until=TODAY + timedelta(days=30))
        qualified(person, cast.officer)

        said = values(at_once(act, [(cast, "issue", person), (cast, "revoke", old.pk)]))

        assert said == Counter(done=2)
        old.refresh_from_db()
        stands = Certificate._base_manager.get(user=person, revoked_at__isnull=True)
        # Revoked first, there was nothing left to renew, and no day of the old one counts.
        assert stands.valid_until == valid_until(TODAY, old.valid_until if stands.renews_id else None)
        assert Agent._base_manager.get(user=person).certified_until == stands.valid_until


def test_two_revoke_at_once_and_one_has_done_it(cast):
    row = certificate_of(cast.agent, cast.trainer)

    said = values(at_once(revoke, [(cast, row.pk)] * 3))

    assert said == Counter(done=1, already_revoked=2)


def test_two_issue_to_the_same_people_in_different_order_and_nobody_waits_for_ever(cast):
    people = (cast.uncertified, cast.agent, cast.neighbour)
    for person in people:
        qualified(person, cast.officer)

    said = values(at_once(issue_many, [(cast, *people), (cast, *reversed(people))]))

    assert said == Counter({3: 1, 0: 1})
    assert Certificate._base_manager.count() == 3
