"""New versions of the promises: drafted, changed line by line, published once, never changed again."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from aftersales.accounts.roles import Role
from aftersales.lib.errors import Refused
from claims.models import ClaimClock, ClockPolicy
from claims.queries.clock_policies import allowances_of, newest_published, policy_before, policy_on
from claims.rules.clocks import Clock
from claims.services import clock_policies as service
from claims.services import clock_policy_lines as lines
from claims.services import clocks
from tests.claims.clock_drafts import XIUWEN, drafted, line_set, published, refusal_of, said, told
from tests.factories import NOW, acting_as, give, make_claim, make_clock_policy, seeing_everything

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 21)
SUINING = "320324000000"


def test_a_draft_says_what_is_in_force(cast):
    policy = drafted(cast.manager)

    programme = policy_on(XIUWEN, TOMORROW)
    assert said(policy) == said(programme)
    assert (policy.kind, policy.county_code, policy.version, policy.valid_from, policy.state) == (
        "service",
        XIUWEN,
        1,
        TOMORROW,
        "draft",
    )
    assert policy_on(XIUWEN, TOMORROW) == programme
    assert told("clock_policy.drafted") == [(None, {"version": 1, "copy_of": "programme 1"}, XIUWEN)]


def test_a_draft_follows_what_counts_tomorrow(cast):
    make_clock_policy(XIUWEN, valid_from=date(2026, 1, 1))
    tomorrows = make_clock_policy(XIUWEN, valid_from=TOMORROW, changed={("settlement", ""): {"amount": 60}})
    make_clock_policy(XIUWEN, valid_from=date(2027, 3, 1))

    policy = drafted(cast.manager)

    assert said(policy) == said(tomorrows)
    assert (policy.version, policy.valid_from) == (4, TOMORROW)


def test_a_place_has_one_draft_at_a_time(cast):
    first = drafted(cast.manager)

    assert refusal_of(drafted, cast.manager) == ("draft_exists", None)
    assert drafted(cast.suining_manager, "320324000000").version == 1
    assert drafted(cast.platform, "", "law").version == 3
    with acting_as(cast.manager):
        service.drop(policy=first, by=cast.manager, now=NOW)
    assert drafted(cast.manager).version == 2


def test_a_county_has_no_law_of_its_own(cast):
    assert refusal_of(drafted, cast.platform, XIUWEN, "law") == ("law_is_the_programmes", None)


def test_publishing_switches_a_version_on_from_its_day(cast):
    programme = policy_on(XIUWEN, TOMORROW)
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    with acting_as(cast.manager):
        lines.set_longest_pause(policy=policy, reason="merchant", max_minutes=1440, by=cast.manager, now=NOW)

    published(policy, cast.manager, valid_from=date(2026, 12, 1), note=" 水果加快 ")

    assert policy_on(XIUWEN, date(2026, 11, 30)) == programme
    assert policy_on(XIUWEN, date(2026, 12, 1)) == policy
    assert policy_before(policy) == programme
    assert newest_published("service", XIUWEN) == policy
    assert (policy.state, policy.note, policy.published_by, policy.published_at) == (
        "in_force",
        "水果加快",
        cast.manager,
        NOW,
    )
    assert told("clock_policy.published") == [
        (
            {"handling/fresh_fruit": "1440 natural, 80%, climbs", "merchant": 2880},
            {
                "handling/fresh_fruit": "720 natural, 80%, climbs",
                "merchant": 1440,
                "version": 1,
                "valid_from": "2026-12-01",
            },
            XIUWEN,
        )
    ]


def test_a_published_version_is_not_touched_again(cast):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    published(policy, cast.manager)
    before = said(policy)
    fruit = policy.rules.get(goods_type="fresh_fruit")

    refusals = [
        refusal_of(line_set, policy, cast.manager, amount=60),
        refusal_of(lines.remove_line, policy=policy, line=fruit, by=cast.manager, now=NOW),
        refusal_of(
            lines.set_longest_pause,
            policy=policy,
            reason="merchant",
            max_minutes=60,
            by=cast.manager,
            now=NOW,
        ),
        refusal_of(published, policy, cast.manager),
        refusal_of(service.drop, policy=policy, by=cast.manager, now=NOW),
    ]

    assert refusals == [("not_a_draft", None)] * 5
    assert said(policy) == before


def test_a_dropped_draft_is_never_in_force(cast):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    service.drop(policy=policy, by=cast.manager, now=NOW)

    assert refusal_of(published, policy, cast.manager) == ("not_a_draft", None)
    assert policy_on(XIUWEN, TOMORROW).county_code == ""
    assert told("clock_policy.dropped") == [(None, None, XIUWEN)]


def test_promises_count_from_tomorrow_on_at_the_earliest(cast):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)

    today = date(2026, 11, 20)
    assert refusal_of(published, policy, cast.manager, valid_from=today) == ("too_early", "valid_from")
    assert published(policy, cast.manager, valid_from=TOMORROW).valid_from == TOMORROW


def test_a_law_counts_from_its_own_day_but_not_before_the_last_one(cast):
    policy = drafted(cast.platform, "", "law")
    line_set(
        policy,
        cast.platform,
        clock="mediation",
        goods_type="",
        amount=30,
        basis="calendar_days",
        climbs=False,
        source="新法",
    )

    assert refusal_of(published, policy, cast.platform, valid_from=date(2026, 4, 14)) == (
        "before_newest",
        "valid_from",
    )
    published(policy, cast.platform, valid_from=date(2026, 11, 1))
    assert [policy_on(XIUWEN, day, "law").version for day in (date(2026, 10, 31), date(2026, 11, 1))] == [
        2,
        3,
    ]


def test_a_version_may_fill_the_time_until_one_that_waits(cast):
    waiting = make_clock_policy(XIUWEN, valid_from=date(2027, 1, 1))
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)

    published(policy, cast.manager)

    assert policy_on(XIUWEN, date(2026, 12, 31)) == policy
    assert policy_on(XIUWEN, date(2027, 1, 1)) == waiting
    assert policy_before(waiting) == policy


def test_a_day_is_not_mistyped_by_years(cast):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)

    too_far = date(2027, 11, 22)
    assert refusal_of(published, policy, cast.manager, valid_from=too_far) == ("too_far", "valid_from")
    assert published(policy, cast.manager, valid_from=date(2027, 11, 21)).state == "in_force"


def test_what_changed_since_the_preview_is_not_published(cast):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    seen = allowances_of([policy.pk])[policy.pk].fingerprint
    line_set(policy, cast.manager, amount=660)

    assert refusal_of(published, policy, cast.manager, seen=seen) == ("changed_meanwhile", None)
    line_set(policy, cast.manager, amount=720)
    assert published(policy, cast.manager, seen=seen).state == "in_force"


def test_the_same_promises_are_not_published_twice(cast):
    taken_over = published(drafted(cast.manager), cast.manager)
    again = drafted(cast.manager)

    assert (taken_over.version, taken_over.state) == (1, "in_force")
    assert refusal_of(published, again, cast.manager) == ("nothing_new", None)
    line_set(again, cast.manager)
    assert published(again, cast.manager).version == 2


LOOSER = [
    {"amount": 1441},
    {"amount": 1440, "basis": "opening_hours"},
    {"amount": 1440, "basis": "opening_hours_daily"},
    {"amount": 1, "basis": "working_days"},
    {"climbs": False},
    # narrower than any line of the programme, and looser only there
    {"nature": "logistics", "amount": 1500},
]


@pytest.mark.parametrize("values", LOOSER)
def test_a_county_does_not_promise_less_than_the_programme(cast, values):
    policy = drafted(cast.manager)
    line_set(policy, cast.manager, **values)

    assert refusal_of(published, policy, cast.manager) == ("looser_than_programme", None)
    # the platform desk may allow it, and a stricter line needs nobody
    published(policy, cast.platform)
    assert policy.state == "in_force"


def test_a_desk_lets_only_its_own_counties_promise_less(cast):
    give(cast.manager, Role.PLATFORM, region=SUINING)
    policies = [drafted(cast.manager, county) for county in (XIUWEN, SUINING)]
    for policy in policies:
        line_set(policy, cast.manager, amount=1441)
    cast.manager.__dict__.pop("_authority", None)

    assert refusal_of(published, policies[0], cast.manager) == ("looser_than_programme", None)
    assert published(policies[1], cast.manager).state == "in_force"


def test_a_line_taken_out_may_promise_less(cast):
    policy = drafted(cast.manager)
    fruit = policy.rules.get(goods_type="fresh_fruit")
    lines.remove_line(policy=policy, line=fruit, by=cast.manager, now=NOW)

    assert refusal_of(published, policy, cast.manager) == ("looser_than_programme", None)
    line_set(policy, cast.manager, goods_type="produce")
    assert published(policy, cast.manager).state == "in_force"


def test_a_county_does_not_pause_longer_than_the_programme(cast):
    policy = drafted(cast.manager)

    def longest(minutes):
        lines.set_longest_pause(
            policy=policy, reason="consumer", max_minutes=minutes, by=cast.manager, now=NOW
        )

    longest(4321)
    assert refusal_of(published, policy, cast.manager) == ("looser_than_programme", None)
    longest(4319)
    assert published(policy, cast.manager).state == "in_force"


def test_the_programme_may_promise_less_than_before(cast):
    policy = drafted(cast.platform, "")
    line_set(policy, cast.platform, amount=2880)

    published(policy, cast.platform)

    assert policy_on(XIUWEN, TOMORROW) == policy
    assert policy_before(policy).version == 1


@pytest.mark.parametrize("rival", ["publish", "line"])
@pytest.mark.django_db(transaction=True)
def test_two_at_once_on_a_draft(transactional_db, cast, rival):
    """Whatever comes first, what is published is what one of them has looked at, and it stays so."""
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    seen = allowances_of([policy.pk])[policy.pk].fingerprint
    outcomes = []

    def attempt(work):
        try:
            work()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    works = [
        lambda: published(policy, cast.manager, seen=seen),
        (lambda: published(policy, cast.manager, seen=seen))
        if rival == "publish"
        else (lambda: line_set(policy, cast.manager, amount=60)),
    ]
    threads = [Thread(target=attempt, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    policy.refresh_from_db()
    now = allowances_of([policy.pk])[policy.pk].fingerprint
    if rival == "publish":
        assert sorted(outcomes) == ["done", "not_a_draft"]
        assert len(told("clock_policy.published")) == 1
    else:
        assert sorted(outcomes) in (["done", "not_a_draft"], ["changed_meanwhile", "done"])
    if policy.state == "in_force":
        assert now == seen
    assert ClockPolicy.objects.filter(county_code=XIUWEN).count() == 1
    connection.close()


def test_publishing_moves_no_due_time_of_a_claim_that_exists(cast):
    def filed(at):
        return make_claim(
            cast.guangcheng, filed_by=cast.agent, goods_type="fresh_fruit", filed_at=at, with_clocks=True
        )

    def due_times(claim):
        with seeing_everything():
            rows = ClaimClock.objects.filter(claim=claim).order_by("clock")
            return list(rows.values_list("clock", "rule__policy", "due_at"))

    old = filed(NOW)
    before = due_times(old)
    policy = drafted(cast.manager)
    line_set(policy, cast.manager)
    line_set(policy, cast.manager, clock="settlement", goods_type="", amount=60, climbs=False)
    published(policy, cast.manager)
    later = NOW + timedelta(days=2)
    with seeing_everything(), transaction.atomic():
        settlement = clocks.start(clocks.lock(old), Clock.SETTLEMENT, at=later)
    new = filed(later)

    assert [row for row in due_times(old) if row[0] != "settlement"] == before
    assert settlement.due_at == later + timedelta(hours=24)
    assert {rule_policy for _clock, rule_policy, _due_at in due_times(new)} == {policy.pk}
    assert {clock: due_at for clock, _policy, due_at in due_times(new)}["handling"] == (
        later + timedelta(hours=12)
    )
