"""Any business code of GLM, for ever or for the first tries of a conversation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from conversations.sandbox import prompt
from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import CODES, TELL_THEIR_RESET, Refusal, Refused
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Refuse, Step
from conversations.sandbox.wire import BEIJING

from .scenario import Scenario

FOR_EVER = 1_000_000


def refusal_of(code: str) -> Refusal:
    """The codes of a quota say when it is new: here six hours from now, in Beijing time as GLM has it."""
    if code not in TELL_THEIR_RESET:
        return Refusal(code)
    resets_at = datetime.now(BEIJING) + timedelta(hours=6)
    return Refusal(code, f"{resets_at:%Y-%m-%d %H:%M:%S}")


def refusal_named(text: str) -> Refusal | None:
    """The refusal that a phrase such as `[[code-1701]]` names, for requests that are no chat."""
    _, _, code = (prompt.named(text) or "").partition("code-")
    return refusal_of(code) if code in CODES else None


def _steps(asked: Asked) -> Iterator[Step]:
    code = str(asked.argument(0, 500))
    if code not in CODES:
        raise Refused("1211", asked.model)
    if asked.attempt <= asked.argument(1, FOR_EVER):
        yield Refuse(refusal_of(code))
    yield from usual(asked)


SCENARIO = Scenario(
    "code",
    "`sandbox-code-1302` refuses with 1302, and so for every code; `sandbox-code-1302-2` only twice.",
    _steps,
)
