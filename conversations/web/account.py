"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the set-up link and by administrators: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
