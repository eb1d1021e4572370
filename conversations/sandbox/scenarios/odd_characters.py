"""Characters that a client has to clean or keep apart."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply
from conversations.sandbox.steps import Deltas, Done, Finish, Step

from .scenario import Scenario

PIECES = (
    "NUL:\0.",
    " Half a pair: \ud83d.",
    " Mark: \ufeff.",
    " Right to left: \u202eabc\u202c.",
    " 👩\u200d🚀\n",
)


def _steps(asked: Asked) -> Iterator[Step]:
    yield Deltas(PIECES)
    yield Finish("stop", Reply("".join(PIECES)).usage(asked))
    yield Done()


SCENARIO = Scenario(
    "odd-characters", "NUL, a lone surrogate, a byte order mark and direction overrides in the text.", _steps
)
