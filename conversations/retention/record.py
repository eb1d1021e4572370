"""What is sealed about a deletion: that it was done, by whom and why, for every case that it leaves behind."""

from __future__ import annotations

from typing import Any

from conversations import evidence
from conversations.models import EvidenceKind, ReviewCase, User


def seal_deletion(cases: dict[str, Any], actor: User, reason: str, what: str) -> None:
    """For the cases of that filter; `what` was deleted: a message, a conversation or an account."""
    for code in ReviewCase.objects.filter(**cases).order_by("pk").values_list("code", flat=True):
        evidence.add(EvidenceKind.DELETED, code, {"what": what, "by": actor.code, "reason": reason})
