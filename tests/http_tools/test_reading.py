"""Answers as text: whatever comes, and however deep."""

import json
import time

import pytest

from conversations.http_tools.reading import NotText, text_of

PAGE = """<!doctype html><html><head><title>Trains &amp; more</title><style>p { color: red }</style>
<script>alert("x")</script></head><body><h1>Departures</h1><table><tr><td>G1</td><td>06:36</td></tr></table>
<p>One<br>two &lt;b&gt; <b>three</b></p><!-- hidden --></body></html>"""


def test_json_loses_its_white_space() -> None:
    body = b'{\n  "city": "\\u5317\\u4eac",\n  "degrees": [ 1.5, 12345678901234567890, null ]\n}'
    assert text_of(body, "application/json", "") == '{"city":"北京","degrees":[1.5,12345678901234567890,null]}'
    assert text_of(b"[ 1 ]", "", "") == "[1]"
    assert text_of(b'{ "a": 1 }', "application/problem+json", "utf-8") == '{"a":1}'


@pytest.mark.parametrize("body", [b"{not json", b'{"a": ' + b"9" * 5000 + b"}", b"[" * 10_000 + b"]" * 10_000])
def test_what_calls_itself_json_and_cannot_be_read_stays_as_it_is(body: bytes) -> None:
    assert text_of(body, "application/json", "") == body.decode()


def test_of_a_page_stays_what_there_is_to_read() -> None:
    assert text_of(PAGE.encode(), "text/html", "").split("\n") == [
        *("Trains & more", "Departures", "G1", "06:36", "One", "two <b> three"),
    ]


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "big5", "utf-16", "utf8"])
def test_letters_are_read_as_the_server_says(charset: str) -> None:
    assert text_of("天氣".encode(charset), "application/xml", charset).lstrip("\ufeff") == "天氣"


@pytest.mark.parametrize("charset", ["", "nonsense", "hex", "rot13", "idna", "punycode", "utf-8\0"])
def test_unknown_letters_are_utf_8(charset: str) -> None:
    assert text_of("天\xff".encode("latin-1", "ignore") + "气".encode(), "text/plain", charset) == "\ufffd气"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG", "image/png"),
        (b"bytes", "application/octet-stream"),
        (b"PK\x03\x04\0\0", ""),
        (b"text until\0here", "text/plain"),
        (b"sound", "audio/mpeg"),
    ],
)
def test_bytes_are_no_text(body: bytes, kind: str) -> None:
    with pytest.raises(NotText) as refused:
        text_of(body, kind, "")
    assert refused.value.kind == kind


def test_nothing_is_no_text_and_no_fault() -> None:
    assert text_of(b"", "image/png", "") == ""


@pytest.mark.parametrize("kind", ["application/json", "text/html", "text/plain"])
def test_much_takes_no_time(kind: str) -> None:
    body = json.dumps([{"<p>a</p>": n} for n in range(300_000)]).encode()
    began = time.process_time()
    assert len(text_of(body, kind, "")) > 100_000
    assert time.process_time() - began < 1
