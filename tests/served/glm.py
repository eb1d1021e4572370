"""The GLM of the shared site: a sandbox in a thread of the test's own process, and its gates."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.sandbox import SANDBOX_MODELS
from tests.served.gates import Gate, new_gate
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
        return new_gate(self.address)
