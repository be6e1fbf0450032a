"""Whatever is sent to an operation, the answer is one the document knows and never a fault of ours.

A few examples in the suite; `make fuzz` sends 1,000 of each kind to every operation and can be interrupted.
"""

import os

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.api_world import make_client, make_token
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line, make_party
from tests.integration import fuzzing

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FEW = 5


@pytest.fixture
def _one_connection():
    """The application is called without a test client and may not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def target(_one_connection, cast, settings, time_machine):
    """A token with every scope, and one row of each kind that it may ask for."""
    time_machine.move_to(NOW)
    settings.WEBHOOK_HOSTS = ["hooks.example.cn"]
    client = make_client(make_party("platform", "农优鲜"), region="520123000000")
    _token, secret = make_token(client)
    line = make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng))
    with acting_as(cast.agent):
        claim = make_claim(cast.guangcheng, filed_by=client.user, line=line, consumer=line.order.consumer)
    return secret, {"number": claim.number, "pk": line.order_id, "code": "520123000000"}


@pytest.mark.skipif(EXAMPLES > 0, reason="make fuzz goes through one operation at a time")
def test_nothing_that_is_sent_ends_in_a_fault(target):
    secret, known = target
    wrong = {}

    for name in fuzzing.names():
        try:
            fuzzing.fuzz(name, examples=FEW, secret=secret, known=known)
        except BaseException as found:
            if isinstance(found, KeyboardInterrupt):
                raise
            told = getattr(found, "exceptions", [found])
            wrong[name] = "; ".join(f"{type(each).__name__}: {each}"[:500] for each in told)

    assert not wrong, "\n\n".join(f"{name}: {text}" for name, text in wrong.items())


@pytest.mark.skipif(EXAMPLES == 0, reason="make fuzz")
@pytest.mark.parametrize("name", fuzzing.names())
def test_an_operation_stands_whatever_is_sent(target, name):
    secret, known = target
    if name in fuzzing.finished(EXAMPLES):
        pytest.skip("gone through already")

    statuses = fuzzing.fuzz(name, examples=EXAMPLES, secret=secret, known=known)

    fuzzing.note(name, statuses, EXAMPLES)
    assert not [status for status in statuses if status >= 500]
