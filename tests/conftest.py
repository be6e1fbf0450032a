"""Fixtures that know no model. What makes rows is in tests/factories.py."""

import pytest
from django.db import connection
from django.test import TransactionTestCase

from aftersales.audit import append_only

_empty_all_tables = TransactionTestCase._fixture_teardown


def _empty_guarded_tables(case):
    """Empty the tables after a test that committed: the append-only triggers go first and come back with
    the post_migrate signal that ends the emptying."""
    append_only.remove(connection)
    _empty_all_tables(case)


TransactionTestCase._fixture_teardown = _empty_guarded_tables


@pytest.fixture(autouse=True)
def _media_of_one_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
