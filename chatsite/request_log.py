"""One log line a request: what was asked of which address, and how it ended. Names no content and no secret."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

logger = structlog.get_logger(__name__)


class RequestLogMiddleware:
    """Addresses are logged as their pattern with the codes in them: paths may hold tokens, queries what people seek."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.CHATSITE_LOG_REQUESTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        spent = round((time.perf_counter() - began) * 1000, 1)
        logger.info("request", method=request.method, **_address(request), status=response.status_code, ms=spent)
        return response


def _address(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    if match is None:
        return {"route": None}
    codes = {name: str(value) for name, value in match.kwargs.items() if isinstance(value, uuid.UUID)}
    return {"route": f"/{match.route}", **codes}
