"""Who may be here, and as what: accounts, roles, and the links that work once."""

from .deletion import delete
from .invitations import accept, invitation_of, invite, withdraw
from .people import (
    ROLES,
    AccountError,
    LastAdministrator,
    OwnAccount,
    add_person,
    change_roles,
    close,
    name_of,
    names_of,
    reopen,
    roles_of,
)
from .resets import issue_reset, person_of_reset, set_password

__all__ = [
    "ROLES",
    "AccountError",
    "LastAdministrator",
    "OwnAccount",
    "accept",
    "add_person",
    "change_roles",
    "close",
    "delete",
    "invitation_of",
    "invite",
    "issue_reset",
    "name_of",
    "names_of",
    "person_of_reset",
    "reopen",
    "roles_of",
    "set_password",
    "withdraw",
]
