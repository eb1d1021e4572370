"""The end of a right to see: open pages close at once, not with the next request."""

from django.db import transaction

from conversations import broadcast, crypto
from conversations.broadcast import SIGNED_OUT, AccessEnded
from conversations.models import User


def of_session(session_key: str | None) -> None:
    """A session has ended: close its pages."""
    if session_key:
        _announce(broadcast.session_group(crypto.session_hash(session_key)))


def of_all_sessions(person: User) -> None:
    """A person's password or rights have changed: their pages close, and come back where they still may."""
    _announce(broadcast.person_group(person.code))


def _announce(group: str) -> None:
    transaction.on_commit(lambda: broadcast.publish(AccessEnded(group, SIGNED_OUT)))
