"""Answers to what went wrong. The last of them needs neither the database nor the session."""

from __future__ import annotations

import sys
from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from . import outage

log = structlog.get_logger(__name__)

BARE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>500</title></head>
<body><h1>Something went wrong here</h1><p lang="zh-Hans">这里出了问题</p><p>{id}</p></body></html>
"""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page is drawn without context processors, which would ask the database who is here.

    Django calls this while it handles what went wrong: a database that is away is no mistake of ours, in whatever
    middleware or view it was missed.
    """
    try:
        if found := outage.outage_of(sys.exception()):
            return _outage(request, found)
        body = loader.get_template("500.html").render({"request": request})
    except Exception:
        log.exception("error_page_failed")
        body = BARE.format(id=getattr(request, "id", ""))
    return HttpResponse(body, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _outage(request: HttpRequest, found: outage.Outage) -> HttpResponse:
    response = outage.answer(request, found)
    log.warning("the database did not answer a request", status=response.status_code, error=str(sys.exception()))
    # Else Django writes a mistake of ours for each request, with its whole way there.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
