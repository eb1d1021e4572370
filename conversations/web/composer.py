"""What the composer of a page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from conversations import pictures
from conversations.models import Conversation
from conversations.turns import drafts, upcoming

from .answers import MemberRequest
from .shortcuts import COMMANDS, modifier


def composer(request: MemberRequest, shown: Conversation) -> dict[str, Any]:
    draft = drafts.find(request.user, shown.code)
    return {
        "text": draft.text if draft else "",
        "kept_text": draft.text if draft else "",
        "draft": draft.version if draft else "",
        "next_message": upcoming.find(shown),
        "tray": pictures.tray_of(request.user, shown.code),
        "commands": COMMANDS,
        "modifier": modifier(request),
        "most_characters": settings.CHATSITE_MAX_PROMPT,
    }
