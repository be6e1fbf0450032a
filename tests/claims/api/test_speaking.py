"""Who may say in a consumer's name what the consumer wants: nobody against whom the claim is made."""

import pytest

from claims.models import Appeal, Claim
from tests.api_world import Api, make_client, make_session, make_token
from tests.claims.api.test_journey import refused
from tests.claims.api.world import PHONE, XIUWEN, program
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db
STEPS = [
    ("withdrawal/", {"reason": "买家不要了"}),
    ("choice/", {"option": "refund-original"}),
    ("appeal/", {"text": "不同意"}),
]


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_whoever_would_pay_does_not_speak_for_the_consumer(world, step, body):
    claim = refused(world) if step == "appeal/" else world.claim()
    merchant, where = program(world.line.order.merchant), f"claims/{claim.number}/"

    answer = merchant.post(f"{where}{step}", body, version=claim.version)

    assert merchant.get(where).status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (409, "other_side")
    with seeing_everything():
        assert Claim.objects.get().status == claim.status
        assert not Appeal.objects.exists()


def test_a_platform_that_is_to_pay_itself_does_not_either(world):
    claim = world.claim(liable_party=world.line.order.platform)

    answer = world.platform.post(f"claims/{claim.number}/withdrawal/", {"reason": "买家不要了"}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "other_side")


def test_the_consumer_speaks_on_a_session_whoever_opened_it(world):
    claim = world.claim()
    token, _secret = make_token(make_client(world.line.order.merchant, region=XIUWEN))
    consumer = Api(make_session(token, PHONE))

    answer = consumer.post(f"claims/{claim.number}/withdrawal/", {"reason": "买家不要了"}, version=1)

    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
