"""What readers say, and what is believed of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.imaging import Bounds, Broken, Encoded, ImagingError, TooManyPixels
from conversations.imaging.wire import LONGEST_WORDS, Order, answer, made, refused

ORDER = Order("prepare", 2, Bounds(size=1000))
FULL, SMALL = Encoded(b"full", "image/png", 20, 10), Encoded(b"small", "image/webp", 8, 4)


def receiving(data: bytes) -> Callable[[int], bytes]:
    """As a socket: whoever wants more than there is learns that it ended."""
    source = BytesIO(data)

    def receive(count: int) -> bytes:
        came = source.read(count)
        if len(came) < count:
            raise ConnectionResetError
        return came

    return receive


def head(value: Any) -> bytes:
    text = json.dumps(value).encode()
    return len(text).to_bytes(4, "big") + text


def test_an_order_comes_as_it_was_given() -> None:
    assert Order.read(ORDER.packed()) == ORDER


def test_pictures_come_as_they_were_made() -> None:
    assert answer(receiving(b"".join(made([FULL, SMALL]))), ORDER) == [FULL, SMALL]


def test_so_do_refusals() -> None:
    with pytest.raises(TooManyPixels) as caught:
        answer(receiving(b"".join(refused(TooManyPixels(900_000_000)))), ORDER)
    assert caught.value.pixels == 900_000_000


def test_words_of_a_decoder_have_an_end() -> None:
    with pytest.raises(Broken) as caught:
        answer(receiving(b"".join(refused(Broken("\u202e" * 10_000)))), ORDER)
    assert str(caught.value) == "\u202e" * LONGEST_WORDS


@pytest.mark.parametrize(
    "row",
    [
        [1001, "image/png", 20, 10],
        [-1, "image/png", 20, 10],
        [4, "text/html", 20, 10],
        [4, "image/png", 0, 10],
        [4, "image/png", 10, 100_000],
        [4, "image/png", "20", 10],
        [4, "image/png", 20],
        "full",
    ],
)
def test_pictures_beyond_their_bounds_are_not_believed(row: Any) -> None:
    with pytest.raises(ValueError, match="no picture"):
        answer(receiving(head({"made": [row, [5, "image/webp", 8, 4]]}) + b"fullsmall"), ORDER)


@pytest.mark.parametrize(
    "value",
    [{"made": [[4, "image/png", 20, 10]]}, {"made": 2}, {"refused": "OSError", "told": []}, {"refused": "Broken"}, []],
)
def test_nor_is_what_was_not_asked_for(value: Any) -> None:
    with pytest.raises(ValueError, match="no answer"):
        answer(receiving(head(value) + b"full"), ORDER)


def test_nor_is_what_goes_deeper_than_anybody_reads() -> None:
    with pytest.raises(ValueError, match="deeper"):
        answer(receiving((4000).to_bytes(4, "big") + b"[" * 4000), ORDER)


@given(st.binary(max_size=60) | st.lists(st.integers() | st.text()).map(head))
def test_whatever_comes_there_are_three_ends(data: bytes) -> None:
    with pytest.raises((ImagingError, ValueError, ConnectionError)):
        answer(receiving(data), ORDER)
