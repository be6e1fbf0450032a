"""What many tests of training begin with."""

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield
