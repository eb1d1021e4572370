"""Compressed or not, in pieces, and never more than the limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from conversations.outgoing import BrokenAnswer, TooLarge
from conversations.outgoing.inflate import PIECE, Inflater

TEXT = b"".join(b"%06d" % number for number in range(100_000))
WAYS = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZIP", gzip.compress),
    ("deflate", zlib.compress),
]


@pytest.mark.parametrize(("encoding", "compress"), WAYS)
@pytest.mark.parametrize("size", [1, 1000, 10_000_000])
def test_everything_comes_out_however_it_comes_in(encoding: str, compress: Callable[[bytes], bytes], size: int) -> None:
    text = TEXT if size > 1 else TEXT[:3000]
    inflater, data = Inflater(encoding, len(text)), compress(text)
    pieces = [piece for at in range(0, len(data), size) for piece in inflater.feed(data[at : at + size])]
    inflater.end()
    assert b"".join(pieces) == text


def test_pieces_fit_into_memory() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20))
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in Inflater("gzip", 64 << 20).feed(bomb)]
        assert sum(sizes) == 64 << 20
        assert max(sizes) <= PIECE
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("encoding", "compress"), WAYS)
def test_more_than_the_limit_is_refused(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TooLarge):
        list(Inflater(encoding, len(TEXT) - 1).feed(compress(TEXT)))


def test_several_members_are_one_text() -> None:
    inflater = Inflater("gzip", 100)
    assert b"".join(inflater.feed(gzip.compress(b"one ") + gzip.compress(b"two"))) == b"one two"
    inflater.end()


def test_an_end_that_is_missing_is_told() -> None:
    inflater = Inflater("gzip", 100)
    list(inflater.feed(gzip.compress(b"one")[:-4]))
    with pytest.raises(BrokenAnswer):
        inflater.end()


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_what_nobody_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BrokenAnswer):
        Inflater(encoding, 100)


def test_nonsense_is_refused() -> None:
    with pytest.raises(BrokenAnswer):
        list(Inflater("gzip", 100).feed(b"not compressed"))
