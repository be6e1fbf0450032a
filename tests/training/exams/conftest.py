"""An exam over the small bank, and the agent in its middle."""

import pytest

from tests.factories import NOW, acting_as
from tests.training.exams.cases import make_bank, make_exam
from training.services import sittings


@pytest.fixture
def exam(cast):
    make_bank()
    return make_exam()


@pytest.fixture
def begun(cast, exam):
    with acting_as(cast.agent):
        return sittings.start(exam, user=cast.agent, now=NOW, seed="abc")
