import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from claims.models import Visit, VisitCost
from claims.queries import visits as reading
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import NOW, acting_as, make_claim, make_party, seeing_everything

LIST, TABLE = "/claims/visits/", "/claims/visits/table/"
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def claims(cast):
    """Open claims of two villages of the township, of one beside it, and of another county."""
    return [
        make_claim(station, filed_by=agent)
        for station, agent in (
            (cast.guangcheng, cast.agent),
            (cast.liuguang, cast.neighbour),
            (cast.fangmaping, cast.uncertified),
            (cast.chenlou, cast.suining_agent),
        )
    ]


def keys(rows) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def test_each_list_holds_what_its_definition_says(cast, claims):
    claim, other = claims[0], claims[1]
    made = {
        "yesterday's": make_visit(claim, starts_at=shanghai(FRIDAY - timedelta(days=1), 8)),
        "today's": make_visit(claim, kind="repair", starts_at=shanghai(FRIDAY, 14), technician=cast.agent),
        "on the way": make_visit(
            claim, kind="inspection", starts_at=shanghai(FRIDAY, 10), technician=cast.agent, state="under_way"
        ),
        "monday's": make_visit(other, starts_at=shanghai(MONDAY, 8), provider=make_party("provider")),
        "done today": make_visit(
            other, kind="repair", starts_at=shanghai(FRIDAY, 8), technician=cast.neighbour, state="done"
        ),
        "done before": make_visit(
            other, kind="repair", starts_at=shanghai(FRIDAY - timedelta(days=2), 8), state="done"
        ),
        "cancelled": make_visit(other, starts_at=shanghai(FRIDAY, 8), state="cancelled"),
        "failed": make_visit(
            other, kind="inspection", starts_at=shanghai(FRIDAY - timedelta(days=3), 8), state="failed"
        ),
    }
    names = {visit.pk: name for name, visit in made.items()}

    with acting_as(cast.technician):
        rows = Visit.objects.all()
        found = {
            "today": reading.of_today(rows, now=NOW),
            "open": reading.still_open(rows),
            "again": reading.to_agree_again(rows),
            "nobody": reading.without_anybody(rows),
            "agent's": reading.of_person(rows, cast.agent),
        }
        told = {name: {names[key] for key in keys(rows)} for name, rows in found.items()}

    assert told == {
        "today": {"yesterday's", "today's", "on the way", "done today"},
        "open": {"yesterday's", "today's", "on the way", "monday's"},
        "again": {"failed"},
        "nobody": {"yesterday's"},
        "agent's": {"today's", "on the way"},
    }


@pytest.mark.parametrize(
    ("then", "waits"),
    [
        ({"state": "planned"}, False),
        ({"state": "done"}, False),
        ({"state": "cancelled"}, True),
        ({"state": "planned", "kind": "repair"}, True),
        ({"state": "done", "planned_at": NOW - timedelta(days=9)}, True),
    ],
)
def test_a_failed_visit_waits_until_one_of_its_kind_is_planned_since(cast, claims, then, waits):
    failed = make_visit(claims[0], starts_at=shanghai(FRIDAY, 8), state="failed")
    make_visit(claims[0], starts_at=shanghai(MONDAY, 8), **then)

    with acting_as(cast.agent):
        assert keys(reading.to_agree_again(Visit.objects.all())) == ({failed.pk} if waits else set())


def test_a_failed_visit_of_a_claim_that_has_ended_waits_for_nobody(cast):
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", resolved_at=NOW)
    make_visit(ended, starts_at=shanghai(FRIDAY, 8), state="failed")

    with acting_as(cast.agent):
        assert keys(reading.to_agree_again(Visit.objects.all())) == set()


def test_search_finds_by_claim_place_and_who_goes(cast, claims):
    first = make_visit(claims[0], starts_at=shanghai(MONDAY, 8), technician=cast.technician)
    second = make_visit(
        claims[1], starts_at=shanghai(MONDAY, 8), provider=make_party("provider", "黔家电维修")
    )
    hidden = make_visit(claims[3], starts_at=shanghai(MONDAY, 8), technician=cast.suining_agent)

    with acting_as(cast.officer):
        found = {
            text: keys(Visit.objects.filter(reading.matching(text)))
            for text in (claims[0].number, "广城", "大勇", "黔家电", hidden.claim.number, "孙二梅", " ", "%")
        }

    assert found == {
        claims[0].number: {first.pk},
        "广城": {first.pk},
        "大勇": {first.pk},
        "黔家电": {second.pk},
        hidden.claim.number: set(),
        "孙二梅": set(),
        " ": set(),
        "%": set(),
    }


def test_what_somebody_goes_to_is_listed_by_day(cast, claims):
    later = make_visit(claims[1], starts_at=shanghai(MONDAY, 8), technician=cast.technician)
    first = make_visit(claims[0], starts_at=shanghai(FRIDAY, 14), technician=cast.technician)
    make_visit(claims[0], kind="repair", starts_at=shanghai(FRIDAY, 16), technician=cast.agent)

    with acting_as(cast.technician):
        everything = list(reading.booked_of(cast.technician))
        on_monday = list(reading.booked_of(cast.technician, days=[MONDAY]))

    assert (everything, on_monday) == ([first, later], [later])


def test_the_list_shows_its_tab_and_counts_all_of_them(door, cast, claims):
    make_visit(claims[0], starts_at=shanghai(FRIDAY, 14), technician=cast.agent)
    make_visit(claims[1], starts_at=shanghai(MONDAY, 8))
    page = door(cast.technician)

    today = page.get(LIST).content.decode()
    nobody = page.get(LIST, {"tab": "nobody"}).content.decode()
    nonsense = page.get(LIST, {"tab": "<b>", "cursor": "x", "kind": "fly", "since": "never"})

    assert claims[0].number in today
    assert claims[1].number not in today
    assert "Today <b>1</b>" in today
    assert "Planned <b>2</b>" in today
    assert claims[1].number in nobody
    assert "nobody goes yet" in nobody
    assert (nonsense.status_code, claims[0].number in nonsense.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "No visits today"),
        ({"tab": "open"}, "No visits yet"),
        ({"tab": "again"}, "Nothing to agree again"),
        ({"tab": "nobody"}, "Somebody goes to every visit"),
        ({"q": "山"}, "No visit fits"),
        ({"mine": "on"}, "No visit fits"),
    ],
)
def test_an_empty_list_says_so(door, cast, asked, said):
    assert said in door(cast.agent).get(LIST, asked).content.decode()


def test_filters_narrow_every_tab(door, cast, claims):
    make_visit(claims[0], starts_at=shanghai(MONDAY, 8), technician=cast.technician)
    make_visit(claims[1], kind="repair", starts_at=shanghai(MONDAY, 10), technician=cast.neighbour)
    page = door(cast.technician)

    def numbers(**asked):
        text = page.get(LIST, {"tab": "open", **asked}).content.decode()
        return [claim.number for claim in claims if claim.number in text]

    first, second = claims[0].number, claims[1].number
    assert numbers() == [first, second]
    assert numbers(kind="repair") == [second]
    assert numbers(mine="on") == [first]
    assert numbers(since="2026-11-24") == []
    assert numbers(until="2026-11-23", state="planned") == [first, second]
    assert numbers(q=second) == [second]


def test_a_visit_whose_window_is_over_is_marked(door, cast, claims):
    make_visit(claims[0], starts_at=shanghai(FRIDAY - timedelta(days=1), 8), technician=cast.agent)

    assert "Window is over" in door(cast.agent).get(LIST).content.decode()


def test_the_list_takes_the_same_statements_for_one_visit_and_for_many(door, cast, django_assert_num_queries):
    page = door(cast.technician)
    for number in range(6):
        claim = make_claim(cast.guangcheng, filed_by=cast.agent)
        make_visit(claim, starts_at=shanghai(MONDAY, 8), technician=cast.technician, seat=number)

    with django_assert_num_queries(6):
        text = page.get(LIST, {"tab": "open"}).content.decode()

    assert text.count("广城村") >= 6


def test_the_table_holds_numbers_and_moments_and_no_person(door, cast, claims):
    claim = claims[0]
    visit = make_visit(
        claim,
        kind="repair",
        starts_at=shanghai(FRIDAY, 8),
        technician=cast.technician,
        state="done",
        distance_m=2400,
        transport="motorbike",
        task="=1+1",
    )
    with seeing_everything():
        for amount, withdrawn_at in ((1250, None), (3000, None), (9900, NOW)):
            VisitCost.objects.create(
                visit=visit,
                county_code=claim.county_code,
                kind="travel",
                amount_fen=amount,
                borne_by="fund",
                by=cast.technician,
                at=NOW,
                withdrawn_at=withdrawn_at,
            )
    make_visit(claims[3], starts_at=shanghai(FRIDAY, 8))

    response = door(cast.officer).get(TABLE, {"tab": "all", "kind": "repair", "q": claim.number})

    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    head, *rows = book.worksheets[1].iter_rows(values_only=True)
    assert len(rows) == 1
    row = dict(zip(head, rows[0], strict=True))
    assert (row["Claim"], row["Distance in metres"], row["Cost in yuan"]) == (claim.number, 2400, 42.5)
    assert str(row["From"]) == "2026-11-20 08:00:00"
    assert (row["Who goes"], row["Outcome"]) == ("陈大勇", "Done, it works")
    everything = "".join(str(value) for sheet in book for line in sheet.values for value in line)
    assert claim.consumer.clear_name() not in everything
    assert "=1+1" not in everything
    with seeing_everything():
        event = AuditEvent.objects.get(verb="visit.exported")
        assert event.after["filters"] == {"List": "All", "Kind": "Repair at home"}


def test_the_table_is_for_who_sends_others(door, cast):
    assert door(cast.agent).get(TABLE).status_code == 403
    assert door(cast.technician).get(TABLE).status_code == 200
