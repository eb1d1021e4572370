"""Function tools: what the model may call, and what runs here when it does.

A tool is a `Tool` in a file of its own and a line in `registry.SHIPPED`; what an organisation defines in rows comes
from a provider, a line in `registry.PROVIDERS`. `available(person)` are all that there are for somebody.
"""

from .choice import Choice, Offer, allowed_to, chosen, offers, wire
from .kind import NAME, Arguments, Result, Tool, ToolError, Use
from .labels import Labels
from .registry import MOST_TOOLS, SHIPPED, available, find, named

__all__ = [
    "MOST_TOOLS",
    "NAME",
    "SHIPPED",
    "Arguments",
    "Choice",
    "Labels",
    "Offer",
    "Result",
    "Tool",
    "ToolError",
    "Use",
    "allowed_to",
    "available",
    "chosen",
    "find",
    "named",
    "offers",
    "wire",
]
