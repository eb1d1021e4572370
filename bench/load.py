"""What one reply of the load is: how it is asked for, and when a client had which part of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from . import texts

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Shape:
    """A reply of `count` deltas of a text; `rate` deltas a second, 0 for as fast as the wire takes them.

    A text whose name ends in "!" is judged by GLM when all of it is out.
    """

    count: int
    rate: float = 0
    text: str = "prose"

    @property
    def seconds(self) -> float:
        return self.count / self.rate if self.rate else 0

    @property
    def is_judged(self) -> bool:
        return self.text.endswith("!")

    @property
    def plain_text(self) -> str:
        return self.text.removesuffix("!")

    @property
    def reach(self) -> tuple[int, ...]:
        return texts.reach(self.plain_text, self.count)

    def prompt(self) -> str:
        """The question that gets this reply, different every time; its last word is the key of the log."""
        return f"reply {self.text} {self.count} {self.rate:g} #{next(_numbers)}"

    @classmethod
    def of(cls, prompt: str) -> Shape:
        """The shape that a prompt asks for; raises ValueError for one that asks for none."""
        _, text, count, rate, _ = prompt.split(" ")
        return cls(int(count), float(rate), text)


def key_of(prompt: str) -> str:
    return prompt.rpartition("#")[2]


def lateness(shape: Shape, sent: list[float], arrived: list[tuple[float, int]]) -> list[float]:
    """Seconds between the sending of each delta and the moment the client held as much text as was sent by then.

    `arrived`: (moment, wide characters held) in order of time. Deltas that never arrived are left out.
    """
    late, at = [], 0
    for moment, wanted in zip(sent, shape.reach, strict=False):
        while at < len(arrived) and arrived[at][1] < wanted:
            at += 1
        if at == len(arrived):
            break
        late.append(max(0.0, arrived[at][0] - moment))
    return late
