import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.urls import path

from chatsite.one_hop import OneHopHandler
from conversations.body_limits import BODY
from tests.waiting import SECONDS, eventually_async

pytestmark = pytest.mark.django_db  # the end of a request looks after connections

closed: list[str] = []
urlpatterns: list[Any] = []


def view(function: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    urlpatterns.append(path(function.__name__, function))
    return function


@view
def thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


@view
def echo(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(request.body, headers={"X-Path": request.get_full_path()})
    response.set_cookie("seen", "yes")
    return response


@view
def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("not for visitors")


@view
def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one,"
            yield b"two"
            if "endless" in request.GET:
                await asyncio.Event().wait()
        finally:
            closed.append("parts")

    return StreamingHttpResponse(parts())


class Call:
    """One request against a handler, the client's side of it in hand."""

    def __init__(self, target: str, body: bytes = b"") -> None:
        name, _, query = target.partition("?")
        self.scope = {
            "type": "http",
            "method": "POST" if body else "GET",
            "path": f"/{name}",
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), (b"content-length", str(len(body)).encode())],
        }
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.said.put_nowait({"type": "http.request", "body": body})
        self.sent: list[dict[str, Any]] = []

    async def to(self, handler: OneHopHandler) -> "Call":
        await handler(self.scope, self.said.get, self._keep)
        return self

    async def _keep(self, message: Any) -> None:
        self.sent.append(dict(message))

    def leave(self) -> None:
        self.said.put_nowait({"type": "http.disconnect"})

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


@pytest.fixture(autouse=True)
def _only_these_views() -> Any:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], DEBUG=False):
        closed.clear()
        yield


async def test_without_threads_a_request_runs_in_the_test() -> None:
    answer = await Call("thread").to(OneHopHandler(0))
    assert answer.body.decode() == threading.main_thread().name


async def test_the_threads_last_from_request_to_request() -> None:
    handler = OneHopHandler(1)
    names = {(await Call("thread").to(handler)).body for _ in range(3)}
    assert names == {b"request_0"}


@pytest.mark.parametrize("threads", [0, 2])
async def test_body_query_headers_and_cookies_pass(threads: int) -> None:
    answer = await Call("echo?a=b", b"x" * 70_000).to(OneHopHandler(threads))
    headers = answer.sent[0]["headers"]
    assert answer.body == b"x" * 70_000
    assert (b"X-Path", b"/echo?a=b") in headers
    assert any(name == b"Set-Cookie" and b"seen=yes" in value for name, value in headers)


async def test_the_end_of_a_request_is_told_once() -> None:
    told: list[str] = []

    def listen(**_: Any) -> None:
        told.append(threading.current_thread().name)

    request_finished.connect(listen)
    try:
        await Call("thread").to(OneHopHandler(1))
    finally:
        request_finished.disconnect(listen)
    assert told == ["request_0"]


async def test_an_error_becomes_a_page_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    answer = await Call("failing").to(OneHopHandler(1))
    assert answer.sent[0]["status"] == 500
    assert b"visitors" not in answer.body
    assert "failing" in caplog.text


@pytest.mark.parametrize("threads", [0, 1])
async def test_a_stream_is_sent_part_by_part_and_closed(threads: int) -> None:
    answer = await Call("stream").to(OneHopHandler(threads))
    assert [message.get("body") for message in answer.sent[1:]] == [b"one,", b"two", None]
    assert closed == ["parts"]


async def test_what_a_server_still_tells_of_the_body_ends_no_stream() -> None:
    call = Call("stream", b"whole")
    call.scope[BODY] = BytesIO(b"whole")  # while the message with the same bytes waits to be received
    assert (await call.to(OneHopHandler(0))).body == b"one,two"


async def test_a_visitor_who_leaves_ends_the_stream() -> None:
    call = Call("stream?endless")
    serving = asyncio.ensure_future(call.to(OneHopHandler(1)))
    await eventually_async(lambda: call.body == b"one,two")
    assert closed == []
    call.leave()
    await asyncio.wait_for(serving, SECONDS)
    assert closed == ["parts"]


async def test_a_cancelled_stream_is_closed_too() -> None:
    call = Call("stream?endless")
    serving = asyncio.ensure_future(call.to(OneHopHandler(1)))
    await eventually_async(lambda: call.body == b"one,two")
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert closed == ["parts"]


async def test_a_visitor_who_leaves_before_the_body_came_is_forgotten() -> None:
    call = Call("echo")
    call.said.get_nowait()
    call.leave()
    assert (await call.to(OneHopHandler(1))).sent == []


class TestTooLarge:
    """The limit is met with what the client declares, and with what it sends."""

    @pytest.fixture(autouse=True)
    def _small(self) -> Any:
        middleware = ["django.middleware.locale.LocaleMiddleware", "chatsite.bodies.RefuseTooLargeMiddleware"]
        with override_settings(LARGEST_BODY=10, MIDDLEWARE=middleware):
            yield

    async def test_a_declared_size_is_refused_unread(self) -> None:
        call = Call("echo", b"x" * 11)
        assert (await call.to(OneHopHandler(0))).sent[0]["status"] == 400
        assert not call.said.empty()

    async def test_an_undeclared_size_is_refused_where_it_passes_the_limit(self) -> None:
        call = Call("echo", b"x")
        del call.scope["headers"][1]
        call.said.get_nowait()
        for _ in range(3):
            call.said.put_nowait({"type": "http.request", "body": b"x" * 6, "more_body": True})
        assert (await call.to(OneHopHandler(0))).sent[0]["status"] == 400
        assert call.said.qsize() == 1

    async def test_an_address_for_files_takes_more_and_only_by_post(self) -> None:
        with override_settings(LARGER_BODIES={"/ec.o": 20}):
            assert (await Call("echo", b"x" * 20).to(OneHopHandler(0))).body == b"x" * 20
            assert (await Call("echo", b"x" * 21).to(OneHopHandler(0))).sent[0]["status"] == 400
            put = Call("echo", b"x" * 20)
            put.scope["method"] = "PUT"
            assert (await put.to(OneHopHandler(0))).sent[0]["status"] == 400

    async def test_a_body_that_the_server_has_is_taken_as_it_is(self) -> None:
        call, body = Call("echo", b"whole"), BytesIO(b"whole")
        call.said.get_nowait()
        call.scope[BODY] = body
        assert (await call.to(OneHopHandler(0))).body == b"whole"
        assert body.closed

    async def test_the_limit_itself_passes(self) -> None:
        assert (await Call("echo", b"x" * 10).to(OneHopHandler(0))).body == b"x" * 10
