"""What the site ships: written into the database after every migrate, as often as one likes."""

from typing import Any

from django.contrib.auth.models import Group, Permission

VERSION = 1

MEMBER = "member"
REVIEWER = "reviewer"
ADMINISTRATOR = "administrator"

# Permissions by group, as "app.codename". Reviewers and administrators are members as well: people hold several groups.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    MEMBER: (),
    REVIEWER: ("conversations.review",),
    ADMINISTRATOR: (
        "conversations.administer",
        "conversations.add_user",
        "conversations.change_user",
        "conversations.view_user",
        "conversations.view_auditentry",
        "conversations.view_conversation",
        "conversations.view_flag",
        "conversations.view_message",
        "conversations.view_reviewcase",
        "conversations.view_reviewevent",
        "conversations.view_turn",
        "conversations.view_upstreamcall",
        "auth.view_group",
    ),
}


def sync_defaults(**_signal: Any) -> None:
    """Make the three groups and give them the permissions that the site's own code asks for.

    Permissions that an operator added to a group stay. They do not exist yet while migrations run, hence afterwards.
    """
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(wanted))


def _permissions(wanted: tuple[str, ...]) -> list[Permission]:
    labels = {(app, codename) for app, codename in (each.split(".") for each in wanted)}
    found = Permission.objects.filter(codename__in=[codename for _, codename in labels])
    return [
        each for each in found.select_related("content_type") if (each.content_type.app_label, each.codename) in labels
    ]
