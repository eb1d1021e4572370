"""The GLM of the shared site: a sandbox in a thread of the test's own process, and its gates."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from conversations.sandbox import SANDBOX_MODELS
from tests.served.kills import MODEL

# Scenarios with numbers in their names are not in the sandbox's own list.
NUMBERED = ("huge-5000", "long-300", "flood-300", "rate-500-50", "gated-400", "huge-1500000")
MODELS = (*SANDBOX_MODELS, MODEL, *(f"sandbox-{name}" for name in NUMBERED))


@dataclass(frozen=True, slots=True)
class Glm:
    """Where it listens."""

    address: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a site that asks it."""
        return {
            "ZHIPUAI_BASE_URL": f"{self.address}/api/paas/v4",
            "ZHIPUAI_API_KEY": "sandbox.sandbox",
            "CHATSITE_MODELS": ",".join(MODELS),
        }

    def gate(self) -> Gate:
        """A gate that nobody has opened; say its `word` in the question."""
        return Gate(self.address, uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class Gate:
    """Holds the deltas of one reply until the test lets them go."""

    address: str
    name: str

    @property
    def word(self) -> str:
        return f"gate:{self.name}"

    def open(self, deltas: int | None = None) -> None:
        """Let so many more deltas through; without a number all of them."""
        wish = {"all": True} if deltas is None else {"deltas": deltas}
        httpx.post(f"{self._url}/open", json=wish).raise_for_status()

    @property
    def state(self) -> dict[str, Any]:
        """`passed` deltas, `requests` that came, `waiting` now, `left` before their end."""
        found: dict[str, Any] = httpx.get(self._url).json()
        return found

    @property
    def _url(self) -> str:
        return f"{self.address}/_sandbox/gates/{self.name}"
