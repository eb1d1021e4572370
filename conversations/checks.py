"""Misconfiguration as system checks: errors stop a command, warnings show in `serve` and `./chat check`."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from conversations import upstream

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


ALL = (upstream_is_clear, key_stays_secret, proxy_is_declared)
