"""Settings from the environment; production values are the defaults.

Development is the exception and is switched on by DEVELOPMENT=1, which `make run` does.
Every variable is listed with a sentence in .env.example.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
DEBUG = DEVELOPMENT and env.bool("DEBUG", default=True)

# --- Secrets: the system refuses to start without them ---------------------------------------

SECRET_KEY = env.str("SECRET_KEY", default="")
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
PHONE_INDEX_KEY = env.str("PHONE_INDEX_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEVELOPMENT else [])

_missing = [
    sentence
    for wrong, sentence in [
        (len(SECRET_KEY) < 50, "SECRET_KEY needs at least 50 characters"),
        (not FIELD_KEYS, "FIELD_KEYS needs at least one id:key for personal data"),
        (len(PHONE_INDEX_KEY) < 32, "PHONE_INDEX_KEY needs at least 32 characters"),
        (not ALLOWED_HOSTS, "ALLOWED_HOSTS needs the host names that are served"),
    ]
    if wrong
]
if _missing:
    raise ImproperlyConfigured("Not started: " + "; ".join(_missing) + ". See .env.example.")

# --- Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "aftersales.web",
    "aftersales.accounts",
    "aftersales.audit",
    "aftersales.notices",
    "stations",
    "claims",
    "training",
    "aftersales.dashboards",
    "aftersales.reports",
    "aftersales.integration",
    "aftersales.imports",
    "aftersales.ops",
    "aftersales.apps.AftersalesAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "simple_history",
    "axes",
    "csp",
    "django_q",
]

MIDDLEWARE = [
    "aftersales.web.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "aftersales.web.middleware.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aftersales.web.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "aftersales.web.locale.CookieLocaleMiddleware",
    "aftersales.reports.standby.StandbyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "aftersales.accounts.middleware.SessionAgeMiddleware",
    "aftersales.accounts.middleware.OneTimePasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "stations.access.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
    "aftersales.integration.middleware.OutcomeMiddleware",
]

ROOT_URLCONF = "aftersales.urls"
WSGI_APPLICATION = "aftersales.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
X_FRAME_OPTIONS = "DENY"

# --- Databases ------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;PRAGMA foreign_keys=ON;"
    ),
}
POSTGRES_OPTIONS = {
    "options": (
        "-c synchronous_commit=on -c lock_timeout=5s "
        "-c idle_in_transaction_session_timeout=30s -c statement_timeout=15s"
    ),
}


def _database(url: str) -> dict:
    settings = env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        if settings["NAME"] != ":memory:":
            settings["NAME"] = str((BASE_DIR / settings["NAME"]).resolve())
        settings["OPTIONS"] = {**SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    else:
        settings["OPTIONS"] = {**POSTGRES_OPTIONS, **settings.get("OPTIONS", {})}
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


def _reports_database() -> dict:
    """The connection that cannot write.

    On PostgreSQL REPORTS_DATABASE_URL names a role that may only read the report views; SQLite has
    no roles, so the same file is opened with mode=ro.
    """
    url = env.str("REPORTS_DATABASE_URL", default="")
    if url:
        settings = _database(url)
    elif DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        path = quote(str(DATABASES["default"]["NAME"]))
        settings = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"file:{path}?mode=ro",
            "OPTIONS": {"uri": True, "timeout": 20},
        }
    elif DEVELOPMENT:
        settings = dict(DATABASES["default"])
    else:
        raise ImproperlyConfigured(
            "Not started: REPORTS_DATABASE_URL needs the read-only role. See .env.example."
        )
    settings["TEST"] = {"MIRROR": "default"}
    return settings


DATABASES = {"default": _database(env.str("DATABASE_URL", default="sqlite:///var/aftersales.sqlite3"))}
DATABASES["reports"] = _reports_database()

# --- Sign-in --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "stations.access.backend.GrantBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:landing"
LOGOUT_REDIRECT_URL = "accounts:login"
# The whole village shares one address: only the pair of name and address is locked.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "aftersales.web.errors.csrf_failure"

# --- Transport and headers ------------------------------------------------------------------------

if not DEVELOPMENT:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEVELOPMENT
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
# A location that nginx serves by X-Accel-Redirect; empty: the application sends the bytes itself.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", default="")

# --- Background work ------------------------------------------------------------------------------

# Seconds. A task that has not come back after `retry` is delivered again, so it has to be over by then; a
# cluster that finishes nothing for TASK_SILENCE is ended and started again.
TASK_TIMEOUT = env.int("TASK_TIMEOUT", default=60)
TASK_RETRY = env.int("TASK_RETRY", default=90)
TASK_SILENCE = env.int("TASK_SILENCE", default=180)
Q_CLUSTER = {
    "name": "aftersales",
    "orm": "default",
    "workers": env.int("TASK_WORKERS", default=2),
    "timeout": TASK_TIMEOUT,
    "retry": TASK_RETRY,
    # Attempts are counted by aftersales.ops.jobs, which sees those whose process was killed too, and which
    # keeps what is to be tried again in the queue.
    "max_attempts": 0,
    "ack_failures": True,
    "save_limit": 0,
    "bulk": 1,
    "poll": 1,
    # What waits in memory is held by a lock that runs out: as little as keeps the workers busy.
    "queue_limit": 2,
    "recycle": 200,
    "catch_up": False,
    "label": "django_q",
}

# --- Doors ----------------------------------------------------------------------------------------

ADMIN_PATH = env.str("ADMIN_PATH", default="admin/")
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["aftersales.web.api.parsing.BoundedJsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["aftersales.integration.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["aftersales.web.api.access.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["aftersales.integration.throttling.TokenRate"],
    "DEFAULT_SCHEMA_CLASS": "aftersales.web.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "aftersales.web.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Aftersales API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GET_LIB_DOC_EXCLUDES": "aftersales.web.api.document.bases",
    "POSTPROCESSING_HOOKS": [
        "aftersales.web.api.document.add_problems",
        "aftersales.web.api.document.free_sparse_fields",
        "aftersales.web.api.document.name_words",
    ],
}

# --- Notices --------------------------------------------------------------------------------------

NOTICE_CHANNELS = env.list("NOTICE_CHANNELS", default=["console"] if DEVELOPMENT else [])
NOTICE_GATEWAYS = {
    "sms": {
        "url": env.str("NOTICE_SMS_URL", default=""),
        "secret": env.str("NOTICE_SMS_SECRET", default=""),
    },
    "wechat": {
        "url": env.str("NOTICE_WECHAT_URL", default=""),
        "secret": env.str("NOTICE_WECHAT_SECRET", default=""),
    },
}
NOTICE_HOSTS = env.list("NOTICE_HOSTS", default=[])
NOTICE_LOCAL_GATEWAYS = DEVELOPMENT and env.bool("NOTICE_LOCAL_GATEWAYS", default=False)
# Platforms that are told by a call to pay a refund back, by name: {"name": {"url": "…", "secret": "…"}}.
PAYOUT_GATEWAYS = env.json("PAYOUT_GATEWAYS", default={})
PAYOUT_HOSTS = env.list("PAYOUT_HOSTS", default=[])
PAYOUT_LOCAL_GATEWAYS = DEVELOPMENT and env.bool("PAYOUT_LOCAL_GATEWAYS", default=False)
# Hosts to which events may be sent (docs/webhooks.md).
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=[])
WEBHOOK_LOCAL_RECEIVERS = DEVELOPMENT and env.bool("WEBHOOK_LOCAL_RECEIVERS", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="aftersales@localhost")

# --- Logs -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "aftersales.web.logging.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Without handlers of its own: Django's default one would print every line a second time.
    "loggers": {"axes": {"level": "WARNING"}, "django": {"handlers": [], "level": "INFO"}},
}
