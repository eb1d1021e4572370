"""The number of the request that work is done for, as every log line names it."""

from structlog.contextvars import get_contextvars

LENGTH = 64


def current() -> str:
    """The number, or nothing where no request is behind the work, as in a command."""
    return str(get_contextvars().get("request", ""))[:LENGTH]
