"""Secrets of this installation: key files, and the name GLM knows a person by."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 48
PSEUDONYM_DIGITS = 32


class HasCode(Protocol):
    @property
    def code(self) -> UUID | str: ...


def pseudonym(user: HasCode) -> str:
    """32 hex digits that stand for `user` towards GLM (`user_id`) and tell nothing else.

    Keyed by a file of its own, so a rotated SECRET_KEY leaves everybody's pseudonym as it was.
    """
    key = _pseudonym_key(Path(settings.CHATSITE_DATA_DIR) / "pseudonym.key")
    return hmac.new(key, str(user.code).encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]


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
