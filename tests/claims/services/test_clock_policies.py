"""New versions of the promises: drafted, changed line by line, published once, never changed again."""

from datetime import date
from threading import Thread

import pytest
from django.db import connection, connections

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import ClockPolicy
from claims.queries.clock_policies import allowances_of, newest_published, policy_before, policy_on
from claims.services import clock_policies as service
from claims.services import clock_policy_lines as lines
from tests.factories import NOW, acting_as, make_clock_policy, seeing_everything

pytestmark = pytest.mark.django_db
XIUWEN = "520123000000"
TOMORROW = date(2026, 11, 21)
HOURS_12 = {"amount": 720, "basis": "natural", "warn_percent": 80, "climbs": True}
FRUIT = {"clock": "handling", "goods_type": "fresh_fruit", **HOURS_12}


def drafted(by, county_code=XIUWEN, kind="service"):
    with acting_as(by):
        return service.draft(kind=kind, county_code=county_code, by=by, now=NOW)


def line_set(policy, by, **values):
    with acting_as(by):
        return lines.set_line(policy=policy, **{**FRUIT, **values}, by=by, now=NOW)


def published(policy, by, *, valid_from=TOMORROW, seen=None, note=""):
    seen = allowances_of([policy.pk])[policy.pk].fingerprint if seen is None else seen
    with acting_as(by):
        return service.publish(policy=policy, valid_from=valid_from, note=note, seen=seen, by=by, now=NOW)


def refusal_of(function, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        function(*args, **kwargs)
    return refusal.value.code, refusal.value.field


def said(policy):
    rows = policy.rules.values_list("clock", "goods_type", "nature", "severity", "amount", "basis", "climbs")
    return set(rows), set(policy.pause_rules.values_list("reason", "max_minutes"))


def told(verb):
    with seeing_everything():
        return [
            (event.before, event.after, event.county_code)
            for event in AuditEvent.objects.filter(verb=verb).order_by("pk")
        ]


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
    assert told("clock_policy.drafted") == [(None, {"version": 1, "copy_of": "* service v1"}, XIUWEN)]


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


def test_a_line_is_written_once_and_changed_later(cast):
    policy = drafted(cast.manager)
    about_it = {"clock": "handling", "goods_type": "fresh_fruit", "nature": "logistics", "severity": "major"}

    new = line_set(policy, cast.manager, **about_it, amount=600)
    same = line_set(policy, cast.manager, **about_it, amount=600)
    changed = line_set(policy, cast.manager, **about_it, amount=540, warn_percent=0, climbs=False)

    assert (new.pk, same.pk) == (changed.pk, changed.pk)
    assert policy.rules.filter(**about_it).values_list("amount", "warn_percent", "climbs").get() == (
        540,
        0,
        False,
    )
    name = "handling/fresh_fruit/logistics/major"
    assert told("clock_policy.line_set") == [
        ({name: None}, {name: "600 natural, 80%, climbs"}, XIUWEN),
        ({name: "600 natural, 80%, climbs"}, {name: "540 natural, 0%"}, XIUWEN),
    ]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"clock": "moon"}, "unknown_choice", "clock"),
        ({"clock": "mediation", "climbs": False}, "unknown_choice", "clock"),
        ({"goods_type": "gold"}, "unknown_choice", "goods_type"),
        ({"nature": "gold"}, "unknown_choice", "nature"),
        ({"severity": "gold"}, "unknown_choice", "severity"),
        ({"basis": "lunar_days"}, "unknown_choice", "basis"),
        ({"basis": ""}, "unknown_choice", "basis"),
        ({"amount": 4}, "too_short", "amount"),
        ({"amount": 0, "basis": "working_days"}, "too_short", "amount"),
        ({"amount": 259_201}, "too_long", "amount"),
        ({"amount": 30_001, "basis": "opening_hours"}, "too_long", "amount"),
        ({"amount": 251, "basis": "working_days"}, "too_long", "amount"),
        ({"amount": 367, "basis": "calendar_days"}, "too_long", "amount"),
        ({"warn_percent": 100}, "warns_at_the_end", "warn_percent"),
        ({"warn_percent": -1}, "warns_at_the_end", "warn_percent"),
        ({"clock": "settlement"}, "does_not_climb", "climbs"),
    ],
)
def test_what_makes_no_sense_is_not_written(cast, values, code, field):
    policy = drafted(cast.manager)
    before = said(policy)

    assert refusal_of(line_set, policy, cast.manager, **values) == (code, field)
    assert said(policy) == before


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 5},
        {"amount": 259_200},
        {"amount": 1, "basis": "working_days"},
        {"amount": 366, "basis": "calendar_days"},
        {"warn_percent": 99},
        {"clock": "settlement", "climbs": False},
    ],
)
def test_what_lies_just_within_is_written(cast, values):
    policy = drafted(cast.manager)

    assert line_set(policy, cast.manager, **values) in policy.rules.all()


def test_a_limit_set_by_law_names_its_source(cast):
    policy = drafted(cast.platform, "", "law")
    limit = {"clock": "mediation", "goods_type": "", "amount": 30, "basis": "calendar_days", "climbs": False}

    assert refusal_of(line_set, policy, cast.platform, **limit, source=" ") == ("source_missing", "source")
    assert line_set(policy, cast.platform, **limit, source="某法第一条").source == "某法第一条"
    assert refusal_of(
        lines.set_longest_pause, policy=policy, reason="consumer", max_minutes=60, by=cast.platform, now=NOW
    ) == ("law_does_not_pause", None)


def test_a_line_is_taken_out_but_not_the_one_for_all_claims(cast):
    policy = drafted(cast.manager)
    general, fruit = (
        policy.rules.get(clock="handling", goods_type=""),
        policy.rules.get(goods_type="fresh_fruit"),
    )

    def removed(line):
        with acting_as(cast.manager):
            lines.remove_line(policy=policy, line=line, by=cast.manager, now=NOW)

    removed(fruit)

    assert refusal_of(removed, general) == ("general_line_needed", None)
    assert refusal_of(removed, fruit) == ("line_gone", None)
    assert not policy.rules.filter(goods_type="fresh_fruit").exists()
    assert told("clock_policy.line_removed") == [
        ({"handling/fresh_fruit": "1440 natural, 80%, climbs"}, {}, XIUWEN)
    ]


@pytest.mark.parametrize(
    ("reason", "minutes", "code"),
    [("moon", 60, "unknown_choice"), ("consumer", 4, "too_short"), ("consumer", 259_201, "too_long")],
)
def test_a_pause_that_makes_no_sense_is_not_written(cast, reason, minutes, code):
    policy = drafted(cast.manager)

    def paused():
        lines.set_longest_pause(policy=policy, reason=reason, max_minutes=minutes, by=cast.manager, now=NOW)

    assert refusal_of(paused)[0] == code


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
