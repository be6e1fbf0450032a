import pytest
from django.conf import settings

from tests.campaigns.stage import Stage


@pytest.fixture
def stage(tmp_path, transactional_db):
    """Makes a supervised cluster with so many workers, once for a test."""
    if settings.TASK_SILENCE > 60:
        pytest.fail("campaigns need short times: run them with `make campaign`")
    made = []

    def start(*, workers: int = 2) -> Stage:
        made.append(Stage(tmp_path, workers=workers))
        made[0].start()
        return made[0]

    yield start
    for stage in made:
        stage.stop()
