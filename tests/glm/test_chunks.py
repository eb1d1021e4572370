"""Many small HTTP chunks become few, and nothing else changes."""

import itertools

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.glm.chunks import Merger

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


def chunked(*payloads: bytes) -> bytes:
    return b"".join(b"%X\r\n%b\r\n" % (len(each), each) for each in payloads) + b"0\r\n\r\n"


def merged(*reads: bytes) -> tuple[bytes, list[bytes]]:
    """What passed as it came, and the payloads of the merged chunks."""
    merger, passed, payloads = Merger(), b"", []
    for each in reads:
        before, payload, after = merger.feed(each)
        passed += before + after
        payloads += [payload] if payload else []
    return passed, payloads


def test_chunks_that_arrive_together_become_one() -> None:
    assert merged(HEAD, chunked(b"one", b"two", b"three")) == (HEAD + b"0\r\n\r\n", [b"onetwothree"])


def test_head_and_chunks_may_arrive_together() -> None:
    assert merged(HEAD + chunked(b"one", b"two")) == (HEAD + b"0\r\n\r\n", [b"onetwo"])


def test_half_a_chunk_is_handed_over_at_once() -> None:
    assert merged(HEAD, b"a\r\nabc", b"defghij", b"\r\n")[1] == [b"abc", b"defghij"]


def test_extensions_and_trailers_are_understood() -> None:
    passed, payloads = merged(HEAD, b"3;x=y\r\none\r\n3 ;a\r\ntwo\r\n0\r\nX: y\r\n\r\n")
    assert (passed, payloads) == (HEAD + b"0\r\nX: y\r\n\r\n", [b"onetwo"])


def test_an_answer_without_chunks_passes() -> None:
    assert merged(PLAIN_HEAD + b"5\r\nab") == (PLAIN_HEAD + b"5\r\nab", [])


def test_an_interim_answer_comes_before_the_real_one() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    assert merged(interim + HEAD, chunked(b"one")) == (interim + HEAD + b"0\r\n\r\n", [b"one"])


@pytest.mark.parametrize("nonsense", [b"xyz\r\n", b"-3\r\nabc\r\n", b"\r\n", b"+5\r\nhello\r\n", b"z" * 2000])
def test_nonsense_is_left_to_the_parser_behind(nonsense: bytes) -> None:
    assert merged(HEAD, b"3\r\none\r\n" + nonsense) == (HEAD + nonsense, [b"one"])


def test_a_chunk_longer_than_its_size_is_left_to_the_parser_behind() -> None:
    assert merged(HEAD, b"3\r\nonetwo\r\n") == (HEAD + b"two\r\n", [b"one"])


def test_a_head_without_end_is_passed_on() -> None:
    assert merged(b"x" * 100_000, b"y" * 100_000, HEAD)[0] == b"x" * 100_000 + b"y" * 100_000 + HEAD


def test_the_next_answer_begins_with_a_head() -> None:
    merger = Merger()
    merger.feed(HEAD + chunked(b"one"))
    merger.restart()
    assert merger.feed(PLAIN_HEAD) == (PLAIN_HEAD, b"", b"")
    merger.restart()
    assert merger.feed(HEAD + chunked(b"two"))[1] == b"two"


def test_it_merges_only_between_head_and_end() -> None:
    merger, states = Merger(), []
    for each in (b"", HEAD, b"3\r\none\r\n", b"0\r\n\r\n"):
        merger.feed(each)
        states.append(merger.is_merging)
    assert states == [False, True, True, False]


def body_of(*reads: bytes) -> bytes:
    """What h11 makes of it."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    body = b""
    for each in reads:
        connection.receive_data(each)
        while not isinstance(event := connection.next_event(), type(h11.NEED_DATA)):
            body += bytes(event.data) if isinstance(event, h11.Data) else b""
            if isinstance(event, h11.EndOfMessage):
                return body
    raise AssertionError("no end")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=20), max_size=12), st.lists(st.integers(0, 400), max_size=10))
def test_the_body_is_the_same_wherever_reads_end(payloads: list[bytes], places: list[int]) -> None:
    data = HEAD + chunked(*payloads)
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    merger, out = Merger(), []
    for start, end in itertools.pairwise(edges):
        before, payload, after = merger.feed(data[start:end])
        framed = b"%x\r\n%b\r\n" % (len(payload), payload) if payload else b""
        out.append(before + framed + after)
    assert body_of(*filter(None, out)) == b"".join(payloads)
