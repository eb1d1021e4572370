"""The payload of many HTTP chunks at once."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.glm.chunks import Dechunker


def chunked(*payloads: bytes) -> bytes:
    return b"".join(b"%X\r\n%b\r\n" % (len(each), each) for each in payloads) + b"0\r\n\r\n"


def read(*pieces: bytes) -> tuple[bytes, bytes | None]:
    """The payload, and what is left to the parser once there is something."""
    dechunker = Dechunker()
    payload = b"".join(dechunker.feed(piece) for piece in pieces if not dechunker.is_over)
    return payload, dechunker.rest if dechunker.is_over else None


def test_chunks_that_arrive_together_come_together() -> None:
    assert Dechunker().feed(b"3\r\none\r\n3\r\ntwo\r\n") == b"onetwo"


def test_the_end_is_left_to_the_parser() -> None:
    assert read(chunked(b"one", b"two")) == (b"onetwo", b"0\r\n\r\n")


def test_half_a_chunk_comes_at_once() -> None:
    dechunker = Dechunker()
    assert [dechunker.feed(each) for each in (b"a\r\nabc", b"defghij", b"\r\n")] == [b"abc", b"defghij", b""]


def test_extensions_and_trailers_are_understood() -> None:
    data = b"3;x=y\r\none\r\n3 ;a\r\ntwo\r\n0\r\nX: y\r\n\r\n"
    assert read(data) == (b"onetwo", b"0\r\nX: y\r\n\r\n")


@pytest.mark.parametrize("nonsense", [b"xyz\r\n", b"-3\r\nabc\r\n", b"\r\n\r\n", b"+5\r\nhello\r\n", b"z" * 2000])
def test_nonsense_is_left_to_the_parser(nonsense: bytes) -> None:
    assert read(b"3\r\none\r\n" + nonsense) == (b"one", nonsense)
    assert read(nonsense) == (b"", nonsense)


def test_a_chunk_longer_than_its_size_is_left_to_the_parser() -> None:
    assert read(b"3\r\nonetwo\r\n") == (b"one", b"two\r\n")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=20), max_size=12), st.lists(st.integers(0, 400), max_size=10))
def test_the_payload_does_not_depend_on_where_reads_end(payloads: list[bytes], places: list[int]) -> None:
    data = chunked(*payloads)
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    payload, rest = read(*(data[a:b] for a, b in itertools.pairwise(edges)))
    assert payload == b"".join(payloads)
    assert rest is not None
    assert b"0\r\n\r\n".startswith(rest)
