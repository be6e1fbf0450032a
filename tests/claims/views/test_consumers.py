"""Seeing who somebody is takes a reason, is shown once and stays in the history."""

import pytest

from aftersales.audit.models import AuditEvent
from tests.factories import make_consumer, seeing_everything

WHY = "电话约取件时间"


@pytest.fixture
def consumer(cast):
    return make_consumer(
        cast.guangcheng, name="欧阳小翠", phone="13812345678", address="修文县六广镇广城村三组"
    )


def looks():
    with seeing_everything():
        return [
            (event.actor_name, event.reason) for event in AuditEvent.objects.filter(verb="personal.revealed")
        ]


def test_reason_opens_the_clear_values_once(cast, door, consumer):
    client = door(cast.agent)

    page = client.post(f"/claims/consumers/{consumer.pk}/", {"reason": WHY})
    again = client.get(f"/claims/consumers/{consumer.pk}/")

    assert [(field, value) for _label, field, value in page.context["shown"]] == [
        ("name", "欧阳小翠"),
        ("phone", "13812345678"),
        ("address", "修文县六广镇广城村三组"),
    ]
    assert "no-store" in page["Cache-Control"]
    assert "小翠" not in again.content.decode()
    assert looks() == [("王秀兰", WHY)]


@pytest.mark.parametrize("reason", ["", "看看", " " * 9])
def test_without_a_reason_nothing_is_shown(cast, door, consumer, reason):
    page = door(cast.agent).post(f"/claims/consumers/{consumer.pk}/", {"reason": reason})

    assert page.context["form"].errors.keys() == {"reason"}
    assert "小翠" not in page.content.decode()
    assert looks() == []


@pytest.mark.parametrize(
    ("person", "status"), [("neighbour", 404), ("suining_manager", 404), ("platform", 403), ("nobody", 403)]
)
def test_others_see_nothing(cast, door, consumer, person, status):
    client = door(getattr(cast, person))

    assert client.get(f"/claims/consumers/{consumer.pk}/").status_code == status
    assert client.post(f"/claims/consumers/{consumer.pk}/", {"reason": WHY}).status_code == status
    assert looks() == []
