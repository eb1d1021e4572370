"""What a prompt says: its language, the scenario it names, the options beside it."""

import re
from dataclasses import dataclass, field

_MARKER = r"\[\[\s*([A-Za-z0-9_-]{1,60})\s*\]\]"
_SENTENCE = r"(?i)\s*(?:simulate|模拟)[\s:：]+([A-Za-z0-9_-]{1,60})"
_OPTION = r"(?<![A-Za-z0-9])(gate|wait|rate):([A-Za-z0-9._-]{1,80})"
_CJK = r"[\u3400-\u9fff\uf900-\ufaff]"
_LATIN = r"[A-Za-z]"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A person's words, and the options read out of them once a scenario was named."""

    text: str
    options: dict[str, str] = field(default_factory=dict)

    @property
    def is_chinese(self) -> bool:
        return is_chinese(self.text)

    def seconds(self, default: float) -> float:
        """How long a scenario waits: `wait:0.2` in the prompt, else the scenario's own time."""
        found = _number(self.options.get("wait"))
        return default if found is None else found

    def rate(self) -> float | None:
        """Deltas per second from `rate:200`, 0 for full speed, None when the prompt does not say."""
        return _number(self.options.get("rate"))

    @property
    def gate(self) -> str | None:
        return self.options.get("gate")


def named(text: str) -> str | None:
    """The name inside the first `[[name]]`, or after "simulate" or 模拟 at the beginning; may be unknown."""
    found = re.search(_MARKER, text) or re.match(_SENTENCE, text)
    return normal(found[1]) if found else None


def normal(name: str) -> str:
    """Names are the same with underscores, hyphens, capitals."""
    return name.lower().replace("_", "-")


def read(text: str) -> Prompt:
    """A prompt to a scenario: markers and options are taken out of the words."""
    return Prompt(bare(text), dict(re.findall(_OPTION, text)))


def bare(text: str) -> str:
    """The words without markers and options."""
    return re.sub(_OPTION, "", re.sub(_MARKER, "", text)).strip()


def is_chinese(text: str) -> bool:
    """Whether a text reads as Chinese: a few characters outweigh the Latin names among them."""
    return 3 * len(re.findall(_CJK, text[:4000])) > len(re.findall(_LATIN, text[:4000]))


def _number(text: str | None) -> float | None:
    """A number of ordinary size that is not below zero, else nothing."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if 0 <= found < 1e9 else None
