"""All settings of the product, driven by environment variables (each is described in docs/operator.md).

One file on purpose: what differs between a try-out, the tests and a district's server is an environment variable,
never another settings module. `DJANGO_ENV` says which of the three it is:

* `production` (default): nothing is assumed; SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL must be given.
* `demo`: what `script/server` starts; http on this machine, static files served from the sources.
* `test`: what `script/test` starts.
"""

from pathlib import Path

import dj_database_url
import pgtrigger
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env
from config.geolibs import library_paths
from config.logs import REFUSALS

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env.choice("DJANGO_ENV", ("production", "demo", "test"), "production")
PRODUCTION = ENVIRONMENT == "production"

# --- Who may talk to us ---------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "" if PRODUCTION else "only-for-a-private-try-out-on-this-machine")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: give a long random text (docs/operator.md).")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS", PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A proxy of our own in front: its word on scheme and client address is believed.
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
BEHIND_PROXY_IS_DECIDED = env.is_given("BEHIND_PROXY")
PROXY_ADDRESSES = env.networks("PROXY_ADDRESSES", "127.0.0.1,::1")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whoever listens to plain http reads a program's token; a network of one's own may say that nobody listens.
TOKENS_WITHOUT_TLS = env.flag("TOKENS_WITHOUT_TLS", not PRODUCTION)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:", *env.words("BASEMAP_ORIGINS")],
        "connect-src": [SELF, *env.words("BASEMAP_ORIGINS")],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- What the product is made of ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # A production image may leave this room out.
    *(["demonstration"] if (BASE_DIR / "demonstration").is_dir() else []),
    "portal",
    "reports",
    "field",
    "evaluation",
    "cases",
    "work",
    "importing",
    "mapping",
    "web",
    "assets",
    "accounts",
    "places",
    "accounts.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.static_files.StaticFiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "django_tasks",
    "django_tasks_db",
    "csp",
]
MIDDLEWARE = [
    "config.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.readers.OneLookMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LanguageChoiceMiddleware",
    "web.problems.ProblemDetailsMiddleware",
    "web.problems.UnreadableAddressMiddleware",
    "web.patience.SlowReadsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "web.bodies.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.signed_in.SignedInCookieMiddleware",
    "accounts.passwords.OwnPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PagePolicyMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "web.context.page",
                "field.desk.context.fieldwork",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: two roles --------------------------------------------------------------------------------------------
# The web server and the worker connect as a role that cannot change the schema or rewrite history; migrations run as
# the owner. DATABASE_ROLE=owner selects it (script/server does so for `migrate`).
_database_url = env.text("DATABASE_URL", "postgresql:///tianqiao")
_owner_url = env.text("DATABASE_OWNER_URL", _database_url)
_role = env.choice("DATABASE_ROLE", ("runtime", "owner"), "runtime")


def _database(url: str) -> dict:
    config = dj_database_url.parse(
        url, engine="django.contrib.gis.db.backends.postgis", conn_max_age=600, conn_health_checks=True
    )
    if PRODUCTION and not env.text("DATABASE_URL"):
        raise ImproperlyConfigured("DATABASE_URL is not set: postgresql://user:password@host:port/name")
    return dict(config)


DATABASES = {"default": _database(_owner_url if _role == "owner" else _database_url)}
DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_DATABASE_NAME", "test_tianqiao")}
RUNTIME_DATABASE_USER = _database(_database_url).get("USER", "")
DATABASE_OWNER_USER = _database(_owner_url).get("USER", "")
# How long one statement of a reading request may take; writing, exports, phones and the worker are not limited.
SLOWEST_READ_SECONDS = env.number("SLOWEST_READ_SECONDS", 20)

# --- History (django-pghistory): statement-level triggers, never edited ----------------------------------------------
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CREATED_AT_FUNCTION = "CLOCK_TIMESTAMP()"

# --- Sign-in --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
SESSION_ENGINE = "accounts.readers"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "map"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
    {"NAME": "accounts.passwords.LongEnough"},
    {"NAME": "accounts.passwords.NoPlaceNames"},
]
DEMONSTRATION = env.flag("DEMONSTRATION", ENVIRONMENT == "demo")

# --- Time and language ----------------------------------------------------------------------------------------------
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_THOUSAND_SEPARATOR = False

# --- Files ----------------------------------------------------------------------------------------------------------
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
STATIC_URL = "/static/"
# Third-party browser code comes from npm by lock file; only the folders a page needs are served, under stable names.
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    (f"vendor/{name}", folder)
    for name, folder in (
        ("maplibre", NODE_MODULES / "maplibre-gl" / "dist"),
        ("gcoord", NODE_MODULES / "gcoord" / "dist"),
        ("idb", NODE_MODULES / "idb" / "build"),
        ("qr", NODE_MODULES / "qr"),
    )
    if folder.is_dir()
]
# Whoever edits scripts and styles sees them at once: served as they lie, not as they were collected.
STATIC_FROM_SOURCE = env.flag("STATIC_FROM_SOURCE", ENVIRONMENT == "test")
# WhiteNoise would serve what was once collected before what lies in the source.
STATIC_ROOT = VAR_DIR / ("static-not-collected" if STATIC_FROM_SOURCE else "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "config.static_files.NamedByContent"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE and ENVIRONMENT != "test"
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- Background work ------------------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- The district and its map ----------------------------------------------------------------------------------------
# Codes are issued under the managing district when an asset lies outside every known one.
MANAGING_DISTRICT = env.text("MANAGING_DISTRICT", "370105")
# none, or an XYZ template such as https://t0.tianditu.gov.cn/…&tk=KEY ; BASEMAP_CRS gcj02 shifts our tiles to fit it.
BASEMAP_TILES = env.text("BASEMAP_TILES")
BASEMAP_ATTRIBUTION = env.text("BASEMAP_ATTRIBUTION")
BASEMAP_CRS = env.choice("BASEMAP_CRS", ("wgs84", "gcj02"), "wgs84")
# Whether phones may keep its tiles for work without a network (most providers' terms forbid it), and how fine ones.
BASEMAP_OFFLINE = env.flag("BASEMAP_OFFLINE", False)
BASEMAP_OFFLINE_ZOOM = env.number("BASEMAP_OFFLINE_ZOOM", 17)
# Where the base map of one's own lies, which `manage.py build_basemap` makes.
BASEMAP_ROOT = Path(env.text("BASEMAP_ROOT", str(VAR_DIR / "basemap")))

# --- Cases ----------------------------------------------------------------------------------------------------------
# When the office is open on a working day: what deadlines in working hours and working days are reckoned by.
OFFICE_HOURS = env.hours("OFFICE_HOURS", "08:30-12:00,13:30-17:30")
# Whether a filed case goes to the unit that maintains its asset without anybody dispatching it.
DISPATCH_CASES_BY_THEMSELVES = env.flag("DISPATCH_CASES_BY_THEMSELVES", False)

# Whether residents without an account may say whether they are satisfied, report problems and follow them.
PUBLIC_REPORTS = env.flag("PUBLIC_REPORTS", False)

# --- Notices --------------------------------------------------------------------------------------------------------
# By e-mail where a server is named; to webhooks at the hosts that the operator lists, and at no others.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
_email_security = env.choice("EMAIL_SECURITY", ("starttls", "tls", "none"), "starttls")
EMAIL_USE_TLS = _email_security == "starttls"
EMAIL_USE_SSL = _email_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "publicity-map@localhost")
EMAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS")

# --- Plates ---------------------------------------------------------------------------------------------------------
# What QR codes begin with (empty: the address the page was asked under), and whom a passer-by may ring.
PUBLIC_URL = env.address("PUBLIC_URL")
PUBLIC_HOTLINE = env.text("PUBLIC_HOTLINE", "12345")

# --- Libraries and logging -------------------------------------------------------------------------------------------
globals().update(library_paths())
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"refusals": {"()": "config.logs.RefusalsInOneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {name: {"filters": ["refusals"]} for name in REFUSALS},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
