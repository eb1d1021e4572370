"""Whom to trust under https."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What httpx trusts, `SSL_CERT_FILE` included; read once, for it takes tens of milliseconds."""
    return httpx.create_ssl_context()
