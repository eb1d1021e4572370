"""Shared by the scenarios that send numbered deltas, whose text tells how many arrived."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Deltas, Done, Finish, Step
from conversations.sandbox.wire import Usage

_PER_LINE = 20


def piece(number: int) -> str:
    """The delta with that number, counted from 1: five characters up to 9,999, twenty deltas a line."""
    return f"{number:04d}{' ' if number % _PER_LINE else chr(10)}"


def counted(asked: Asked, count: int, *, rate: float) -> Iterator[Step]:
    """A reply of exactly that many deltas, which ends with `stop`."""
    yield Deltas(tuple(piece(number) for number in range(1, count + 1)), rate=rate)
    yield Finish("stop", Usage(tokens.count_prompt(asked.messages), count))
    yield Done()
