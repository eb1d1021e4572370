"""Misconfiguration as system checks: errors stop a command, warnings show in `serve` and `./chat check`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from conversations import crypto, guards, upstream

NEAR_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def upstream_is_clear(**_: Any) -> list[CheckMessage]:
    """Keys and bases do not contradict each other."""
    try:
        upstream.current()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="chatsite.E001")]
    return []


def key_stays_secret(**_: Any) -> list[CheckMessage]:
    """A key does not travel in clear text to another machine."""
    try:
        reached = upstream.current()
    except ImproperlyConfigured:
        return []
    base = urlsplit(reached.base_url)
    if reached.key and base.scheme == "http" and not reached.is_simulated and base.hostname not in NEAR_HOSTS:
        return [Warning(f"The API key travels unencrypted to {reached.name}.", id="chatsite.W001")]
    return []


def proxy_is_declared(**_: Any) -> list[CheckMessage]:
    """Behind a TLS proxy the addresses of people are known, or one of them could lock everybody out."""
    if settings.CHATSITE_PUBLIC_URL.startswith("https://") and not settings.CHATSITE_TRUSTED_PROXIES:
        text = "CHATSITE_PUBLIC_URL is https, so proxies are in front: set CHATSITE_TRUSTED_PROXIES."
        return [Warning(text, id="chatsite.W002")]
    return []


def evidence_keys_fit(**_: Any) -> list[CheckMessage]:
    """What is flagged can be sealed: else no flagged reply could ever be stored."""
    try:
        crypto.KeyRing(settings.CHATSITE_EVIDENCE_KEYS or (crypto.fresh_master_key(),)).lock(b"")
    except ImproperlyConfigured as error:
        return [Error(f"{error} Look at CHATSITE_EVIDENCE_KEYS.", id="chatsite.E002")]
    return []


def encryption_keys_fit(**_: Any) -> list[CheckMessage]:
    """Secrets that administrators give can be kept."""
    try:
        crypto.KeyRing(settings.CHATSITE_ENCRYPTION_KEYS or (crypto.fresh_master_key(),)).lock(b"")
    except ImproperlyConfigured as error:
        return [Error(f"{error} Look at CHATSITE_ENCRYPTION_KEYS.", id="chatsite.E004")]
    return []


def guards_stand(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The database itself refuses to change what must stay as it was written."""
    if not databases:
        return []
    words = "This trigger is missing or changed: {}. Find out why; `./chat migrate --skip-checks` puts it back."
    return [Error(words.format(name), id="chatsite.E003") for name in guards.missing_guards()]


OF_DATABASE = (guards_stand,)
ALL = (upstream_is_clear, key_stays_secret, proxy_is_declared, evidence_keys_fit, encryption_keys_fit)
