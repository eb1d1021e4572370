"""Log lines: one event with its facts, through the standard library to standard error, as text or as JSON.

No line carries what people or GLM wrote. PostgreSQL repeats rows in its errors, so that part is cut out of tracebacks.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

import structlog
from structlog.contextvars import get_contextvars

FORMATS = ("line", "json")
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s%(of_request)s"

# What follows may be a row of the database, line breaks and all.
ROW = re.compile(r"^(DETAIL|CONTEXT): .*?(?=\n\n(?:The above exception|During handling)|\Z)", re.MULTILINE | re.DOTALL)


def configure() -> None:
    """Send what structlog's loggers say to the logging of the standard library, levels and all; and what Python warns
    of, which would be plain lines among objects."""
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.contextvars.merge_contextvars, as_line],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def as_line(_logger: Any, _method: str, facts: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """`event name=value …` as a message without arguments; an exception stays one, with its traceback."""
    event, error = str(facts.pop("event")), facts.pop("exc_info", None)
    line = " ".join([event, *(f"{name}={value!r}" for name, value in facts.items())])
    return (line,), {"exc_info": error, "extra": {"event": event, "facts": dict(facts)}}


class NameRequest(logging.Filter):
    """Gives lines of other loggers the number of the request that they are about; ours have it as a fact."""

    def filter(self, record: logging.LogRecord) -> bool:
        number = "" if hasattr(record, "facts") else _number(record)
        record.of_request = f" request={number!r}" if number else ""
        return True


class HideAddress(logging.Filter):
    """Names the address of a request by its route in what Django says of it: a path may hold a token that still opens
    something. What a form or a command was refused for (409, 422) its person was told, and no operator has to know."""

    TOLD = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple(_route(request) if each == path else each for each in record.args)
        return getattr(record, "status_code", None) not in self.TOLD


class Line(logging.Formatter):
    """For a person at a terminal."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return without_rows(super().formatException(ei))


class Json(logging.Formatter):
    """One object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        facts = dict(getattr(record, "facts", {}))
        if number := _number(record):
            facts.setdefault("request", number)
        if record.exc_info:
            facts["error"] = without_rows(self.formatException(record.exc_info))
        fixed = {
            "at": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", None) or record.getMessage(),
        }
        return json.dumps({**fixed, **facts, **fixed}, ensure_ascii=False, default=str)


def without_rows(traceback: str) -> str:
    return ROW.sub(r"\1: left out of the log", traceback)


def _route(request: Any) -> str:
    """With the codes in it, which are no secrets."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "an address that leads nowhere"
    codes = {name: value for name, value in match.kwargs.items() if isinstance(value, uuid.UUID)}
    parts = re.split(r"<(?:\w+:)?(\w+)>", f"/{match.route}")
    return "".join(str(codes.get(part, f"<{part}>")) if index % 2 else part for index, part in enumerate(parts))


def _number(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    return str(getattr(request, "id", "") or get_contextvars().get("request", ""))
