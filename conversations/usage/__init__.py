"""What was used: sums over the calls, kept by day in the background, read by the pages."""

from .keeping import keep
from .reading import (
    NOTHING,
    Amount,
    Scope,
    Used,
    by_day,
    by_kind,
    by_model,
    by_person,
    counted_at,
    months_used,
    of_conversation,
    rows,
    today,
    together,
)
from .rolling import roll_up
from .sums import FAILED, KINDS, NOT_TAKEN
from .sums import NAMES as COLUMNS

__all__ = [
    "COLUMNS",
    "FAILED",
    "KINDS",
    "NOTHING",
    "NOT_TAKEN",
    "Amount",
    "Scope",
    "Used",
    "by_day",
    "by_kind",
    "by_model",
    "by_person",
    "counted_at",
    "keep",
    "months_used",
    "of_conversation",
    "roll_up",
    "rows",
    "today",
    "together",
]
