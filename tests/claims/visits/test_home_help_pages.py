import pytest

from claims.models import HomeHelp
from tests.factories import make_claim, make_consumer, seeing_everything

WHY = "中风后行动不便"


@pytest.fixture
def consumer(cast):
    return make_consumer(cast.guangcheng)


def page(consumer, more: str = "") -> str:
    return f"/claims/consumers/{consumer.pk}/home-help/{more}"


def rows() -> list[HomeHelp]:
    with seeing_everything():
        return list(HomeHelp.objects.order_by("id"))


def keep(client, consumer, **given):
    return client.post(page(consumer), {"consent_how": "signed", "why": WHY, **given}, follow=True)


def test_a_need_is_kept_and_its_reason_stays_hidden_until_it_is_asked_for(door, cast, consumer):
    agent = door(cast.agent)

    kept = keep(agent, consumer).content.decode()
    no_reason = agent.post(page(consumer, "why/"), {"reason": ""})
    shown = agent.post(page(consumer, "why/"), {"reason": "安排谁去"}).content.decode()
    later = agent.get(page(consumer)).content.decode()

    assert "This consumer cannot come and agreed that this is known." in kept
    assert "signed on paper" in kept
    assert [WHY in text for text in (kept, no_reason.content.decode(), shown, later)] == [
        False,
        False,
        True,
        False,
    ]
    assert [row.consent_how for row in rows()] == ["signed"]


@pytest.mark.parametrize("sent", [{}, {"consent_how": "x"}, {"consent_how": "", "why": WHY}])
def test_without_consent_nothing_is_kept(door, cast, consumer, sent):
    answer = door(cast.agent).post(page(consumer), sent)

    assert answer.status_code == 200
    assert rows() == []


def test_a_second_sending_is_told_that_it_is_known(door, cast, consumer):
    agent = door(cast.agent)
    keep(agent, consumer)

    again = agent.post(page(consumer), {"consent_how": "spoken"})

    assert again.status_code == 409
    assert len(rows()) == 1


def test_a_consent_is_withdrawn_after_a_question(door, cast, consumer):
    agent = door(cast.agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
    keep(agent, consumer)

    asked = agent.get(page(consumer, "withdraw/")).content.decode()
    standing = rows()[0].withdrawn_at
    answer = agent.post(f"{page(consumer, 'withdraw/')}?claim={claim.number}", follow=True)

    assert "Withdraw the consent?" in asked
    assert standing is None
    assert answer.redirect_chain == [(f"{page(consumer)}?claim={claim.number}", 302)]
    assert "Withdrawn. Nothing about it is kept any more." in answer.content.decode()
    assert "To the claim" in answer.content.decode()
    assert rows()[0].why_sealed == ""
    assert agent.get(page(consumer, "withdraw/")).status_code == 404
    assert agent.post(page(consumer, "why/"), {"reason": "安排谁去"}).status_code == 404


def test_the_consumers_page_leads_there(door, cast, consumer):
    text = door(cast.agent).get(f"/claims/consumers/{consumer.pk}/").content.decode()

    assert f'href="{page(consumer)}' in text


def test_another_village_finds_nobody(door, cast, consumer):
    neighbour = door(cast.neighbour)

    assert [neighbour.get(page(consumer, more)).status_code for more in ("", "why/", "withdraw/")] == [
        404
    ] * 3
    assert neighbour.post(page(consumer), {"consent_how": "spoken"}).status_code == 404
