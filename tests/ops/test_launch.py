import socket
import stat

import pytest

from aftersales.ops.launch import CannotStart, accounts_file, development_environment, wanted_port


@pytest.fixture
def bare(monkeypatch):
    kept = ("SECRET_KEY", "FIELD_KEYS", "PHONE_INDEX_KEY", "DEVELOPMENT", "DATABASE_URL", "LOG_LEVEL")
    for name in (*kept, "WEBHOOK_HOSTS", "WEBHOOK_LOCAL_RECEIVERS"):
        monkeypatch.delenv(name, raising=False)


def test_secrets_are_drawn_once_and_kept_for_the_owner(bare, tmp_path):
    kept = tmp_path / "var" / "dev.env"

    first = development_environment(kept)
    second = development_environment(kept)

    names = ("SECRET_KEY", "FIELD_KEYS", "PHONE_INDEX_KEY")
    assert [first[name] for name in names] == [second[name] for name in names]
    assert [len(first[name]) >= wanted for name, wanted in zip(names, (50, 49, 32), strict=True)] == [
        True
    ] * 3
    assert first["DEVELOPMENT"] == "1"
    assert (first["WEBHOOK_HOSTS"], first["WEBHOOK_LOCAL_RECEIVERS"]) == ("127.0.0.1", "1")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["dev.env"]


def test_secrets_differ_between_systems(bare, tmp_path):
    one, other = (development_environment(tmp_path / name / "dev.env") for name in ("one", "other"))

    assert one["SECRET_KEY"] != other["SECRET_KEY"]
    assert one["FIELD_KEYS"] != other["FIELD_KEYS"]


def test_environment_comes_before_what_is_kept(bare, tmp_path, monkeypatch):
    development_environment(tmp_path / "dev.env")
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("SECRET_KEY", "given")

    environment = development_environment(tmp_path / "dev.env")

    assert (environment["DATABASE_URL"], environment["SECRET_KEY"]) == ("postgres://somewhere/else", "given")


def test_each_database_keeps_accounts_of_its_own():
    addresses = ({}, {"DATABASE_URL": "postgres://one/a"}, {"DATABASE_URL": "postgres://other/a"})

    names = [accounts_file(environment).name for environment in addresses]

    assert names[0] == "demo_accounts.txt"
    assert len(set(names)) == 3


def test_port_in_use_is_refused_with_another_one_to_take():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=f"^Port {port} cannot be used .* make run PORT={port + 1}$"):
            wanted_port(str(port))

    assert wanted_port(str(port)) == port


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80.5"])
def test_port_has_to_be_a_number(text):
    with pytest.raises(CannotStart, match="PORT is"):
        wanted_port(text)
