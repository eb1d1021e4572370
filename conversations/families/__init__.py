"""What is known of GLM's models, as the program ships it: one file a family, facts only. Knows no Django.

    entry = families.SHIPPED["glm-4.6v"]
    entry.sees, entry.context_tokens, entry.thinking

`unknown` is what may be assumed of a model that no file names. Whoever serves the site asks `conversations.catalogue`,
which knows what administrators changed; the sandbox asks here.
"""

from .entry import FIELDS, Entry, Kind, Meta, Price, Status, Thinking, Tools, Unit, Way, scenario, unknown
from .files import AS_OF, FACTS, MAKINGS, SHIPPED, VERSION, entry_of, find, price_of
from .making import FreeSize, Making, making_of

__all__ = [
    "AS_OF",
    "FACTS",
    "FIELDS",
    "MAKINGS",
    "SHIPPED",
    "VERSION",
    "Entry",
    "FreeSize",
    "Kind",
    "Making",
    "Meta",
    "Price",
    "Status",
    "Thinking",
    "Tools",
    "Unit",
    "Way",
    "entry_of",
    "find",
    "making_of",
    "price_of",
    "scenario",
    "unknown",
]
