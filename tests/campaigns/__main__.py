"""`python -m tests.campaigns`: processes are killed while they work, on PostgreSQL and then on SQLite.

Takes minutes and both cores, so it is no part of `make test`. The task cluster runs with short times, which
have to stand in the environment before the settings are read.
"""

import os
import subprocess
import sys

from tests.postgres import NoServer, postgres_binaries

SHORT_TIMES = {"TASK_TIMEOUT": "4", "TASK_RETRY": "6", "TASK_SILENCE": "15"}


def main() -> int:
    databases = ["postgres", "sqlite"]
    if wanted := os.environ.get("TEST_DB"):
        databases = [wanted]
    try:
        postgres_binaries()
    except NoServer as reason:
        print(f"NOT RUN on PostgreSQL: {reason}", flush=True)
        databases = [name for name in databases if name != "postgres"]
    command = [sys.executable, "-m", "pytest", "-m", "campaign", "tests/campaigns", *sys.argv[1:]]
    codes = [
        subprocess.run(command, env={**os.environ, **SHORT_TIMES, "TEST_DB": name}, check=False).returncode
        for name in databases
    ]
    return next((code for code in codes if code), 0 if codes else 1)


if __name__ == "__main__":
    sys.exit(main())
