"""The one-time link on which the first person makes the administrator account."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR
from conversations.models import User


def new_token() -> str | None:
    """A token that opens the set-up page, replacing an earlier one; None once an account exists.

    Only its hash is kept (0600, in the data directory), so each start prints a link of its own.
    """
    if _somebody_exists():
        _token_file().unlink(missing_ok=True)
        return None
    token = secrets.token_urlsafe(24)
    descriptor = os.open(_token_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_digest(token))
    return token


def is_open(token: str) -> bool:
    """Whether `token` still leads to the set-up page; strangers and late-comers get 404."""
    try:
        kept = _token_file().read_text(encoding="ascii")
    except OSError:
        return False
    return hmac.compare_digest(kept, _digest(token)) and not _somebody_exists()


def create_administrator(token: str, username: str, password: str) -> User | None:
    """Make the first account; None when the link is not open any more, ValidationError for name or password.

    Two people on the same link: writing transactions take turns, so the second finds an account and gets None.
    """
    with transaction.atomic():
        if not is_open(token):
            return None
        person = add_person(username, password, ADMINISTRATOR)
    _token_file().unlink(missing_ok=True)
    return person


def _somebody_exists() -> bool:
    return User.objects.exists()


def _token_file() -> Path:
    return Path(settings.CHATSITE_DATA_DIR) / "setup.token"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
