"""What a run found, with the commit and the machine it was found on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import datetime
from pathlib import Path

import django
from django.db import connection

from bench.measures import Measure

FOLDER = Path(__file__).parent / "results"


def write(measures: list[Measure], *, claims: int, at: datetime, load_before: float) -> Path:
    """Write the run as JSON, one file a day; returns where."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{at:%Y-%m-%d}.json"
    found = {
        "at": at.isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "changed_since": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "machine": {**machine(), "load_before": round(load_before, 1)},
        "claims": claims,
        "measures": [measure.as_json() for measure in measures],
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, str | int]:
    """Processor, memory and versions; nothing that names the machine."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": model,
        "cores": os.cpu_count() or 0,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": str(connection.pg_version),
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
