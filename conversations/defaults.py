"""What the site ships: written into the database after every migrate, as often as one likes."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils.translation import gettext_noop

from conversations import clock, families, shipped_presets, shipped_tools, tools
from conversations.guards import install_guards
from conversations.models import (
    CatalogueModel,
    Delivery,
    EvidenceHead,
    FlagRule,
    FlagSource,
    HttpTool,
    OnFlag,
    Policy,
    Preset,
    Reason,
    ReasonUse,
    ToolRule,
)
from conversations.models.tool_rule import Approval

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
        "conversations.add_cataloguemodel",
        "conversations.change_cataloguemodel",
        "conversations.delete_cataloguemodel",
        "conversations.view_cataloguemodel",
        "conversations.view_user",
        "conversations.add_flagrule",
        "conversations.change_flagrule",
        "conversations.delete_flagrule",
        "conversations.view_flagrule",
        "conversations.add_httptool",
        "conversations.change_httptool",
        "conversations.delete_httptool",
        "conversations.view_httptool",
        "conversations.change_policy",
        "conversations.view_policy",
        "conversations.add_reason",
        "conversations.change_reason",
        "conversations.view_reason",
        "conversations.change_toolrule",
        "conversations.view_toolrule",
        "conversations.add_wordlist",
        "conversations.change_wordlist",
        "conversations.delete_wordlist",
        "conversations.view_wordlist",
        "conversations.view_auditentry",
        "conversations.view_conversation",
        "conversations.view_evidenceentry",
        "conversations.view_exposure",
        "conversations.view_fault",
        "conversations.view_flag",
        "conversations.view_invitation",
        "conversations.view_job",
        "conversations.view_message",
        "conversations.view_reviewcase",
        "conversations.view_reviewevent",
        "conversations.view_toolcall",
        "conversations.view_turn",
        "conversations.view_upstreamcall",
        "auth.view_group",
    ),
}


# What flags do: everything is withdrawn, but what nobody has judged yet stays visible, and what GLM itself let pass as
# mild is only written down.
RULES: tuple[dict[str, Any], ...] = (
    {"source": "", "level": "", "on_flag": OnFlag.WITHDRAW},
    {"source": "", "level": "0", "on_flag": OnFlag.WITHDRAW, "needs_second": True},
    {"source": FlagSource.CONTENT_FILTER, "level": "3", "on_flag": OnFlag.NOTE},
    {"source": FlagSource.REPORT, "level": "", "on_flag": OnFlag.MARK},
    {"source": FlagSource.UNCHECKED, "level": "", "on_flag": OnFlag.MARK},
    {"source": FlagSource.SAMPLE, "level": "", "on_flag": OnFlag.MARK},
)

REASONS: dict[ReasonUse, tuple[tuple[str, str], ...]] = {
    ReasonUse.RELEASE: (
        ("harmless", gettext_noop("Harmless: the filter was mistaken")),
        ("context", gettext_noop("Acceptable in this context")),
        ("quotation", gettext_noop("A quotation, or a work of the imagination")),
        ("nothing_found", gettext_noop("Nothing to object to")),
    ),
    ReasonUse.UPHOLD: (
        ("unlawful", gettext_noop("Against the law")),
        ("violence", gettext_noop("Calls for violence or explains how to do it")),
        ("hatred", gettext_noop("Hatred against people")),
        ("sexual", gettext_noop("Sexual content")),
        ("danger", gettext_noop("Dangerous for life or health")),
        ("personal_data", gettext_noop("Somebody's personal data")),
        ("house_rules", gettext_noop("Against the rules of this organisation")),
    ),
    ReasonUse.REPORT: (
        ("report_wrong", gettext_noop("Wrong or misleading")),
        ("report_harmful", gettext_noop("Harmful or dangerous")),
        ("report_offensive", gettext_noop("Offensive or hateful")),
        ("report_personal_data", gettext_noop("Contains personal data")),
        ("report_other", gettext_noop("Something else")),
    ),
}


def sync_defaults(**_signal: Any) -> None:
    """Write what is shipped and put the guards back, which migrations may have taken down with the tables they rebuilt.

    Permissions that an operator added to a group stay. They do not exist yet while migrations run, hence afterwards.
    """
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(wanted))
    tables = connection.introspection.table_names()  # migrations may stop in the middle
    if Reason._meta.db_table in tables:
        _sync_review()
    if CatalogueModel._meta.db_table in tables:
        CatalogueModel.ship_all(families.VERSION, families.FACTS)
    if Preset._meta.db_table in tables:
        _sync_presets()
    if HttpTool._meta.db_table in tables:
        for tool in shipped_tools.TOOLS:
            HttpTool.ship(shipped_tools.VERSION, **{"approval": Approval.NEVER, "is_default": True, **tool})
    if ToolRule._meta.db_table in tables:
        _sync_tools()
    install_guards()


def _sync_presets() -> None:
    for preset in shipped_presets.PRESETS:
        Preset.ship(shipped_presets.VERSION, **{"changed_at": clock.now(), **preset})


def _sync_tools() -> None:
    for tool in tools.SHIPPED:
        ToolRule.ship(VERSION, name=tool.name)


def _sync_review() -> None:
    Policy.objects.get_or_create(pk=1)
    EvidenceHead.objects.get_or_create(pk=1)
    for rule in RULES:
        FlagRule.ship(VERSION, **{"group_name": "", "needs_second": False, "delivery": Delivery.LIVE, **rule})
    for use, reasons in REASONS.items():
        for position, (code, words) in enumerate(reasons, start=1):
            Reason.ship(VERSION, code=code, use=use, words=words, position=10 * position)


def _permissions(wanted: tuple[str, ...]) -> list[Permission]:
    labels = {(app, codename) for app, codename in (each.split(".") for each in wanted)}
    found = Permission.objects.filter(codename__in=[codename for _, codename in labels])
    return [
        each for each in found.select_related("content_type") if (each.content_type.app_label, each.codename) in labels
    ]
