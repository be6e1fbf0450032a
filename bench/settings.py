"""Settings of the measured system: production, with static files in a folder of the run."""

import os
from pathlib import Path

from aftersales.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["BENCH_FOLDER"]) / "static"
