"""The one-time link on which the first person makes the administrator account."""

import hmac

from django.db import transaction
from django.utils.crypto import salted_hmac

from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR
from conversations.models import Policy, User


def current_token() -> str | None:
    """The token that opens the set-up page; None once an account exists."""
    return None if is_over() else _token()


def is_over() -> bool:
    """Whether somebody has an account."""
    return User.objects.exists()


def is_open(token: str) -> bool:
    """Whether `token` still leads to the set-up page."""
    return hmac.compare_digest(_token().encode(), token.encode()) and not is_over()


def create_administrator(token: str, username: str, password: str) -> User | None:
    """Make the first account; None when the link is not open any more, ValidationError for name or password.

    Two people on the same link, perhaps in two processes, take turns: the second finds an account and gets None.
    """
    with transaction.atomic():
        list(Policy.objects.select_for_update())  # on SQLite all that write take turns anyway
        return add_person(username, password, ADMINISTRATOR) if is_open(token) else None


def _token() -> str:
    """The same for all processes of the site, and after each start: it hangs on their common SECRET_KEY alone."""
    return salted_hmac("conversations.first_run", "token", algorithm="sha256").hexdigest()[:32]
