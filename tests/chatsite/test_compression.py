import gzip

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from chatsite.compression import CompressedPagesMiddleware

TEXT = b"<p>Words and more words.</p>" * 50


def through(response: HttpResponseBase, accepts: str = "gzip, deflate, br") -> HttpResponseBase:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accepts
    return CompressedPagesMiddleware(lambda request: response)(request)


def test_a_page_goes_compressed() -> None:
    response = through(HttpResponse(TEXT))
    assert isinstance(response, HttpResponse)
    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content) == TEXT


def test_its_length_tells_little_of_what_is_in_it() -> None:
    assert len({int(through(HttpResponse(TEXT))["Content-Length"]) for _ in range(30)}) > 5


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(TEXT, content_type="image/webp"),
        HttpResponse(TEXT, content_type="text/plain; charset=utf-8"),
        HttpResponse(b"short"),
        StreamingHttpResponse([TEXT]),
    ],
    ids=["picture", "text", "short", "stream"],
)
def test_nothing_else_is_touched(response: HttpResponseBase) -> None:
    assert not through(response).has_header("Content-Encoding")


def test_who_cannot_read_it_gets_it_plain() -> None:
    response = through(HttpResponse(TEXT), accepts="identity")
    assert isinstance(response, HttpResponse)
    assert response.content == TEXT
