"""Word lists against texts, whole or growing; knows no Django."""

from .fold import fold
from .lists import LONGEST_ENTRY, MOST_EXPRESSIONS, Hit, Lists, Mode, Source, Unfit, compiled, why_unfit
from .watch import MOST_HELD, Watch

__all__ = [
    "LONGEST_ENTRY",
    "MOST_EXPRESSIONS",
    "MOST_HELD",
    "Hit",
    "Lists",
    "Mode",
    "Source",
    "Unfit",
    "Watch",
    "compiled",
    "fold",
    "why_unfit",
]
