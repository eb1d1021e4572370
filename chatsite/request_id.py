"""Every request has a short number: people read it out from a page, and the log finds it."""

import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bound_contextvars

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter can be taken for a digit
TIME_DIGITS, CHANCE_DIGITS = 7, 3
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def new_request_id() -> str:
    """Ten digits as `01JD7-QK2MX`: milliseconds, which go round once in thirteen months, then chance."""
    number = (time.time_ns() // 1_000_000) << (5 * CHANCE_DIGITS) | secrets.randbits(5 * CHANCE_DIGITS)
    places = range(5 * (TIME_DIGITS + CHANCE_DIGITS - 1), -1, -5)
    digits = "".join(DIGITS[number >> place & 31] for place in places)
    return f"{digits[:5]}-{digits[5:]}"


def request_id(given: str) -> str:
    """The number that a declared proxy gave, or a new one: nobody else may choose what the log says."""
    return given if settings.CHATSITE_TRUSTED_PROXIES and GIVEN.fullmatch(given) else new_request_id()


class RequestIdMiddleware:
    """Sets `request.id`, names it in every log line of the request and in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = request.id = request_id(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
        with bound_contextvars(request=number):
            response = self.get_response(request)
        response["X-Request-ID"] = number
        return response
