"""Acting on many rows that are due: one that cannot be acted on keeps none behind it from its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Model

R = TypeVar("R", bound=Model)

logger = structlog.get_logger(__name__)


def count(act: Callable[[R], bool], rows: Iterable[R]) -> int:
    """Act on each, outside of any transaction; how many there was something to do for. The next sweep tries again
    what went wrong. A database that is away goes wrong for all of them: that is left to the caller."""
    return sum(_did(act, row) for row in rows)


def _did(act: Callable[[R], bool], row: R) -> bool:
    try:
        return act(row)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("left to the next sweep", kind=type(row).__name__, row=row.pk)
        return False
