"""Requests that ask too much, as the served site meets them."""

import socket
import uuid
from collections.abc import Iterator
from http import HTTPStatus

import httpx
import pytest

from tests.served.site import Site, Visitor

pytestmark = pytest.mark.served

LIMIT = 24 * 200_000 + 64 * 1024
PIECE = b"text=" + b"x" * 65_531
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not tell its size before."""
    for _ in range(0, size, len(PIECE)):
        yield PIECE


@pytest.mark.parametrize("body", [b"x" * (LIMIT + 1), pieces(2 * LIMIT)], ids=["declared", "undeclared"])
def test_it_is_refused_in_words_of_the_person(ann: Visitor, body: bytes) -> None:
    own = {**FORM, "X-CSRFToken": ann.http.cookies["csrftoken"], "Referer": ann.site.address}
    answer = ann.http.post("/c/none/messages/", content=body, headers={**own, "Accept-Language": "zh-CN"})
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "太大" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_nobody_moves_the_site(shared_site: Site) -> None:
    page = httpx.get(f"{shared_site.address}/accounts/login/", headers={"Daphne-Root-Path": "/elsewhere"})
    assert page.status_code == HTTPStatus.OK
    assert "elsewhere" not in page.text


def test_a_body_without_end_is_cut_off(shared_site: Site) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.post(shared_site.address, content=pieces(10 * LIMIT), timeout=30)
    assert httpx.get(f"{shared_site.address}/readyz").status_code == HTTPStatus.OK


def test_a_picture_that_is_cut_off_in_the_middle_leaves_nothing(ann: Visitor) -> None:
    """Its bytes lay nowhere but in a passing file of the server."""
    media = ann.site.data / "media"
    before = sorted(media.rglob("*"))
    head = (
        f"POST /c/{uuid.uuid4()}/pictures/ HTTP/1.1\r\nHost: 127.0.0.1:{ann.site.port}\r\n"
        f"Cookie: {ann.cookies}\r\nX-CSRFToken: {ann.http.cookies['csrftoken']}\r\nReferer: {ann.site.address}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", ann.site.port)) as connection:
        connection.sendall(head.encode() + b"\x89PNG" * 100_000)
    assert ann.http.get("/pictures/").status_code == HTTPStatus.OK
    assert ann.site.rows("SELECT COUNT(*) FROM conversations_picture") == [(0,)]
    assert sorted(media.rglob("*")) == before
