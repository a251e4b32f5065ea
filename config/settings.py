"""Django settings, all from the environment (docs/reference/configuration.md)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import dj_database_url

from config.environment import broker_socket, read_environment, stored_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment()

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key or stored_secret_key(ENVIRONMENT.data)

# Never "*", also on loopback: a page of another site can make its own name resolve to 127.0.0.1 (DNS rebinding).
ALLOWED_HOSTS = sorted(
    {"localhost", "127.0.0.1", "[::1]"}
    | ({ENVIRONMENT.public_host} if ENVIRONMENT.public_host else set())
    | ({ENVIRONMENT.host} if ENVIRONMENT.host not in {"0.0.0.0", "::"} else set())  # noqa: S104
)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url.rstrip("/")] if ENVIRONMENT.public_url else []
_SECURE = bool(ENVIRONMENT.public_url and ENVIRONMENT.public_url.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_NAME = "treadle_session"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "designer.apps.DesignerConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "designer.web.csp.content_security_policy",
    "designer.web.static.StaticFiles",
    "designer.web.language.reader_language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
LANGUAGES = [("en", "English"), ("ko", "한국어")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Where a network swallows everything, TCP alone waits a quarter of an hour, and so would a worker that is to leave.
_GIVE_UP = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 20_000,  # milliseconds for what was sent
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def postgresql(url: str) -> Any:
    """Django's settings of a database at an address, whose own parameters come first."""
    found = dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True)
    found["OPTIONS"] = {**_GIVE_UP, **found.get("OPTIONS", {})}
    return found


def _databases() -> dict[str, Any]:
    if ENVIRONMENT.database_url:
        return {"default": postgresql(ENVIRONMENT.database_url)}
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(ENVIRONMENT.data / "treadle.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL;"
                    f"PRAGMA synchronous={ENVIRONMENT.sqlite_sync.upper()};"
                    "PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-32000;"
                    "PRAGMA temp_store=MEMORY"
                ),
            },
        }
    }


DATABASES = _databases()

REDIS_URL = ENVIRONMENT.redis_url or f"unix://{broker_socket(ENVIRONMENT.data)}"
# Which implementation of the engine's Dispatcher port rings the workers.
TREADLE_DISPATCHER = "config.celery.dispatcher"
# Which one carries out the tasks of states that are tested.
TREADLE_TRIALS = "config.celery.trials"
CHANNEL_LAYERS = {
    "default": {
        # The pubsub layer: channels_redis' core layer closes idle sockets under redis-py 8's socket_timeout.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "treadle"},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = str(ENVIRONMENT.data / "static")
STATICFILES_DIRS = [("app", str(BASE_DIR / "frontend" / "dist"))] if (BASE_DIR / "frontend" / "dist").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Not the manifest storage: it would re-hash Vite's entry and load the main module twice under two names.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+-[A-Za-z0-9_-]{8,}\.(js|css|woff2?)$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CSRF_FAILURE_VIEW = "designer.web.failures.csrf_failed"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["designer.api.parsing.StrictJsonParser"],
    # The first one is asked for the WWW-Authenticate header, which makes a refusal a 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "designer.api.authentication.BearerAuthentication",
        "designer.api.authentication.SessionCookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_RATES": {"sign-in": "20/min"},
    # The address is the connection's: uvicorn has put a proxy's word there if the proxy is to be believed.
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "designer.api.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    # ?format= belongs to the export endpoint, not to DRF's choice of renderers.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Treadle",
    "DESCRIPTION": "Draw, run and watch state machines.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {
        "MachineStatus": "designer.models.MachineStatus",
        "ExecutionStatus": "designer.models.ExecutionStatus",
        "AttemptStatus": "designer.models.AttemptStatus",
        "MachineType": "designer.models.MachineType",
        "DefinitionFormat": "designer.models.DefinitionFormat",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
}


def _no_probe(record: logging.LogRecord) -> bool:
    """Probes of /healthz while parts are starting are no errors of the request."""
    return "/healthz" not in record.getMessage()


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"probes": {"()": "django.utils.log.CallbackFilter", "callback": _no_probe}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["probes"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
