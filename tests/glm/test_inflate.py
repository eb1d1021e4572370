"""Compressed or not, never more than the limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from conversations.glm import ProtocolError, TooLarge
from conversations.glm.inflate import Inflater


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_plain_bytes_pass(encoding: str) -> None:
    assert Inflater(encoding, 10).feed(b"0123456789") == b"0123456789"


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_compressed_bytes_are_decompressed_piece_by_piece(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    inflater, data = Inflater(encoding, 100), compress(b"abc" * 30)
    assert b"".join(inflater.feed(data[at : at + 1]) for at in range(len(data))) == b"abc" * 30


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_more_than_the_limit_is_refused(encoding: str) -> None:
    inflater = Inflater(encoding, 10)
    with pytest.raises(TooLarge):
        inflater.feed(b"x" * 11 if not encoding else gzip.compress(b"x" * 11))


def test_a_small_bomb_does_not_fill_the_memory() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            Inflater("gzip", 1 << 20).feed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_limit_is_counted_over_all_pieces() -> None:
    inflater = Inflater("", 10)
    inflater.feed(b"x" * 10)
    with pytest.raises(TooLarge):
        inflater.feed(b"x")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(ProtocolError):
        Inflater(encoding, 10)


def test_what_only_claims_to_be_compressed_is_refused() -> None:
    with pytest.raises(ProtocolError):
        Inflater("gzip", 10).feed(b"data: x")
