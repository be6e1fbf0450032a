"""Taking over, handing up and sending back, at the door."""

from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from claims.models import Claim, Holding
from claims.services import casework
from claims.services.sweep import sweep
from tests.claims.clock_cases import FILED_AT, clocked
from tests.factories import acting_as, seeing_everything

pytestmark = pytest.mark.django_db
DUE = FILED_AT + timedelta(hours=4)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(DUE + timedelta(hours=1), tick=False)


@pytest.fixture
def waiting(cast):
    """A claim that climbed to the township because nobody replied."""
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        sweep(now=DUE, by=system_user())
    return fresh(claim)


@pytest.fixture
def answered(cast):
    """A claim that was answered in time, and handed up by the agent."""
    claim = clocked(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        return casework.accept(
            claim=claim, progress="已联系", finish_at=DUE, method="按规则", by=cast.agent, now=FILED_AT
        )


def fresh(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk)


def page(claim, step=""):
    return f"/claims/{claim.number}/" + (f"hand-over/{step}/" if step else "")


def links(response):
    content = response.content.decode()
    return [step for step in ("take-over", "hand-up", "send-back") if f"/hand-over/{step}/" in content]


def test_a_claim_in_the_village_can_be_handed_up_with_its_reason(as_user, answered, cast):
    client = as_user("agent")
    assert links(client.get(page(answered))) == ["hand-up"]

    asked = client.get(page(answered, "hand-up"))
    assert asked.status_code == 200
    short = client.post(page(answered, "hand-up"), {"version": answered.version, "reason": "难"})
    sent = client.post(page(answered, "hand-up"), {"version": answered.version, "reason": "没有检测设备"})

    assert (short.status_code, sent.status_code, sent.url) == (200, 302, page(answered))
    assert (fresh(answered).level, fresh(answered).holder) == (1, cast.liuguang_point)
    with seeing_everything():
        assert Holding.objects.get(claim=answered, until_at=None).reason == "没有检测设备"
    assert links(client.get(page(answered))) == []


def test_the_township_takes_it_over_or_sends_it_back(as_user, answered):
    as_user("agent").post(page(answered, "hand-up"), {"version": answered.version, "reason": "没有检测设备"})
    claim, client = fresh(answered), as_user("technician")
    assert links(client.get(page(claim))) == ["take-over", "hand-up", "send-back"]
    assert "广城村服务点" in client.get(page(claim, "send-back")).content.decode()

    taken = client.post(page(claim, "take-over"), {"version": claim.version})

    assert taken.status_code == 302
    assert fresh(claim).handler.username == "technician"
    assert links(client.get(page(claim))) == ["hand-up", "send-back"]
    back = client.post(
        page(claim, "send-back"), {"version": fresh(claim).version, "to_level": 0, "reason": "请补拍照片"}
    )
    assert back.status_code == 302
    assert (fresh(claim).level, fresh(claim).handler) == (0, None)
    assert "请补拍照片" in client.get(page(claim)).content.decode()


def test_what_was_never_answered_asks_for_the_first_reply(as_user, waiting):
    client = as_user("technician")
    form = client.get(page(waiting, "take-over")).context["form"]
    given = {
        "version": waiting.version,
        "progress": "已联系商家",
        "finish_at": "2026-11-25T10:00",
        "method": "退款",
    }

    assert sorted(form.fields) == ["finish_at", "method", "progress", "version"]
    assert client.post(page(waiting, "take-over"), {**given, "method": ""}).status_code == 200
    assert client.post(page(waiting, "take-over"), given).status_code == 302
    assert (fresh(waiting).status, fresh(waiting).handler.username) == ("accepted", "technician")


def test_the_slower_of_two_sees_what_happened_and_can_send_again(as_user, answered):
    client = as_user("agent")
    stale = {"version": answered.version - 1, "reason": "没有检测设备"}

    refused = client.post(page(answered, "hand-up"), stale)

    assert refused.status_code == 409
    assert f'name="version" value="{answered.version}"' in refused.content.decode()


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("agent", "take-over", 302),  # it is not with the village any more
        ("agent", "send-back", 404),
        ("technician", "take-over", 200),
        ("technician", "fly", 404),
        ("manager", "send-back", 200),
        ("platform", "hand-up", 200),
        ("neighbour", "hand-up", 404),
        ("trainer", "hand-up", 403),
        ("suining_manager", "take-over", 404),
    ],
)
def test_who_finds_which_step(as_user, waiting, who, step, status):
    assert as_user(who).get(page(waiting, step)).status_code == status
