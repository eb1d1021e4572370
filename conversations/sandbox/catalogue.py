"""Which models a person would choose, and what the sandbox needs to know of a model id.

Any id is answered. What GLM's own can do is in `conversations.families`; others are given the benefit of the doubt.
"""

from conversations import families
from conversations.families import Entry, Status

SANDBOX_PREFIX = "sandbox-"

FRIENDLY_MODELS = tuple(
    each.name for each in families.SHIPPED.values() if each.is_for_chat and each.status is not Status.RETIRED
)


def entry(model: str) -> Entry:
    """What a model of that id can do; an id that nobody knows can do everything."""
    return families.find(model) or families.scenario(model)


def reasons_by_default(model: str) -> bool:
    """Whether a model reasons when the request does not say."""
    known = families.find(model)
    return known is not None and known.thinks


def always_reasons(model: str) -> bool:
    """Whether a model reasons whatever the request says."""
    known = families.find(model)
    return known is not None and known.thinks and not known.may_be_quiet


def can_be_quiet(model: str) -> bool:
    """Whether a request may switch reasoning off; for 5.3 that is an error, older ones ignore it."""
    known = families.find(model)
    return known is None or not (always_reasons(model) and known.efforts)
