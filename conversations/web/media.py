"""Files out of the storage, in pieces: Django's own FileResponse reads the whole file into memory under ASGI.

Range, If-Range, HEAD and conditional requests by RFC 9110; one range an answer. A proxy that is told where the files
lie sends them itself (CHATSITE_ACCEL). What lies in a bucket passes through here too: an address of the bucket would go
on showing what has been withdrawn, and pages load nothing from other hosts.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import IO
from urllib.parse import quote

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from conversations.db import in_pool

PIECE = 32 * 1024  # bytes
AGAIN_AFTER = 5  # seconds
POLICY = "default-src 'none'; sandbox"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Media:
    """A stored file as it is to be sent; `tag` changes with its bytes. With `is_download` browsers save it."""

    name: str
    media_type: str
    tag: str
    file_name: str = ""
    is_download: bool = False


def send(request: HttpRequest, media: Media) -> HttpResponseBase:
    """Answer GET or HEAD for a file that the caller has found this person may have; 404 when it is not there."""
    etag = f'"{media.tag}"'
    unchanged = get_conditional_response(request, etag=etag)
    response: HttpResponseBase = unchanged or _file(request, media, etag)
    response["ETag"] = etag
    # Each look asks again: what is withdrawn in between is not shown from a cache.
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _file(request: HttpRequest, media: Media, etag: str) -> HttpResponseBase:
    return _accelerated(media) if settings.CHATSITE_ACCEL else _answer(request, media, etag)


def _described(response: HttpResponseBase, media: Media) -> HttpResponseBase:
    response["Content-Type"] = media.media_type
    disposition = content_disposition_header(media.is_download, media.file_name)
    if disposition:
        response["Content-Disposition"] = disposition
    return response


def _accelerated(media: Media) -> HttpResponseBase:
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{settings.CHATSITE_ACCEL}{quote(media.name)}"
    return _described(response, media)


def _answer(request: HttpRequest, media: Media, etag: str) -> HttpResponseBase:
    try:
        size = default_storage.size(media.name)
    except FileNotFoundError:
        raise Http404 from None
    except OSError as error:
        return _away(error)
    wanted = _wanted(request, etag, size)
    if wanted is None:
        refusal = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    first, last = wanted
    length = last - first + 1
    is_asked_only = request.method == "HEAD"
    response = HttpResponse() if is_asked_only else StreamingHttpResponse(pieces(media.name, first, length))
    if length < size:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(length)
    response["Accept-Ranges"] = "bytes"
    return _described(response, media)


def _away(error: OSError) -> HttpResponseBase:
    """The storage does not answer: what is there now is not to be taken for gone."""
    logger.warning("the storage of pictures does not answer", error=str(error))
    return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(AGAIN_AFTER)})


def _wanted(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """The first and last byte to send; None when there are no such bytes. What is not understood means all of it."""
    whole = 0, size - 1
    condition = request.headers.get("If-Range", etag)
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or condition != etag or found is None:
        return whole
    first, last = found.groups()
    if not first:
        if not last:
            return whole
        return (max(0, size - int(last)), size - 1) if int(last) and size else None
    if last and int(last) < int(first):
        return whole
    return (int(first), min(int(last or size), size - 1)) if int(first) < size else None


async def pieces(name: str, first: int, length: int) -> AsyncIterator[bytes]:
    """`length` bytes of a stored file, one piece in memory at a time; the file is read beside the event loop."""
    file = await in_pool("media", partial(_opened, name, first, length))
    try:
        while length > 0:
            piece = await in_pool("media", partial(file.read, min(PIECE, length)))
            if not piece:
                return  # cut off while it was sent: the length that was announced tells the reader
            length -= len(piece)
            yield piece
    finally:
        await in_pool("media", file.close)


def _opened(name: str, first: int, length: int) -> IO[bytes]:
    """A stored file from its byte `first` on. A storage that is far away sends no more than that."""
    open_part = getattr(default_storage, "open_part", None)
    if open_part is not None:
        part: IO[bytes] = open_part(name, first, length)
        return part
    file: IO[bytes] = default_storage.open(name)
    file.seek(first)
    return file
