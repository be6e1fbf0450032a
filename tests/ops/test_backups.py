"""The drill: back up, wipe, restore; the same rows, the same files, and everything still holds."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from aftersales.audit import append_only
from aftersales.audit.models import AuditEvent
from aftersales.audit.sealing import SETTLED, seal_due
from aftersales.ops.backups import media, postgres
from claims.models import Claim, Consumer, Photo
from claims.services import evidence
from claims.services import fund as funds
from tests.cast import make_cast
from tests.claims.pictures import jpeg
from tests.factories import acting_as, seeing_everything
from tests.processes import at_once

TRAIL = "audit_auditevent"


def run(name, *arguments, **options) -> list[str]:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def fingerprints() -> dict[str, str]:
    """A hash of all rows of every table, in an order of their own."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def stored() -> dict[str, str]:
    root = Path(configured.MEDIA_ROOT)
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*.jpg"))
    }


def wipe():
    append_only.remove(connection)
    call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(configured.MEDIA_ROOT)


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def work(cast):
    """Claims with money and a sealed history, and two photos."""
    call_command("seed_volume", claims=120, stdout=io.StringIO())
    for shade in (1, 2):
        with acting_as(cast.agent):
            evidence.stage(
                upload=SimpleUploadedFile("fruit.jpg", jpeg(shade), content_type="image/jpeg"),
                station=cast.guangcheng,
                form_token="a" * 32,
                by=cast.agent,
                now=timezone.now(),
            )
    with seeing_everything():
        Photo.objects.update(claim=Claim.objects.filter(station=cast.guangcheng).first())
        seal_due(now=timezone.now() + SETTLED + timedelta(seconds=1))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept" / "monday"


def test_everything_comes_back(work, folder):
    rows, files = fingerprints(), stored()
    assert len(files) == 4

    last = run("backup", folder)[-1]
    wipe()
    assert run("restore", folder)[-1] == last.replace("backup", "restored")

    restored = fingerprints()
    assert {name for name in rows if rows[name] != restored[name]} == {TRAIL}
    assert restored.keys() == rows.keys()
    assert stored() == files
    with seeing_everything():
        newest = AuditEvent.objects.order_by("-id").first()
    assert (newest.verb, newest.after["hash"]) == ("backup.restored", last.split()[-1])
    append_only.remove(connection)
    with seeing_everything():
        AuditEvent.objects.filter(pk=newest.pk).delete()
    append_only.install(connection)
    assert fingerprints() == rows
    assert run("verify_audit")[-1].endswith("all whole")
    assert run("check_invariants") == ["violations 0"]
    assert append_only.present_triggers(connection) == append_only.expected_triggers(connection.vendor).keys()


def test_an_empty_machine_becomes_the_same_system(work, folder, tmp_path):
    run("backup", folder)
    address = os.environ["DATABASE_URL"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE another_machine")
        elsewhere = address.rpartition("/")[0] + "/another_machine"
    else:
        elsewhere = f"sqlite:///{tmp_path}/another_machine.sqlite3"
    environment = {
        **os.environ,
        "DATABASE_URL": elsewhere,
        "MEDIA_ROOT": str(tmp_path / "other media"),
        "DEVELOPMENT": "1",
        "SECRET_KEY": configured.SECRET_KEY,
        "FIELD_KEYS": ",".join(configured.FIELD_KEYS),
        "PHONE_INDEX_KEY": configured.PHONE_INDEX_KEY,
        "DJANGO_SETTINGS_MODULE": "aftersales.settings",
    }

    def manage(*arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=configured.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()[-1:], done.stderr

    try:
        code, said, complaints = manage("restore", str(folder))
        assert (code, complaints) == (0, "")
        assert said[0].startswith("restored ")
        assert manage("migrate", "--check")[0] == 0
        again = manage("restore", str(folder))
        assert (again[0], "The database is in use" in again[2]) == (1, True)
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP DATABASE another_machine")


def test_what_the_database_holds_is_kept_unless_told_to_replace(work, folder):
    before = fingerprints()
    run("backup", folder)
    with seeing_everything():
        Claim.objects.update(description="later")

    with pytest.raises(CommandError, match=r"The database is in use \(.*--replace"):
        run("restore", folder)
    with seeing_everything():
        assert set(Claim.objects.values_list("description", flat=True)) == {"later"}

    run("restore", folder, "--replace")
    assert fingerprints()["claims_claim"] == before["claims_claim"]


def test_the_manifest_says_what_is_needed_and_no_key(work, folder):
    run("backup", folder)

    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["vendor"], manifest["key_ids"], manifest["media_files"]) == (
        connection.vendor,
        ["test"],
        4,
    )
    assert manifest["rows"]["claims_claim"] == 120
    assert "claims.0001_initial" in manifest["migrations"]
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert configured.FIELD_KEYS[0].partition(":")[2].encode() not in everything
    with seeing_everything():
        assert Consumer.objects.first().clear_phone().encode() not in everything
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.parent.iterdir()] == ["monday"]
    listed = subprocess.run(
        ["sha256sum", "--check", "--quiet", "media.sha256"], cwd=folder, capture_output=True, check=False
    )
    assert listed.returncode == 0
    with seeing_everything():
        event = AuditEvent.objects.get(verb="backup.taken")
    assert event.after == {"folder": "monday", "hash": manifest["hash"]}


def damage_database(folder):
    path = next(folder.glob("database.*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_photo(folder):
    path = sorted((folder / "media").rglob("*.jpg"))[0]
    path.write_bytes(path.read_bytes()[:-1])


def lose_photo(folder):
    sorted((folder / "media").rglob("*.jpg"))[0].unlink()


def edit_manifest(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"test"', '"other"'))


def cut_manifest(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:100])


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


def edit_list(folder):
    path = folder / media.LIST
    path.write_text(path.read_text().replace("media/", "media/../", 1))


HARMS = {
    damage_database: "database.* does not fit its hash",
    damage_photo: "does not fit its hash",
    lose_photo: "is missing",
    edit_manifest: "manifest.json does not fit its own hash",
    cut_manifest: "manifest.json cannot be read",
    lose_manifest: "holds no manifest.json",
    edit_list: "media.sha256 does not fit its hash",
}


def test_a_damaged_backup_changes_nothing(work, folder):
    run("backup", folder)
    rows, files = fingerprints(), stored()

    for harm, sentence in HARMS.items():
        harmed = folder.with_name(harm.__name__)
        shutil.copytree(folder, harmed)
        harm(harmed)
        with pytest.raises(CommandError, match=sentence):
            run("restore", harmed, "--replace")

    assert (fingerprints(), stored()) == (rows, files)


def rewrite(folder, **changes):
    """A manifest that fits its hash and says something else."""
    from aftersales.ops.backups import manifest

    told = json.loads((folder / manifest.NAME).read_text())
    del told["hash"]
    manifest.Manifest(**{**told, **changes}).write(folder)


def test_a_foreign_backup_is_refused(work, folder, settings):
    run("backup", folder)
    known = json.loads((folder / "manifest.json").read_text())
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"

    rewrite(folder, vendor=other)
    with pytest.raises(CommandError, match=f"is of {other}, this system runs on {connection.vendor}"):
        run("restore", folder, "--replace")
    rewrite(folder, vendor=connection.vendor, migrations=[*known["migrations"], "claims.0099_later"])
    with pytest.raises(CommandError, match=r"another version of the system \(claims.0099_later\)"):
        run("restore", folder, "--replace")
    rewrite(folder, migrations=known["migrations"])
    settings.FIELD_KEYS = [f"new:{Fernet.generate_key().decode()}"]
    with pytest.raises(CommandError, match="FIELD_KEYS lacks test"):
        run("restore", folder, "--replace")
    settings.FIELD_KEYS = [f"test:{Fernet.generate_key().decode()}"]
    with pytest.raises(CommandError, match=r"(?s)not sound:.*does not open with master key test"):
        run("restore", folder, "--replace")


def fill_fund(fund, officer, manager, now):
    with seeing_everything():
        for number in range(40):
            deposit = funds.propose_deposit(
                fund=fund, amount_fen=100, reference=f"R{number}", by=officer, now=now
            )
            funds.confirm_deposit(deposit=deposit, by=manager, now=now)


@pytest.mark.race
def test_a_backup_between_writes_is_of_one_moment(cast, folder):
    with seeing_everything():
        fund = funds.open_fund(county_code="520123000000", name="f", by=cast.manager, now=timezone.now())
    writer = (fill_fund, fund, cast.officer, cast.manager, timezone.now())

    outcomes = at_once(lambda call, *arguments: call(*arguments), [writer, (run, "backup", folder)])

    assert [outcome.error for outcome in outcomes] == ["", ""]
    # Restoring looks at every balance and sum.
    assert run("restore", folder, "--replace")[-1].startswith("restored ")


def test_a_folder_that_is_in_use_is_left_alone(cast, folder):
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")

    with pytest.raises(CommandError, match="exists already"):
        run("backup", folder)

    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite needs no program")
def test_without_the_client_programs_it_says_so(cast, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    with pytest.raises(CommandError, match=r"pg_dump was not found.*apt-get install postgresql-client"):
        run("backup", folder)

    assert list(folder.parent.iterdir()) == []
    with pytest.raises(postgres.BackupError, match="pg_restore was not found"):
        postgres.bring_back(folder)
