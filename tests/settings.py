"""Settings of the test run: development, with fast passwords and files in a temporary folder.

The address of the database comes from tests/database.py, which pytest loads first.
"""

import os
from base64 import urlsafe_b64encode
from pathlib import Path

TEST_FOLDER = Path(os.environ["TEST_FOLDER"])

os.environ.update(
    DEVELOPMENT="1",
    DEBUG="0",
    SECRET_KEY="only-for-tests-" + "0123456789abcdef" * 3,
    FIELD_KEYS="test:" + urlsafe_b64encode(b"only for tests, 32 bytes of key.").decode(),
    PHONE_INDEX_KEY="only-for-tests-" + "0123456789abcdef" * 2,
    MEDIA_ROOT=str(TEST_FOLDER / "media"),
)
for variable in ("ALLOWED_HOSTS", "ADMIN_PATH", "MEDIA_ACCEL_PREFIX", "NOTICE_CHANNELS", "LOG_LEVEL"):
    os.environ.pop(variable, None)

from aftersales.settings import *  # noqa: E402, F403
from aftersales.settings import DATABASES, LOGGING  # noqa: E402

STATIC_ROOT = TEST_FOLDER / "static"
STATIC_ROOT.mkdir(exist_ok=True)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Counts failed sign-ins, which force_login and most tests have no use for; tests of sign-in switch it on.
AXES_ENABLED = False
# A handler of its own would print every expected warning; pytest's caplog listens at the root anyway.
LOGGING = {**LOGGING, "handlers": {"console": {"class": "logging.NullHandler"}}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Not in memory: several processes and the server of the browser tests share it.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_FOLDER / "test.sqlite3")}
