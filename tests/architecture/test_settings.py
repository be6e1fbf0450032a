"""Production settings hold what a deployment needs, and nothing starts without its secrets."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READS_VARIABLE = re.compile(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"")
LISTS_VARIABLE = re.compile(r"^#? ?([A-Z_]+)=", re.MULTILINE)


@pytest.fixture
def production(tmp_path):
    """The environment of a production system, with nothing inherited but what a process needs."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "k1:" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "PHONE_INDEX_KEY": secrets.token_urlsafe(32),
        "ALLOWED_HOSTS": "aftersales.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/aftersales.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "media"),
    }


def manage(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployment_check_is_clean(production):
    done = manage(production, "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        done.stderr
    )


def test_deployment_check_can_fail(production):
    done = manage({**production, "DEVELOPMENT": "1"}, "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 1
    assert "security.W018" in done.stderr  # DEBUG is on


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "PHONE_INDEX_KEY", "ALLOWED_HOSTS"])
def test_nothing_starts_without_a_secret(production, name):
    del production[name]

    done = manage(production, "check")

    assert done.returncode == 1
    assert f"ImproperlyConfigured: Not started: {name} needs" in done.stderr


def test_example_lists_every_variable_and_no_other():
    read = set(READS_VARIABLE.findall((ROOT / "aftersales" / "settings.py").read_text()))
    listed = LISTS_VARIABLE.findall((ROOT / ".env.example").read_text())

    assert {"SECRET_KEY", "PROXY_COUNT"} <= read  # the pattern still finds them
    assert sorted(listed) == sorted(read)
