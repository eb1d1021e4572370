"""Models in words."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conversations.families import Entry, Kind, Status, Thinking


def facts(entry: Entry) -> str:
    """What a person chooses by, in a line."""
    if not entry.is_known:
        return _("Abilities unknown: text only")
    if entry.family == "sandbox":
        return _("Simulated")
    told = (
        _("legacy interface") if entry.kind is Kind.ASSISTANT else "",
        _("sees pictures") if entry.sees else "",
        thinking_words(entry),
        size(entry.context_tokens),
        _("free") if entry.is_free() else "",
        ending(entry),
    )
    return capfirst(" · ".join(filter(None, told)))


def thinking_words(entry: Entry) -> str:
    if entry.thinking is Thinking.ALWAYS:
        return _("always thinks")
    return pgettext("of a model", "thinks") if entry.thinks else ""


def size(tokens: int | None) -> str:
    """How much a model can look at, as its makers say it: 128K, 1M; "" when nobody knows."""
    if not tokens:
        return ""
    return f"{tokens // 1_000_000}M" if tokens >= 1_000_000 else f"{max(1, tokens // 1000)}K"


def ending(entry: Entry) -> str:
    if entry.status is Status.CURRENT:
        return ""
    words = {"end": _("retired") if entry.is_retired else _("ends soon"), "successor": entry.successor}
    return _("%(end)s, then %(successor)s") % words if entry.successor else words["end"]


def family_words(family: str) -> str:
    known = {
        "": _("Of this server"),
        "own": _("Of this organisation"),
        "sandbox": _("Scenarios of the sandbox"),
        "character": _("Role play"),
        "code": _("Code models"),
        "assistant": _("Assistants"),
        "voice": _("Voice"),
    }
    return known.get(family) or family.replace("glm-", "GLM-").replace("GLM-z", "GLM-Z")
