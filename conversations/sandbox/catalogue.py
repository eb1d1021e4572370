"""Which models a person would choose, and what the sandbox needs to know of a model id.

Any id is answered; what an id can do is read off its name, as the model pages of docs.bigmodel.cn list it.
"""

import re

FRIENDLY_MODELS = (
    "glm-5.3",
    "glm-5.3-flash",
    "glm-5.2",
    "glm-4.7",
    "glm-4.7-flash",
    "glm-4.6",
    "glm-4.6v",
    "glm-4.5-air",
    "glm-4.5-flash",
    "glm-4-plus",
    "glm-4-flash",
    "glm-z1-flash",
)

SANDBOX_PREFIX = "sandbox-"

_REASONS = re.compile(r"glm-(4\.[5-9]|4\.1v-thinking|[5-9]|z1|zero)")
_ALWAYS_REASONS = re.compile(r"glm-(5\.3|4\.1v-thinking|z1|zero)")
_SEES = re.compile(r"glm-(5\.3-flash|[0-9.]+v)|autoglm-phone")
_KNOWN_FAMILY = re.compile(r"(auto)?glm-|charglm|emohaa|codegeex")


def reasons_by_default(model: str) -> bool:
    """Whether a model reasons when the request does not say."""
    return bool(_REASONS.match(model))


def always_reasons(model: str) -> bool:
    """Whether a model reasons whatever the request says."""
    return bool(_ALWAYS_REASONS.match(model))


def can_be_quiet(model: str) -> bool:
    """Whether a request may switch reasoning off; for 5.3 that is an error, older ones ignore it."""
    return not model.startswith("glm-5.3")


def sees_images(model: str) -> bool:
    """Whether a model takes images; ids outside GLM's families are given the benefit of the doubt."""
    return bool(_SEES.match(model)) or not _KNOWN_FAMILY.match(model)
