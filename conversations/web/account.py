"""How allauth behaves here, and what ends with a session."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from conversations.models import User
from conversations.models.prepared import Lookup

from . import ends

TOLD = ("account/messages/password_changed.txt", "account/messages/password_set.txt")


_by_key = Lookup(User, "pk")


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Each request and each socket begins with the person of its session: found by a statement that is built once."""

    def get_user(self, user_id: int) -> User | None:
        found = _by_key.first(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the set-up link and by administrators: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def logout(self, request: HttpRequest) -> None:
        ending = request.session.session_key
        super().logout(request)
        # Afterwards: a page that is told earlier comes back with the session that is about to end.
        ends.of_session(ending)

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        ends.of_all_sessions(user)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *rest: Any,
        **options: Any,
    ) -> None:
        """Say only what the next page does not show by itself."""
        if message_template in TOLD:
            super().add_message(request, level, message_template, *rest, **options)
