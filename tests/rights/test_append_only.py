"""Every model whose rows never change: none of the eight statements gets through, whatever the table."""

import pytest
from django.apps import apps

from aftersales.audit import append_only
from tests.audit.statements import got_through
from tests.factories import seeing_everything

MODELS = sorted(
    (model for model in apps.get_models() if model._meta.db_table in append_only.append_only_tables()),
    key=lambda model: model._meta.label_lower,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_rows_of_the_world_never_change(world, model):
    with seeing_everything():
        row = model._base_manager.first()
        assert row is not None, "tests/rights/world.py has no row of this model: keep one there"

        told = got_through(row)

    assert told == dict.fromkeys(told, "append-only")
    assert len(told) == 8
