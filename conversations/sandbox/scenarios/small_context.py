"""A model with a small window: a longer prompt is refused, a longer reply ends where the window is full."""

from collections.abc import Callable, Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.reply import plain, spoken
from conversations.sandbox.steps import Done, Finish, Refuse, Step

from .scenario import Scenario

_WINDOW = 600  # tokens


def within(refusal: Refusal) -> Callable[[Asked], Iterator[Step]]:
    """What such a model does, by its way of refusing."""

    def steps(asked: Asked) -> Iterator[Step]:
        room = asked.argument(0, _WINDOW) - tokens.count_prompt(asked.messages)
        if room < 0:
            yield Refuse(refusal)
            return
        reply = plain(asked)
        whole = tokens.count(reply.text)
        reply = reply.limited(max(room, 0), ())
        yield from spoken(reply)
        yield Finish("model_context_window_exceeded" if whole > room else reply.finish, reply.usage(asked))
        yield Done()

    return steps


SCENARIO = Scenario(
    "small-context",
    "A window of 600 tokens, or of 200 as `small-context-200`: 1261, or a reply that fills it.",
    within(Refusal("1261")),
)
