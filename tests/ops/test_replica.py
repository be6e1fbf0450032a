"""A streaming replica made by the script serves the reports, and goes on when the primary is stopped."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from aftersales.ops.replica import NotStarted, Primary, Replica, main
from aftersales.reports import database_views
from aftersales.reports.age import data_age
from tests.cast import make_cast
from tests.factories import make_claim
from tests.postgres import SERVER_USER, postgres_binaries

only_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="replicas are PostgreSQL's")
ROLE = "reports_of_replica"


@contextmanager
def lying_at(alias: str, **settings):
    """The connection of an alias leads elsewhere for a while."""
    own = connections[alias]
    elsewhere = type(own)({**own.settings_dict, **settings}, alias)
    connections[alias] = elsewhere
    try:
        yield elsewhere
    finally:
        elsewhere.close()
        connections[alias] = own


def hand_over(folder: Path) -> None:
    """Let the server's user write there, where the tests run as root."""
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER, SERVER_USER)


class Servers:
    """A copy of the run's own server as primary, and a replica of that copy made by the script."""

    def __init__(self, folder: Path):
        self.folder, binaries = folder, postgres_binaries()
        self.primary = Replica(folder / "primary", binaries, self._listen("p", "-c synchronous_commit=local"))
        self.replica = Replica(folder / "replica", binaries, self._listen("r"))
        self.started = []

    def _listen(self, socket: str, more: str = "") -> str:
        return f"-k {self.folder / socket} -c listen_addresses= -c synchronous_standby_names=* {more}"

    def start(self) -> None:
        for name in ("p", "r"):
            (self.folder / name).mkdir()
            hand_over(self.folder / name)
        source = Primary(connection.settings_dict["HOST"])
        self.primary._run(
            "pg_basebackup",
            *("-h", source.host, "-U", source.user, "-D", str(self.primary.folder)),
            *("-X", "fetch", "-c", "fast"),
        )
        self._up(self.primary)
        self.replica.copy(Primary(str(self.folder / "p")), slot="reports")
        self._up(self.replica)

    def _up(self, server: Replica) -> None:
        server.start()
        self.started.append(server)

    def stop(self, server: Replica) -> None:
        self.started.remove(server)
        server.stop()


@pytest.fixture
def servers():
    folder = Path(tempfile.mkdtemp(prefix="aftersales-replica-"))
    hand_over(folder)
    both = Servers(folder)
    try:
        yield both
    finally:
        for server in list(both.started):
            both.stop(server)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def role(db):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
    database_views.let_role_read(connection, ROLE)
    yield ROLE
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
        cursor.execute(f"REVOKE ALL ON SCHEMA public FROM {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


@only_postgres
@pytest.mark.django_db(transaction=True, databases=["default", "reports"])
def test_reports_go_on_from_the_replica_when_the_primary_is_stopped(role, servers):
    cast = make_cast()
    servers.start()
    with (
        lying_at("default", HOST=str(servers.folder / "p")) as primary,
        lying_at("reports", HOST=str(servers.folder / "r"), USER=role) as replica,
    ):
        client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        client.force_login(cast.regulator, backend="stations.access.backend.GrantBackend")
        assert client.get("/reports/").status_code == 200
        with transaction.atomic():
            with primary.cursor() as cursor:
                # Committed only when the replica has applied it, so that nobody has to wait and look.
                cursor.execute("SET LOCAL synchronous_commit = remote_apply")
            make_claim(cast.guangcheng, filed_by=cast.agent)
        assert data_age().is_replica
        assert data_age().at is not None
        before = client.get("/reports/")
        primary.close()

        servers.stop(servers.primary)

        after = client.get("/reports/")
        assert (before.status_code, after.status_code) == (200, 200)
        with replica.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM report_case")
            assert cursor.fetchone() == (1,)
        for statement in ("INSERT INTO report_case (id) VALUES (1)", "SELECT 1 FROM claims_claim"):
            with pytest.raises(DatabaseError), replica.cursor() as cursor:
                cursor.execute(statement)


@only_postgres
def test_a_primary_that_is_not_there_is_said(servers, capsys):
    new, binaries = servers.folder / "new", str(postgres_binaries())
    code = main([str(new), "--from", str(servers.folder), "--binaries", binaries])

    assert code == 1
    assert capsys.readouterr().err.startswith("pg_basebackup failed: ")


@only_postgres
def test_half_a_copy_is_not_started(servers):
    (servers.folder / "replica").mkdir()
    with pytest.raises(NotStarted, match="pg_basebackup failed"):
        servers.replica.copy(Primary(str(servers.folder)), slot="reports")
    assert not servers.replica.exists
