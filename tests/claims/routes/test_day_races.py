"""With real processes: of people who put one day in order at the same moment, one is kept."""

from collections import Counter

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import DayPlan
from claims.services import calendar_feeds, day_plans
from tests.cast import make_cast
from tests.claims.routes.places import EIGHT, put_on_the_map, visit_in
from tests.claims.visits.visit_cases import MONDAY
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def put_later(by, technician, visit_id, version):
    with acting_as(by):
        try:
            day_plans.move(
                technician=technician,
                day=MONDAY,
                visit_id=visit_id,
                step=day_plans.LATER,
                version=version,
                by=by,
                now=NOW,
            )
        except Refused as refused:
            return refused.code
    return "kept"


def test_one_order_is_kept_and_the_others_look_again(cast):
    """The first time by the constraint, afterwards by the version."""
    put_on_the_map(cast)
    visit_in(cast, cast.guangcheng, EIGHT)
    visit_in(cast, cast.liuguang, EIGHT, seat=1)
    people = [cast.technician, cast.officer, cast.manager]
    for version in range(4):
        plan = DayPlan._base_manager.first()
        first = plan.visit_ids[0] if plan else None
        if first is None:
            with acting_as(cast.technician):
                first = day_plans.reading.day_of(cast.technician, MONDAY, by=cast.technician).route.keys[0]

        outcomes = at_once(put_later, [(by, cast.technician, first, version) for by in people])

        assert [outcome.error for outcome in outcomes if outcome.error] == []
        assert Counter(outcome.value for outcome in outcomes) == {"kept": 1, "stale": 2}
    assert DayPlan._base_manager.get().version == 4
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="day_plan.ordered").count() == 4


def test_a_calendar_has_one_address_however_many_are_asked_for(cast):
    def make(by):
        return calendar_feeds.make(by=by, now=NOW)

    outcomes = at_once(make, [(cast.technician,)] * 3)

    tokens = [outcome.value for outcome in outcomes if not outcome.error]
    found = [
        token
        for token in tokens
        if calendar_feeds.CalendarFeed.objects.filter(token_hash=calendar_feeds.hashed(token)).exists()
    ]
    assert len(tokens) == 3
    assert len(found) == calendar_feeds.CalendarFeed.objects.count() == 1
