"""Who may ask: raw keys and GLM's tokens, each wrong one refused with its own code.

The signature is checked with the standard library on purpose: PyJWT takes longer to load than the rest
of the sandbox, and reads `exp` in seconds, where GLM's tokens count milliseconds.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from .refusals import Refused

_RAW_KEY = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, written `id.secret`: the id may be shown, the secret signs tokens."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Reads `id.secret`; raises ValueError for anything else."""
        if not _RAW_KEY.fullmatch(text):
            raise ValueError("a key has the form id.secret, letters, digits, - and _ only")
        return cls(*text.split("."))


DEFAULT_KEY = Key("sandbox", "sandbox")


def check(authorization: str | None, key: Key) -> None:
    """Refuses a request whose header is missing or wrong; the word Bearer may be left out (observed)."""
    if not authorization:
        raise Refused("1001")
    credential = authorization.removeprefix("Bearer ").strip()
    if _RAW_KEY.fullmatch(credential):
        return
    if credential.count(".") != 2:
        raise Refused("1000")
    _check_token(credential, key)


def _check_token(token: str, key: Key) -> None:
    signed, _, signature = token.rpartition(".")
    header, claims = (_json_part(part) for part in signed.split("."))
    if header.get("alg") != "HS256" or claims.get("api_key") != key.id:
        raise Refused("1002")
    expected = hmac.digest(key.secret.encode(), signed.encode(), hashlib.sha256)
    if not hmac.compare_digest(_decoded(signature), expected):
        raise Refused("1004")
    _check_time(claims.get("exp"))


def _check_time(expires_at: Any) -> None:
    if not isinstance(expires_at, int | float):
        raise Refused("1002")
    if expires_at < time.time() * 1000:
        raise Refused("1003")


def _json_part(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(part))
    except (ValueError, RecursionError) as error:
        raise Refused("1002") from error
    if not isinstance(found, dict):
        raise Refused("1002")
    return found


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("1002") from error
