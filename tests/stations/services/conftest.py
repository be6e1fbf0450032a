import pytest

from aftersales.accounts.models import system_user
from stations.services import region_changes, regions, station_lists
from tests.factories import NOW, seeing_everything


@pytest.fixture
def write(tmp_path):
    """Write a list and return its path."""

    def written(name: str, *lines: str):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return written


class Lists:
    """Imports of lists by the system; `refusals` are (file, line, reason)."""

    def __init__(self):
        self.refusals = []

    def _refuse(self, path, line, reason):
        self.refusals.append((path.name, line, reason))

    def regions(self, *paths, **options):
        return self._run(regions.import_lists, paths=paths, **options)

    def changes(self, path, **options):
        return self._run(region_changes.apply_list, path=path, **options)

    def stations(self, path, **options):
        return self._run(station_lists.import_list, path=path, **options)

    def _run(self, service, **arguments):
        with seeing_everything():
            return service(by=system_user(), now=NOW, refuse=self._refuse, **arguments)


@pytest.fixture
def lists(db):
    return Lists()
