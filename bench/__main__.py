"""`python -m bench`: on a private PostgreSQL and loopback; prints a table, writes a file in bench/results."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from datetime import datetime
from pathlib import Path

from tests.postgres import NoServer, PrivatePostgres

DEFAULT_CLAIMS = "20000"
# As in production where it matters: what is committed is on the disk.
SAFE = (
    "-c fsync=on -c synchronous_commit=on -c max_connections=60 -c shared_buffers=512MB -c max_wal_size=4GB"
)


def environment(address: str, folder: Path) -> dict[str, str]:
    """A production system of this run alone."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DEVELOPMENT": "0",
        "SECURE_SSL_REDIRECT": "0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "bench:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PHONE_INDEX_KEY": secrets.token_urlsafe(32),
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "DATABASE_URL": address,
        "REPORTS_DATABASE_URL": address,
        "MEDIA_ROOT": str(folder / "media"),
        "BENCH_FOLDER": str(folder),
        "LOG_LEVEL": "ERROR",
    }


def run(claims: int, address: str, folder: Path) -> None:
    os.environ.update(environment(address, folder))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bench import (
        certificates,
        closing,
        exams,
        figures,
        imports,
        likeness,
        measures,
        order_push,
        pages,
        results,
        routes,
        sweeps,
        world,
        writes,
    )
    from bench.servers import Server

    started, load_before = time.monotonic(), os.getloadavg()[0]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    place = world.build(claims)
    connections.close_all()
    servers = {
        name: Server(f"bench.{settings}", folder / f"{name}.log")
        for name, settings in (("ours", "settings"), ("floor", "floor.settings"))
    }
    found = []
    try:
        servers["ours"].wait("/readyz")
        servers["floor"].wait("/queue/0/")
        print("pages …", flush=True)
        found += pages.measure(place, servers["ours"], servers["floor"])
        found += pages.weigh(place, servers["ours"])
        print("exams …", flush=True)
        found += exams.measure(place, servers["ours"], servers["floor"])
        print("orders …", flush=True)
        found += order_push.measure(place, servers["ours"])
    except BaseException:
        for name in servers:
            sys.stderr.write((folder / f"{name}.log").read_text())
        raise
    finally:
        for server in servers.values():
            server.stop()
    print("writes …", flush=True)
    found += writes.measure(place)
    print("sweeps …", flush=True)
    found += sweeps.measure(place)
    print("month close …", flush=True)
    found += closing.measure(place.county_code)
    print("figures …", flush=True)
    found += figures.measure(place.county_code)
    print("likeness …", flush=True)
    found += likeness.measure(place)
    print("ways …", flush=True)
    found += routes.measure()
    print("imports …", flush=True)
    found += imports.measure(folder)
    print("certificates …", flush=True)
    found += certificates.measure(place.county_code)
    print(f"\n{measures.table(found)}\n")
    path = results.write(found, claims=claims, at=datetime.now().astimezone(), load_before=load_before)
    connections.close_all()
    print(f"{path.relative_to(Path.cwd())}, {time.monotonic() - started:.0f} seconds")


def main() -> int:
    wanted = os.environ.get("BENCH_CLAIMS") or DEFAULT_CLAIMS
    if not wanted.isdigit() or int(wanted) < 1:
        print(f"BENCH_CLAIMS is {wanted!r}; it has to be a number of claims.", file=sys.stderr)
        return 1
    try:
        server = PrivatePostgres(SAFE)
    except NoServer as reason:
        print(f"make bench needs PostgreSQL: {reason}", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="aftersales-bench-"))
    try:
        server.create_database()
        run(int(wanted), server.url, folder)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
