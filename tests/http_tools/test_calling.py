"""Whole calls against servers on this machine, the unkind ones too."""

from __future__ import annotations

import gzip
import json
import logging
import socket
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from conversations.http_tools import Definition, Failed, Method, Outcome, Secrets, call
from conversations.outgoing import Why
from tests.outgoing.server import Names, Script, answer, saying, serving, silent

TOOL = Definition(
    "get_weather",
    Method.GET,
    "http://api.example/weather?city={city}",
    hosts=("api.example",),
    seconds=10,
    most_bytes=1_000_000,
)


async def called(script: Script, tool: Definition = TOOL, secrets: Secrets = Secrets(), **known: Any) -> Outcome:  # noqa: B008
    with serving(script) as server:
        return await call(tool, {"city": "北京"}, secrets, network=Names(server, known).waiting)


async def failure(script: Script, tool: Definition = TOOL, secrets: Secrets = Secrets(), **known: Any) -> Failed:  # noqa: B008
    with pytest.raises(Failed) as failed:
        await called(script, tool, secrets, **known)
    return failed.value


async def test_an_answer_is_told() -> None:
    with serving(saying(answer("200 OK", b'{ "sky": "clear" }', "application/json"))) as server:
        outcome = await call(TOOL, {"city": "北京"}, network=Names(server).waiting)
    assert (outcome.status, outcome.text, outcome.byte_count) == (200, '{"sky":"clear"}', 18)
    assert server.requests[0].startswith(b"GET /weather?city=%E5%8C%97%E4%BA%AC HTTP/1.1\r\n")


async def test_an_answer_without_content_says_so() -> None:
    outcome = await called(saying(b"HTTP/1.1 204 No Content\r\n\r\n"))
    assert outcome.text == "The request succeeded; the answer has no content."


@pytest.mark.parametrize("found", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "10.1.2.3"])
async def test_a_name_that_leads_inside_is_not_asked(found: str) -> None:
    failed = await failure(silent, **{"api.example": [[found]]})
    assert failed.why is Why.PRIVATE
    assert str(failed) == "The address of this tool is not a public one, so it was not asked."


async def test_a_name_that_is_rebound_leads_nowhere_else() -> None:
    outcome = await called(saying(answer("200 OK", b"fine")), **{"api.example": [["93.184.215.14"], ["127.0.0.1"]]})
    assert outcome.text == "fine"


async def test_a_redirect_is_not_followed() -> None:
    failed = await failure(saying(answer("302 Found", b"", Location="http://127.0.0.1/")))
    assert (str(failed), failed.status) == ("The server redirects elsewhere (status 302), which is not followed.", 302)


async def test_a_server_that_never_answers_is_given_up() -> None:
    failed = await failure(silent, replace(TOOL, seconds=0.2))
    assert str(failed) == "The server of this tool did not answer within 0.2 seconds."


def fifty_megabytes(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        for _ in range(800):
            connection.sendall(b"x" * 65536)


BOMB = answer("200 OK", gzip.compress(b"\0" * 50_000_000), "text/plain", Content_Encoding="gzip")


@pytest.mark.parametrize("script", [fifty_megabytes, saying(BOMB)])
async def test_too_much_is_told(script: Script) -> None:
    failed = await failure(script)
    assert str(failed) == "The answer is larger than 1000 kB; ask for less."


async def test_bytes_are_told() -> None:
    failed = await failure(saying(answer("200 OK", b"\x89PNG\r\n", "image/png")))
    assert str(failed) == "The server answered with image/png, which is not text."


async def test_ten_thousand_levels_are_a_text() -> None:
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    assert len((await called(saying(answer("200 OK", deep, "application/json")))).text) == len(deep)


async def test_a_page_is_read() -> None:
    page = b"<html><body><p>Please <b>sign in</b></p><script>steal()</script></body></html>"
    assert (await called(saying(answer("200 OK", page, "text/html")))).text == "Please sign in"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("500 Internal Server Error", b"", "The server answered with status 500."),
        ("400 Bad Request", b'{ "error": "no such city" }', 'The server answered with status 400: {"error":"no such'),
        ("503 Service Unavailable", b"x" * 5000, f"The server answered with status 503: {'x' * 600}"),
    ],
)
async def test_an_error_is_told_with_its_beginning(status: str, body: bytes, told: str) -> None:
    failed = await failure(saying(answer(status, body, "application/json")))
    assert str(failed).startswith(told)
    assert len(str(failed)) < 700
    assert failed.status == int(status[:3])


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized"])
async def test_a_server_that_repeats_a_secret_does_not_give_it_away(status: str) -> None:
    def echo(connection: socket.socket) -> None:
        connection.sendall(
            answer(status, json.dumps({"sent": "Bearer very-secret-token"}).encode(), "application/json")
        )

    secrets = Secrets.parse("Authorization: Bearer very-secret-token")
    try:
        told = (await called(echo, secrets=secrets)).text
    except Failed as failed:
        told = str(failed)
    assert "very-secret" not in told
    assert "[secret]" in told


async def test_an_argument_that_does_not_fit_is_told_before_anything_is_sent() -> None:
    tool = replace(TOOL, url="http://api.example/{city}")
    with serving(silent) as server, pytest.raises(Failed, match="cannot be empty"):
        await call(tool, {"city": ".."}, network=Names(server).waiting)
    assert server.reached == []


async def test_a_server_of_the_process_is_asked_where_it_is() -> None:
    with serving(saying(answer("200 OK", b"here"))) as server:
        tool = Definition("t", Method.GET, "/demo/x?city={city}", base=f"http://127.0.0.1:{server.port}")
        assert (await call(tool, {"city": "Kiel"})).text == "here"
        with pytest.raises(Failed) as failed:
            await call(replace(tool, base="", url=f"http://127.0.0.1:{server.port}/"), {"city": "Kiel"})
    assert failed.value.why is Why.PRIVATE


@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
async def test_no_log_has_a_secret(status: str, caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets.parse("Authorization: Bearer very-secret-token\n?appid: query-secret")
    with caplog.at_level(logging.DEBUG), suppress(Failed):
        await called(saying(answer(status, b"very-secret-token")), secrets=secrets)
    assert caplog.records
    assert "very-secret" not in caplog.text
    assert "query-secret" not in caplog.text
