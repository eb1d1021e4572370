"""Payloads: canonical JSON under a key of its own, that key under the master key."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conversations.crypto import KeyRing

SALT = 16
NONCE = 12
KEY_BITS = 256


class Sealed(NamedTuple):
    digest: str
    ciphertext: bytes
    data_key: bytes


class Broken(Exception):
    """The payload is not what was sealed."""


def seal(payload: dict[str, Any], keys: KeyRing) -> Sealed:
    """The salt keeps the digest from telling a short payload to whoever guesses; it lies inside, and goes with it."""
    content = secrets.token_bytes(SALT) + canonical({"v": 1, **payload})
    digest = hashlib.sha256(content).hexdigest()
    key, nonce = AESGCM.generate_key(KEY_BITS), secrets.token_bytes(NONCE)
    ciphertext = nonce + AESGCM(key).encrypt(nonce, zlib.compress(content), digest.encode())
    return Sealed(digest, ciphertext, keys.lock(key))


def open_payload(sealed: Sealed, keys: KeyRing) -> dict[str, Any]:
    """What was sealed. Raises Broken, or CannotUnlock when the master key is missing."""
    key = keys.unlock(bytes(sealed.data_key))
    ciphertext = bytes(sealed.ciphertext)
    try:
        packed = AESGCM(key).decrypt(ciphertext[:NONCE], ciphertext[NONCE:], sealed.digest.encode())
        content = zlib.decompress(packed)
    except (InvalidTag, ValueError, zlib.error):
        raise Broken from None
    if hashlib.sha256(content).hexdigest() != sealed.digest:
        raise Broken
    payload: dict[str, Any] = json.loads(content[SALT:])
    return payload


def canonical(value: dict[str, Any]) -> bytes:
    """One value, one text: sorted names, no spaces; codes and times in words."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()
