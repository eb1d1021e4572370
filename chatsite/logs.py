"""Log lines: one event with its facts, through the standard library to standard error."""

from collections.abc import MutableMapping
from typing import Any

import structlog


def configure() -> None:
    """Send what structlog's loggers say to the logging of the standard library, levels and all."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.contextvars.merge_contextvars, as_line],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def as_line(_logger: Any, _method: str, facts: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """`event name=value …` as a message without arguments; an exception stays one, with its traceback."""
    event, error = str(facts.pop("event")), facts.pop("exc_info", None)
    return (" ".join([event, *(f"{name}={value!r}" for name, value in facts.items())]),), {"exc_info": error}
