"""Roles that a model plays: who it is and whom it talks with, and cards in which people pass characters on.

Knows no Django and keeps nothing.
"""

from .cards import MOST_BYTES, Card, read
from .cast import STORED_VERSION, Cast, nobody
from .errors import CardError, NoCard, TooDeep, TooLong, Unreadable

__all__ = [
    "MOST_BYTES",
    "STORED_VERSION",
    "Card",
    "CardError",
    "Cast",
    "NoCard",
    "TooDeep",
    "TooLong",
    "Unreadable",
    "nobody",
    "read",
]
