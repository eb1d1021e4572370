"""Reasons: codes in the record, words for people."""

from __future__ import annotations

from django.utils.translation import gettext

from conversations.models import Reason, ReasonUse

from .errors import NoSuchReason


def offered_reasons(use: ReasonUse) -> list[Reason]:
    """Those to choose from, in their order."""
    return list(Reason.objects.filter(use=use, is_offered=True))


def reason_words(code: str) -> str:
    """A reason in the reader's language; the words of the organisation's own reasons are as they were written."""
    words = Reason.objects.filter(code=code).values_list("words", flat=True).first()
    return gettext(words) if words else ""


def must_be_offered(code: str, use: ReasonUse) -> None:
    if not Reason.objects.filter(code=code, use=use, is_offered=True).exists():
        raise NoSuchReason
