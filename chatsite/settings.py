"""Settings of the site: the only reader of the environment. docs/configuration.md explains each name."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from chatsite import env, logs
from conversations.crypto import fresh_key, read_key

BASE_DIR = Path(__file__).resolve().parent.parent

# Where it listens and how it is reached
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, least=0, most=65535)
CHATSITE_PUBLIC_URL = env.address("CHATSITE_PUBLIC_URL", "https://chat.example.org", with_path=False)
CHATSITE_TRUSTED_PROXIES = env.integer("CHATSITE_TRUSTED_PROXIES", 0, least=0, most=10)
CHATSITE_DATA_DIR = Path(env.text("CHATSITE_DATA_DIR", str(BASE_DIR / "data"))).expanduser().absolute()
CHATSITE_DEBUG = env.flag("CHATSITE_DEBUG", False)

# GLM
ZHIPUAI_API_KEY = env.secret("ZHIPUAI_API_KEY")
ZAI_API_KEY = env.secret("ZAI_API_KEY")
ZHIPU_API_KEY = env.secret("ZHIPU_API_KEY")
ZHIPUAI_BASE_URL = env.address("ZHIPUAI_BASE_URL", "https://open.bigmodel.cn/api/paas/v4", with_path=True)
ZAI_BASE_URL = env.address("ZAI_BASE_URL", "https://api.z.ai/api/paas/v4", with_path=True)
CHATSITE_MODELS = env.words("CHATSITE_MODELS")
CHATSITE_DEFAULT_MODEL = env.text("CHATSITE_DEFAULT_MODEL")
CHATSITE_CONNECT_TIMEOUT = env.number("CHATSITE_CONNECT_TIMEOUT", 8, least=0.1, most=120)
CHATSITE_READ_TIMEOUT = env.number("CHATSITE_READ_TIMEOUT", 300, least=0.1, most=3600)
CHATSITE_REPLY_DEADLINE = env.number("CHATSITE_REPLY_DEADLINE", 1800, least=1, most=86400)

# Replies at work; seconds unless said otherwise
CHATSITE_FRAME_INTERVAL = env.number("CHATSITE_FRAME_INTERVAL", 0.04, least=0.005, most=5)
CHATSITE_CHECKPOINT = env.number("CHATSITE_CHECKPOINT", 0.75, least=0.1, most=30)
CHATSITE_HEARTBEAT = env.number("CHATSITE_HEARTBEAT", 2, least=0.1, most=60)
CHATSITE_LEASE = env.number("CHATSITE_LEASE", 10, least=0.3, most=600)
CHATSITE_SWEEP = env.number("CHATSITE_SWEEP", 2, least=0.1, most=60)
CHATSITE_PULSE = env.number("CHATSITE_PULSE", 15, least=0.1, most=300)
CHATSITE_REPLIES_AT_ONCE = env.integer("CHATSITE_REPLIES_AT_ONCE", 300, least=1, most=10_000)
CHATSITE_MAX_PROMPT = env.integer("CHATSITE_MAX_PROMPT", 200_000, least=1, most=2_000_000)
CHATSITE_REQUEST_THREADS = env.integer("CHATSITE_REQUEST_THREADS", 8, least=1, most=64)
if CHATSITE_LEASE <= 2 * CHATSITE_HEARTBEAT:
    raise ImproperlyConfigured("CHATSITE_LEASE must be more than twice CHATSITE_HEARTBEAT.")
if CHATSITE_CHECKPOINT < CHATSITE_FRAME_INTERVAL:
    raise ImproperlyConfigured("CHATSITE_CHECKPOINT must not be shorter than CHATSITE_FRAME_INTERVAL.")
if CHATSITE_REPLY_DEADLINE < CHATSITE_READ_TIMEOUT:
    raise ImproperlyConfigured("CHATSITE_REPLY_DEADLINE must not be shorter than CHATSITE_READ_TIMEOUT.")
if CHATSITE_DEFAULT_MODEL and CHATSITE_MODELS and CHATSITE_DEFAULT_MODEL not in CHATSITE_MODELS:
    raise ImproperlyConfigured("CHATSITE_DEFAULT_MODEL must be one of CHATSITE_MODELS.")

# People
CHATSITE_LANGUAGE = env.text("CHATSITE_LANGUAGE", "en")
CHATSITE_TIME_ZONE = env.text("CHATSITE_TIME_ZONE", "UTC")

_public_host = urlsplit(CHATSITE_PUBLIC_URL).hostname
_served_by_https = CHATSITE_PUBLIC_URL.startswith("https://")

DEBUG = CHATSITE_DEBUG
# Until `serve` has written the file each process has a passing key: no command needs a lasting one.
SECRET_KEY = read_key(CHATSITE_DATA_DIR / "secret.key") or fresh_key()
ALLOWED_HOSTS = [*dict.fromkeys(filter(None, ["localhost", "127.0.0.1", "[::1]", HOST, _public_host]))]
CSRF_TRUSTED_ORIGINS = [CHATSITE_PUBLIC_URL] if CHATSITE_PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    # Last: after a migrate its groups get permissions, which the apps before it must have made by then.
    "conversations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
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
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "chatsite.sqlite",
        "NAME": CHATSITE_DATA_DIR / "chatsite.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles count here: with the usual 300 entries a crowd of attackers would push out its own counts.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}}
# Groups forget a member a day after it came, however alive it is; pages stay open for weeks.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels.layers.InMemoryChannelLayer",
        "CONFIG": {"group_expiry": 10 * 365 * 24 * 3600},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = CHATSITE_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

USE_TZ = True
TIME_ZONE = CHATSITE_TIME_ZONE
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"CHATSITE_TIME_ZONE is not a known time zone: {TIME_ZONE!r}.")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_CODE = CHATSITE_LANGUAGE
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"CHATSITE_LANGUAGE must be en or zh-hans, not {LANGUAGE_CODE!r}.")
LOCALE_PATHS = [BASE_DIR / "locale"]

AUTH_USER_MODEL = "conversations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "conversations.web.account.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = CHATSITE_TRUSTED_PROXIES

SESSION_COOKIE_NAME = "__Host-sessionid" if _served_by_https else "sessionid"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _served_by_https
CSRF_COOKIE_NAME = "__Host-csrftoken" if _served_by_https else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _served_by_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _served_by_https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CHATSITE_TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
# The proxy that ends TLS redirects; whether subdomains follow, and the preload list, are its owner's to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# A prompt of CHATSITE_MAX_PROMPT characters takes at most four bytes each, and thrice that when form-encoded. One of
# twice that length is still read, so that its refusal can say how long it is and give the text back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 24 * CHATSITE_MAX_PROMPT + 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

logs.configure()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "conversations": {"level": "INFO"},
        "chatsite": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
