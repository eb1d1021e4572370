"""Settings of the site: the only reader of the environment. docs/configuration.md explains each name."""

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from chatsite import compact, env, logs, stores
from conversations.crypto import fresh_key, read_key
from conversations.inline import policy_source

BASE_DIR = Path(__file__).resolve().parent.parent

# Where it listens and how it is reached
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, least=0, most=65535)
CHATSITE_PUBLIC_URL = env.address("CHATSITE_PUBLIC_URL", "https://chat.example.org", with_path=False)
CHATSITE_TRUSTED_PROXIES = env.integer("CHATSITE_TRUSTED_PROXIES", 0, least=0, most=10)
CHATSITE_DATA_DIR = Path(env.text("CHATSITE_DATA_DIR", str(BASE_DIR / "data"))).expanduser().absolute()
CHATSITE_STATIC_DIR = env.text("CHATSITE_STATIC_DIR")
CHATSITE_COPY_BEFORE_UPDATE = env.flag("CHATSITE_COPY_BEFORE_UPDATE", True)
CHATSITE_DEBUG = env.flag("CHATSITE_DEBUG", False)
CHATSITE_LOG_FORMAT = env.text("CHATSITE_LOG_FORMAT", logs.FORMATS[0])
CHATSITE_LOG_REQUESTS = env.flag("CHATSITE_LOG_REQUESTS", False)
if CHATSITE_LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured(f"CHATSITE_LOG_FORMAT must be line or json, not {CHATSITE_LOG_FORMAT!r}.")

# Where records, news and counts are kept, and what this process is for
DATABASE_URL = env.secret("DATABASE_URL")
REDIS_URL = env.secret("REDIS_URL")
CHATSITE_REDIS_PREFIX = env.text("CHATSITE_REDIS_PREFIX", "chatsite")
CHATSITE_ROLE = env.choice("CHATSITE_ROLE", stores.ROLES, stores.COMMAND)
stores.refuse_what_cannot_work(DATABASE_URL, REDIS_URL, CHATSITE_ROLE)

# GLM
ZHIPUAI_API_KEY = env.secret("ZHIPUAI_API_KEY")
ZAI_API_KEY = env.secret("ZAI_API_KEY")
ZHIPU_API_KEY = env.secret("ZHIPU_API_KEY")
ZHIPUAI_BASE_URL = env.address("ZHIPUAI_BASE_URL", "https://open.bigmodel.cn/api/paas/v4", with_path=True)
ZAI_BASE_URL = env.address("ZAI_BASE_URL", "https://api.z.ai/api/paas/v4", with_path=True)
CHATSITE_MODELS = env.words("CHATSITE_MODELS")
CHATSITE_DEFAULT_MODEL = env.text("CHATSITE_DEFAULT_MODEL")
CHATSITE_ASSISTANTS = env.assistants("CHATSITE_ASSISTANTS")
CHATSITE_TITLES = env.flag("CHATSITE_TITLES", True)
CHATSITE_TITLE_MODEL = env.text("CHATSITE_TITLE_MODEL")
CHATSITE_CONTEXT_LIMIT = env.integer("CHATSITE_CONTEXT_LIMIT", 0, least=0, most=10_000_000)
CHATSITE_SUMMARY_AT = env.integer("CHATSITE_SUMMARY_AT", 80, least=10, most=100)
CHATSITE_SUMMARY_MODEL = env.text("CHATSITE_SUMMARY_MODEL")
CHATSITE_CONNECT_TIMEOUT = env.number("CHATSITE_CONNECT_TIMEOUT", 8, least=0.1, most=120)
CHATSITE_READ_TIMEOUT = env.number("CHATSITE_READ_TIMEOUT", 300, least=0.1, most=3600)
CHATSITE_REPLY_DEADLINE = env.number("CHATSITE_REPLY_DEADLINE", 1800, least=1, most=86400)
CHATSITE_APPROVAL_DEADLINE = env.number("CHATSITE_APPROVAL_DEADLINE", 86400, least=1, most=2_592_000)

# Replies at work; seconds unless said otherwise
CHATSITE_FRAME_INTERVAL = env.number("CHATSITE_FRAME_INTERVAL", 0.04, least=0.005, most=5)
CHATSITE_CHECKPOINT = env.number("CHATSITE_CHECKPOINT", 0.75, least=0.1, most=30)
CHATSITE_HEARTBEAT = env.number("CHATSITE_HEARTBEAT", 2, least=0.1, most=60)
CHATSITE_LEASE = env.number("CHATSITE_LEASE", 10, least=0.3, most=600)
CHATSITE_SWEEP = env.number("CHATSITE_SWEEP", 2, least=0.1, most=60)
CHATSITE_GRACE = env.number("CHATSITE_GRACE", 30 if REDIS_URL else 0, least=0, most=3600)
CHATSITE_PULSE = env.number("CHATSITE_PULSE", 15, least=0.1, most=300)
CHATSITE_REPLIES_AT_ONCE = env.integer("CHATSITE_REPLIES_AT_ONCE", 300, least=1, most=10_000)
CHATSITE_REQUESTS_AT_ONCE = env.integer("CHATSITE_REQUESTS_AT_ONCE", 0, least=0, most=10_000)  # 0: see catalogue
CHATSITE_REPLIES_PER_PERSON = env.integer("CHATSITE_REPLIES_PER_PERSON", 0, least=0, most=1000)  # 0: any number
CHATSITE_MAX_PROMPT = env.integer("CHATSITE_MAX_PROMPT", 200_000, least=1, most=2_000_000)
CHATSITE_REQUEST_THREADS = env.integer("CHATSITE_REQUEST_THREADS", 8, least=1, most=64)
if CHATSITE_LEASE <= 2 * CHATSITE_HEARTBEAT:
    raise ImproperlyConfigured("CHATSITE_LEASE must be more than twice CHATSITE_HEARTBEAT.")
if CHATSITE_CHECKPOINT < CHATSITE_FRAME_INTERVAL:
    raise ImproperlyConfigured("CHATSITE_CHECKPOINT must not be shorter than CHATSITE_FRAME_INTERVAL.")
if CHATSITE_REPLY_DEADLINE < CHATSITE_READ_TIMEOUT:
    raise ImproperlyConfigured("CHATSITE_REPLY_DEADLINE must not be shorter than CHATSITE_READ_TIMEOUT.")
if (
    CHATSITE_DEFAULT_MODEL
    and CHATSITE_MODELS
    and CHATSITE_DEFAULT_MODEL not in (*CHATSITE_MODELS, *CHATSITE_ASSISTANTS)
):
    raise ImproperlyConfigured("CHATSITE_DEFAULT_MODEL must be one of CHATSITE_MODELS.")

# Jobs, which GLM finishes later; seconds unless said otherwise
CHATSITE_LATER = env.choice("CHATSITE_LATER", ("auto", "yes", "no"), "auto")
CHATSITE_JOB_POLL = env.numbers("CHATSITE_JOB_POLL", (2, 3, 5, 8, 10), least=0.05, most=600)
CHATSITE_JOB_TIMEOUT = env.number("CHATSITE_JOB_TIMEOUT", 20, least=0.1, most=300)
CHATSITE_JOB_THREADS = env.integer("CHATSITE_JOB_THREADS", 4, least=1, most=64)
CHATSITE_ANSWER_DEADLINE = env.number("CHATSITE_ANSWER_DEADLINE", 300, least=1, most=86400)
CHATSITE_JOBS_PER_PERSON = env.integer("CHATSITE_JOBS_PER_PERSON", 20, least=1, most=100_000)
CHATSITE_JOBS_AT_ONCE = env.integer("CHATSITE_JOBS_AT_ONCE", 3, least=1, most=10_000)  # of a person and a kind
CHATSITE_VIDEO_DEADLINE = env.number("CHATSITE_VIDEO_DEADLINE", 1200, least=1, most=86400)
CHATSITE_MEDIA_BYTES = env.integer("CHATSITE_MEDIA_BYTES", 1_000_000_000, least=100_000, most=100_000_000_000)
CHATSITE_JOBS_WAITING = env.integer("CHATSITE_JOBS_WAITING", 10_000, least=1, most=10_000_000)

# Review; seconds unless said otherwise
CHATSITE_EVIDENCE_KEYS = tuple(filter(None, env.secret("CHATSITE_EVIDENCE_KEYS").replace(" ", "").split(",")))
CHATSITE_REVIEW_CLAIM = env.integer("CHATSITE_REVIEW_CLAIM", 15 * 60, least=10, most=24 * 3600)
CHATSITE_REVIEW_UNDO = env.integer("CHATSITE_REVIEW_UNDO", 60, least=0, most=3600)
CHATSITE_REVIEW_DEADLINE = env.integer("CHATSITE_REVIEW_DEADLINE", 24 * 3600, least=60, most=90 * 24 * 3600)
CHATSITE_REVIEW_DEADLINE_WORST = env.integer("CHATSITE_REVIEW_DEADLINE_WORST", 4 * 3600, least=60, most=90 * 24 * 3600)
CHATSITE_SLOW_AFTER = env.integer("CHATSITE_SLOW_AFTER", 3, least=0, most=1000)  # upheld cases; 0: never
CHATSITE_SLOW_WINDOW = env.integer("CHATSITE_SLOW_WINDOW", 24 * 3600, least=60, most=90 * 24 * 3600)
CHATSITE_SLOW_FOR = env.integer("CHATSITE_SLOW_FOR", 24 * 3600, least=60, most=90 * 24 * 3600)
CHATSITE_SLOW_PACE = env.integer("CHATSITE_SLOW_PACE", 60, least=1, most=24 * 3600)

# Tools of the organisation
CHATSITE_ENCRYPTION_KEYS = tuple(filter(None, env.secret("CHATSITE_ENCRYPTION_KEYS").replace(" ", "").split(",")))
CHATSITE_TOOL_HOSTS = env.words("CHATSITE_TOOL_HOSTS")

# Pictures; seconds and bytes
CHATSITE_DOCUMENT_BYTES = env.integer("CHATSITE_DOCUMENT_BYTES", 50_000_000, least=10_000, most=100_000_000)
CHATSITE_PICTURE_BYTES = env.integer("CHATSITE_PICTURE_BYTES", 20_000_000, least=10_000, most=200_000_000)
CHATSITE_PICTURE_PIXELS = env.integer("CHATSITE_PICTURE_PIXELS", 50_000_000, least=10_000, most=500_000_000)
CHATSITE_PICTURE_SIDE = env.integer("CHATSITE_PICTURE_SIDE", 2048, least=256, most=6000)
CHATSITE_PICTURES_A_MESSAGE = env.integer("CHATSITE_PICTURES_A_MESSAGE", 10, least=1, most=50)
CHATSITE_PICTURES_A_DAY = env.integer("CHATSITE_PICTURES_A_DAY", 200, least=1, most=100_000)
CHATSITE_PICTURE_ROOM = env.integer("CHATSITE_PICTURE_ROOM", 500_000_000, least=1_000_000, most=10**12)
CHATSITE_ACCEL = env.text("CHATSITE_ACCEL")
CHATSITE_S3_BUCKET = env.text("CHATSITE_S3_BUCKET")
CHATSITE_S3_ENDPOINT = env.address("CHATSITE_S3_ENDPOINT", "https://s3.example.org", with_path=False)
CHATSITE_S3_REGION = env.text("CHATSITE_S3_REGION")
CHATSITE_S3_PREFIX = env.text("CHATSITE_S3_PREFIX").strip("/")
CHATSITE_S3_KEY_ID = env.text("CHATSITE_S3_KEY_ID")
CHATSITE_S3_SECRET = env.secret("CHATSITE_S3_SECRET")
CHATSITE_PICTURE_GRACE = env.integer("CHATSITE_PICTURE_GRACE", 24 * 3600, least=0, most=90 * 24 * 3600)

# People
CHATSITE_LANGUAGE = env.text("CHATSITE_LANGUAGE", "en")
CHATSITE_TIME_ZONE = env.text("CHATSITE_TIME_ZONE", "UTC")
CHATSITE_OPEN_SIGNUP = env.flag("CHATSITE_OPEN_SIGNUP", False)

_public_host = urlsplit(CHATSITE_PUBLIC_URL).hostname
_served_by_https = CHATSITE_PUBLIC_URL.startswith("https://")

DEBUG = CHATSITE_DEBUG
if DEBUG:
    # What a socket draws has no token of its own: the script of the page sends the page's along.
    warnings.filterwarnings("ignore", r"A \{% csrf_token %\} was used in a template")
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
    "chatsite.request_id.RequestIdMiddleware",
    "chatsite.request_log.RequestLogMiddleware",
    "chatsite.compression.CompressedPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "conversations.web.locale.by_person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chatsite.bodies.RefuseTooLargeMiddleware",
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
    "default": stores.database(
        DATABASE_URL,
        CHATSITE_ROLE,
        CHATSITE_DATA_DIR,
        CHATSITE_REQUEST_THREADS + (0 if REDIS_URL else CHATSITE_JOB_THREADS),  # alone it takes the steps of jobs too
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": stores.cache(REDIS_URL, CHATSITE_REDIS_PREFIX)}
CHANNEL_LAYERS = {"default": stores.channel_layer(REDIS_URL, CHATSITE_REDIS_PREFIX)}

MEDIA_ROOT = CHATSITE_DATA_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = Path(CHATSITE_STATIC_DIR) if CHATSITE_STATIC_DIR else CHATSITE_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": stores.files(
        CHATSITE_S3_BUCKET,
        endpoint=CHATSITE_S3_ENDPOINT,
        region=CHATSITE_S3_REGION,
        prefix=CHATSITE_S3_PREFIX,
        key_id=CHATSITE_S3_KEY_ID,
        secret=CHATSITE_S3_SECRET,
        accel=CHATSITE_ACCEL,
    ),
    "staticfiles": {"BACKEND": "chatsite.assets.JoinedFilesStorage"},
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
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _served_by_https

AUTH_USER_MODEL = "conversations.User"
AUTHENTICATION_BACKENDS = ["conversations.web.account.AccountBackend"]
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
    "signup": "60/h/ip",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = CHATSITE_TRUSTED_PROXIES

SESSION_ENGINE = "chatsite.sessions"
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
# Written into every page that has scripts: it is needed before all of them, and too short for a request of its own.
START_SCRIPT = compact.script((BASE_DIR / "templates/_start.js").read_text("utf-8"))
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, policy_source(START_SCRIPT)],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# A prompt of CHATSITE_MAX_PROMPT characters takes at most four bytes each, and thrice that when form-encoded. One of
# twice that length is still read, so that its refusal can say how long it is and give the text back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 24 * CHATSITE_MAX_PROMPT + 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# Of any request. What is larger is not even kept on disk while it comes in.
LARGEST_BODY = DATA_UPLOAD_MAX_MEMORY_SIZE
# Where files are brought: what a POST may have there, by a regular expression of the whole path.
LARGER_BODIES = {
    "/characters/(new|card|[0-9a-f-]{36})/": CHATSITE_PICTURE_BYTES + LARGEST_BODY,
    "/c/[0-9a-f-]{36}/pictures/": CHATSITE_PICTURE_BYTES + LARGEST_BODY,
    "/make/[a-z]+/": CHATSITE_PICTURE_BYTES + LARGEST_BODY,
    "/knowledge/[0-9a-f-]{36}/documents/": CHATSITE_DOCUMENT_BYTES + LARGEST_BODY,
}

logs.configure()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "chatsite.logs.Line", "format": logs.LINE},
        "json": {"()": "chatsite.logs.Json"},
    },
    "filters": {"request": {"()": "chatsite.logs.NameRequest"}, "address": {"()": "chatsite.logs.HideAddress"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": CHATSITE_LOG_FORMAT,
            "filters": ["request", "address"],
        },
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "conversations": {"level": "INFO"},
        "chatsite": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
