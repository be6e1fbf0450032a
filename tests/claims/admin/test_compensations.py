"""The work list of those who decide, and what its actions do row by row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.models import Claim, Compensation
from tests.claims.admin.rows import choose
from tests.factories import make_fund, seeing_everything

LIST = reverse("admin:claims_compensation_changelist")


def shown(client, query=""):
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return {compensation.pk for compensation in response.context["cl"].result_list}


def act(client, action, rows, *, query="", **values):
    """Choose rows, confirm the action as its page asks, and return the answer after it."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    versions = {f"version-{row.pk}": row.version for row in rows}
    given = {f"with-{name}": value for name, value in values.items()}
    return client.post(f"{LIST}{query}", {**versions, **chosen, **given, "apply": "1"}, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def state_of(compensation):
    with seeing_everything():
        return Compensation.objects.get(pk=compensation.pk).state


def test_the_list_holds_what_this_person_may_decide(as_user, cast):
    small = choose(cast.guangcheng, agent=cast.agent)
    large = choose(cast.guangcheng, agent=cast.agent, paid_fen=50_000)
    filed_by_officer = choose(cast.guangcheng, agent=cast.officer)
    foreign = choose(cast.chenlou, agent=cast.suining_agent)

    assert shown(as_user("officer")) == {small.pk}
    assert shown(as_user("second_officer")) == {small.pk, filed_by_officer.pk}
    assert shown(as_user("manager")) == {small.pk, large.pk, filed_by_officer.pk}
    assert shown(as_user("manager"), "?state=all") == {small.pk, large.pk, filed_by_officer.pk}
    assert shown(as_user("platform")) == {small.pk, large.pk, filed_by_officer.pk, foreign.pk}


def test_whoever_recorded_the_choice_does_not_find_it_in_the_list(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    with seeing_everything():
        Compensation.objects.filter(pk=compensation.pk).update(asked_by=cast.officer)

    assert shown(as_user("officer")) == set()
    assert shown(as_user("second_officer")) == {compensation.pk}


def test_the_confirmation_shows_what_a_decision_rests_on(as_user, cast, ours):
    client = as_user("officer")

    response = client.post(LIST, {"action": "approve", "_selected_action": [ours.waiting.pk]})

    text = response.content.decode()
    card = response.context["cards"][0]["dossier"]
    assert (card.fund.balance_fen, card.left_in_fund_fen) == (992_000, 984_000)
    assert (card.station.month_count, card.station.month_fen) == (3, 10_000)
    assert (card.debt.count, card.debt.open_fen) == (1, 8_000)
    assert card.earlier_count == 3
    for fact in ("¥9,920.00", "¥9,840.00", "¥100.00", "¥80.00", ours.paid.claim.number, "fund"):
        assert fact in text
    assert state_of(ours.waiting) == "chosen"


def test_approving_says_for_each_row_what_became_of_it(as_user, cast):
    good = choose(cast.guangcheng, agent=cast.agent)
    too_large = choose(cast.guangcheng, agent=cast.agent, paid_fen=50_000)
    own = choose(cast.guangcheng, agent=cast.officer)

    response = act(as_user("officer"), "approve", [good, too_large, own], query="?state=all")

    assert [state_of(row) for row in (good, too_large, own)] == ["approved", "chosen", "chosen"]
    assert told(response)[:2] == ["Approve: 1 done.", "Approve: 2 refused."]
    assert any(too_large.claim.number in line and "higher level" in line for line in told(response))
    assert any(own.claim.number in line and "somebody else" in line for line in told(response))


def test_what_changed_after_the_page_was_shown_is_not_approved(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    client = as_user("officer")
    with seeing_everything():
        Compensation.objects.filter(pk=compensation.pk).update(version=compensation.version + 1)

    response = act(client, "approve", [compensation])

    assert state_of(compensation) == "chosen"
    assert "Somebody else has just changed this compensation" in told(response)[1]


def test_refusing_needs_a_reason_and_an_explanation(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    client = as_user("officer")

    empty = act(client, "refuse", [compensation], code="no_evidence", text="")
    assert (empty.status_code, state_of(compensation)) == (200, "chosen")

    act(client, "refuse", [compensation], code="no_evidence", text="照片看不清，请补拍。")
    with seeing_everything():
        claim = Claim.objects.get(pk=compensation.claim_id)
    assert (state_of(compensation), claim.status, claim.rejection_code, claim.rejection_text) == (
        "refused",
        "rejected",
        "no_evidence",
        "照片看不清，请补拍。",
    )


def test_carrying_out_pays_once_and_says_why_not(as_user, cast):
    make_fund("520123000000")
    compensation = choose(cast.guangcheng, agent=cast.agent)
    client = as_user("officer")
    act(client, "approve", [compensation])
    with seeing_everything():
        compensation.refresh_from_db()

    first = act(client, "execute", [compensation], query="?state=approved")
    second = act(client, "execute", [compensation], query="?state=all")

    assert state_of(compensation) == "executed"
    assert told(first) == ["Carry out: 1 done."]
    assert "carried out already" in told(second)[1]


def test_an_approval_can_be_taken_back_before_it_is_carried_out(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    client = as_user("officer")
    act(client, "approve", [compensation])

    act(client, "revoke", [compensation], query="?state=approved", reason="填错了数量")

    assert state_of(compensation) == "voided"


@pytest.mark.parametrize("across", ["0", "1"])
def test_foreign_rows_are_out_of_reach_of_every_action(as_user, cast, across):
    own = choose(cast.guangcheng, agent=cast.agent)
    foreign = choose(cast.chenlou, agent=cast.suining_agent)
    client = as_user("manager")
    both = {"_selected_action": [own.pk, foreign.pk], "select_across": across}

    page = client.post(LIST, {**both, "action": "approve"})
    versions = {f"version-{row.pk}": row.version for row in (own, foreign)}
    client.post(LIST, {**both, **versions, "action": "approve", "apply": "1"})

    assert foreign.claim.number not in page.content.decode()
    assert (state_of(own), state_of(foreign)) == ("approved", "chosen")


def test_an_action_without_its_permission_is_not_there(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)

    response = act(as_user("platform"), "execute", [compensation], query="?state=all")

    assert state_of(compensation) == "chosen"
    assert "execute" not in [key for key, _name in response.context["action_form"].fields["action"].choices]


@pytest.mark.parametrize("key", ["", "x", "1 OR 1=1", "٣", "9" * 30])
def test_hostile_keys_and_versions_are_turned_away(as_user, cast, key):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    client = as_user("officer")

    by_key = client.post(LIST, {"action": "approve", "_selected_action": [key], "apply": "1"})
    by_version = client.post(
        LIST,
        {
            "action": "approve",
            "_selected_action": [compensation.pk],
            f"version-{compensation.pk}": key,
            "apply": "1",
        },
    )

    assert by_key.status_code in (302, 400)
    assert (by_version.status_code, state_of(compensation)) == (302, "chosen")


def test_too_many_at_once_are_turned_away(as_user, cast):
    rows = [choose(cast.guangcheng, agent=cast.agent) for _number in range(21)]

    response = act(as_user("officer"), "approve", rows)

    assert told(response) == ["Choose at most 20 rows at a time."]
    assert {state_of(row) for row in rows} == {"chosen"}


def test_the_page_offers_the_steps_that_are_possible(as_user, cast, ours):
    client = as_user("officer")
    waiting = client.get(reverse("admin:claims_compensation_change", args=[ours.waiting.pk]))
    paid = client.get(reverse("admin:claims_compensation_change", args=[ours.paid.pk]))

    assert [step.name for step in waiting.context["steps"]] == ["approve", "refuse"]
    assert [step.name for step in paid.context["steps"]] == []
    assert 'value="approve"' in waiting.content.decode()


def test_number_of_queries_does_not_grow_with_the_rows(as_user, cast):
    client = as_user("manager")
    counts = []
    for number in (1, 5):
        for _each in range(number):
            choose(cast.guangcheng, agent=cast.agent)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))

    assert counts == [9, 9]


def test_the_confirmation_asks_no_more_for_many_rows(as_user, cast):
    rows = [choose(cast.guangcheng, agent=cast.agent).pk for _number in range(5)]
    client = as_user("officer")
    counts = []
    for number in (1, 5):
        with CaptureQueriesContext(connection) as queries:
            client.post(LIST, {"action": "approve", "_selected_action": rows[:number]})
        counts.append(len(queries))

    assert counts == [24, 24]
