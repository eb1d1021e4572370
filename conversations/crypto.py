"""Secrets of this installation: key files, master keys, and the names that stand for people and texts."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 48
PSEUDONYM_DIGITS = 32
UNFIT_KEYS = "A master key must be 32 random bytes in URL-safe base64, 44 characters."


class HasCode(Protocol):
    @property
    def code(self) -> UUID | str: ...


def pseudonym(user: HasCode) -> str:
    """32 hex digits that stand for `user` towards GLM (`user_id`) and tell nothing else.

    Keyed by a file of its own, so a rotated SECRET_KEY leaves everybody's pseudonym as it was.
    """
    key = _pseudonym_key(Path(settings.CHATSITE_DATA_DIR) / "pseudonym.key")
    return hmac.new(key, str(user.code).encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]


def session_hash(key: str) -> str:
    """The name of a session where others can read it: the key itself is as good as a password."""
    return hashlib.sha256(key.encode()).hexdigest()


def likeness(text: str) -> str:
    """64 hex digits that equal texts share, and that tell nothing else about them."""
    key = _pseudonym_key(Path(settings.CHATSITE_DATA_DIR) / "pseudonym.key")
    return hmac.new(key, b"likeness\0" + text.encode(), hashlib.sha256).hexdigest()


@cache
def _pseudonym_key(path: Path) -> bytes:
    return keep_key(path, fresh_key()).encode()


def fresh_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


def read_key(path: Path) -> str:
    """The key in `path`, or "" while there is none; one that cannot be read raises ImproperlyConfigured."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"The key file {path} cannot be read: {error}.") from None


def keep_key(path: Path, key: str) -> str:
    """Write `key` to `path` (0600) unless a key is there already; return the one that holds."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
        # A link fails when the name is taken: of two processes one key wins, and it is never half written.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return read_key(path)


class CannotUnlock(Exception):
    """None of the master keys opens this: the one that locked it is missing."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys, the newest first: that one locks, every one opens."""

    keys: tuple[str, ...]

    def lock(self, secret: bytes) -> bytes:
        return self._keys().encrypt(secret)

    def unlock(self, locked: bytes) -> bytes:
        try:
            return self._keys().decrypt(locked)
        except InvalidToken:
            raise CannotUnlock from None

    def relock(self, locked: bytes) -> bytes:
        """The same secret under the newest key."""
        return self.lock(self.unlock(locked))

    def _keys(self) -> MultiFernet:
        try:
            return MultiFernet([Fernet(key) for key in self.keys])
        except ValueError:
            raise ImproperlyConfigured(UNFIT_KEYS) from None


def fresh_master_key() -> str:
    return Fernet.generate_key().decode()


def evidence_keys() -> KeyRing:
    """The keys of sealed evidence: from the environment, else from a file that is made now if need be.

    Read anew each time: a running process must see a key that was added, and sealing is rare.
    """
    return _ring(settings.CHATSITE_EVIDENCE_KEYS, evidence_key_file())


def evidence_key_file() -> Path:
    return Path(settings.CHATSITE_DATA_DIR) / "evidence.keys"


def encryption_keys() -> KeyRing:
    """The keys of secrets that administrators give to the site, kept like those of the evidence and apart from them."""
    return _ring(settings.CHATSITE_ENCRYPTION_KEYS, encryption_key_file())


def encryption_key_file() -> Path:
    return Path(settings.CHATSITE_DATA_DIR) / "encryption.keys"


def _ring(given: tuple[str, ...], path: Path) -> KeyRing:
    return KeyRing(tuple(given) or tuple((read_key(path) or keep_key(path, fresh_master_key())).split()))


def replace_keys(path: Path, keys: tuple[str, ...]) -> None:
    """Write a file of master keys anew, so that a reader finds either all old keys or all new ones."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
