"""A GLM server with named scenarios over real HTTP: answers while no key is set, and fakes GLM in tests.

Start it with `python -m conversations.sandbox`; docs/sandbox.md lists what it can do. Without Django, and
cheap to import: the HTTP server itself is loaded by `cli` alone.
"""

from .catalogue import SANDBOX_PREFIX
from .scenarios import SANDBOX_MODELS, SCENARIO_MODELS

__all__ = ["SANDBOX_MODELS", "SANDBOX_PREFIX", "SCENARIO_MODELS"]
