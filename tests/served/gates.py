"""Replies that go exactly as far as a test lets them, whatever the machine has to do meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

# Plain HTTP: to read the certificates of the world costs more than the request.
PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}


@dataclass(frozen=True, slots=True)
class Gate:
    """Holds the deltas of one reply until the test lets them go; `address` is that of the sandbox."""

    address: str
    name: str

    @property
    def word(self) -> str:
        """Said in a question, it holds the reply."""
        return f"gate:{self.name}"

    def counting(self, last: int) -> str:
        """A question whose reply counts, one number for each delta: 0001, 0002, …"""
        return f"[[gated-{last}]] {self.word} Count."

    def open(self, deltas: int | None = None) -> None:
        """Let so many more deltas through; without a number all of them."""
        wish = {"all": True} if deltas is None else {"deltas": deltas}
        httpx.post(f"{self._url}/open", json=wish, **PLAIN).raise_for_status()

    @property
    def state(self) -> dict[str, Any]:
        """`passed` deltas, `requests` that came, `waiting` now, `left` before their end."""
        found: dict[str, Any] = httpx.get(self._url, **PLAIN).json()
        return found

    @property
    def _url(self) -> str:
        return f"{self.address}/_sandbox/gates/{self.name}"


def new_gate(address: str) -> Gate:
    """A gate that nobody has opened."""
    return Gate(address, uuid.uuid4().hex)


@contextmanager
def gate_of(address: str) -> Iterator[Gate]:
    """A new gate, and in the end it stands open: no reply goes on waiting."""
    gate = new_gate(address)
    try:
        yield gate
    finally:
        with suppress(httpx.TransportError):  # a sandbox that was killed holds nothing back
            gate.open()
