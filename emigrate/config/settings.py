"""Every setting, read once from the environment; the only place that knows everything.

`EMIGRATE_DATABASE_DSN` names the database and the role of this process (the command line sets it);
`EMIGRATE_MODE` is `demo` (default) or `production`, and each refuses the other's keys.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from emigrate.config.logs import configure_logs
from emigrate.foundation.crypto.secrets import write_once


def _database() -> dict[str, Any]:  # Django's own shape
    parts = conninfo_to_dict(os.environ.get("EMIGRATE_DATABASE_DSN", "postgresql:///emigrate"))
    return {
        "ENGINE": "emigrate.foundation.database.postgresql",
        "NAME": parts.get("dbname", "emigrate"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "prepare_threshold": 2,
            "server_side_binding": True,
            "application_name": "emigrate",
        },
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _demo_secret(home: Path) -> str:
    """A demonstration's own secret, kept in its folder so that its processes share it."""
    path = home / "secret"
    if not path.exists():
        write_once(path, f"demonstration-{secrets.token_hex(32)}".encode())
    return path.read_text()


MODE = os.environ.get("EMIGRATE_MODE") or "demo"
if MODE not in {"demo", "production"}:  # a slip would start a demonstration's keys in earnest
    raise ImproperlyConfigured(f"EMIGRATE_MODE is demo or production, not {MODE!r}.")
PRODUCTION = MODE == "production"
DEBUG = False

BASE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("EMIGRATE_STATE", BASE.parent / ".emigrate")).resolve()
"""Where keys, papers, messages written to files and other state of this installation live."""

SECRET_KEY = os.environ.get("EMIGRATE_SECRET_KEY") or ("" if PRODUCTION else _demo_secret(HOME))
ALLOWED_HOSTS = os.environ.get("EMIGRATE_HOSTS", "127.0.0.1,localhost,testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "emigrate.foundation",
    "emigrate.domains.reference",
    "emigrate.domains.accounts",
    "emigrate.domains.payments",
    "emigrate.domains.documents",
    "emigrate.domains.notifications",
    "emigrate.domains.credentials",
    "emigrate.domains.agents",
    "emigrate.domains.employers",
    "emigrate.domains.emigrants",
    "emigrate.domains.demands",
    "emigrate.domains.contracts",
    "emigrate.domains.insurance",
    "emigrate.domains.clearances",
    "emigrate.domains.departures",
    "emigrate.portals",
    "emigrate.api",
]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "emigrate.foundation.web.middleware.RequestId",
    "emigrate.portals.sign_in.SignedIn",
    "emigrate.foundation.web.middleware.Language",
    "django.middleware.csrf.CsrfViewMiddleware",
    "emigrate.foundation.web.middleware.SecurityHeaders",
]
ROOT_URLCONF = "emigrate.config.urls"
WSGI_APPLICATION = "emigrate.config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"procrastinate": "procrastinate.contrib.django.migrations"}
PROCRASTINATE_IMPORT_PATHS: list[str] = []

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE / "portals" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "emigrate.foundation.web.pages.environment"},
    },
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("EMIGRATE_STATIC") or None
"""Where `collectstatic` put the files; without it they are served from the packages."""

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"

CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Strict"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# What the deployer installs (name, helpline, keys); the demonstration says so on every page.
BRAND_NAME = os.environ.get("EMIGRATE_BRAND", "e-Migrate demonstration")
HELPLINE = os.environ.get("EMIGRATE_HELPLINE", "")
HELPLINE_CHECKED_ON = os.environ.get("EMIGRATE_HELPLINE_CHECKED_ON", "")
ISSUER = os.environ.get("EMIGRATE_ISSUER", "IN-MEA-PGE")
STATUS_LIST_BASE = os.environ.get("EMIGRATE_STATUS_URL", "https://status.example.invalid")
KEYS = Path(os.environ.get("EMIGRATE_KEYS", HOME / "keys"))
PARTNERS = {
    "passport_registry": os.environ.get("EMIGRATE_PASSPORT_REGISTRY_URL", ""),
    "insurer": os.environ.get("EMIGRATE_INSURER_URL", ""),
    "payment_gateway": os.environ.get("EMIGRATE_PAYMENT_GATEWAY_URL", ""),
}

PERMISSION_TABLES = {
    "api": "emigrate.api.permissions.PERMISSIONS",
    "callbacks": "emigrate.api.permissions.CALLBACKS",
    "pages": "emigrate.portals.permissions.PAGES",
}
"""Where every way in names its permissions, for the auditor's list."""

LOGGING_CONFIG = None
configure_logs()
