"""Function calls as they are seen in the wild; without a function in the request the answer is a plain one.

Invalid JSON, marks of the chat template in the arguments and objects said twice were reported of GLM-5 (its issues, and
those of vllm and sglang). What was called for wrongly is called for rightly once a result came back.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from conversations.sandbox import wishes
from conversations.sandbox.asked import Asked
from conversations.sandbox.calling import calling
from conversations.sandbox.reply import Reply, plain, usual
from conversations.sandbox.steps import Step
from conversations.sandbox.wire import Filter
from conversations.sandbox.wishes import Wanted

from .scenario import Scenario

Spoil = Callable[[Wanted], Wanted]


def _in_pieces(asked: Asked) -> Iterator[Step]:
    return _once(asked, in_pieces=True)


def _whole(asked: Asked) -> Iterator[Step]:
    return _once(asked, in_pieces=False)


def _once(asked: Asked, *, in_pieces: bool) -> Iterator[Step]:
    if asked.functions and not asked.results:
        yield from calling(asked, (wishes.made_up(asked),), in_pieces=in_pieces)
    else:
        yield from usual(asked, plain(asked))


def _side_by_side(asked: Asked) -> Iterator[Step]:
    if asked.functions and not asked.results:
        one = wishes.made_up(asked)
        yield from calling(asked, (*wishes.wanted(asked)[:1], one) if wishes.wanted(asked) else (one, one))
    else:
        yield from usual(asked, plain(asked))


def _spoiled(spoil: Spoil, times: int = 1) -> Callable[[Asked], Iterator[Step]]:
    """A call that is wrong so often, then right, then the answer."""

    def steps(asked: Asked) -> Iterator[Step]:
        if not asked.functions or len(asked.results) > times:
            yield from usual(replace(asked, functions=()), plain(asked))
            return
        call = wishes.made_up(replace(asked, results=()))
        yield from calling(asked, (spoil(call) if len(asked.results) < times else call,))

    return steps


def _always(asked: Asked) -> Iterator[Step]:
    if asked.functions:
        yield from calling(asked, (wishes.made_up(replace(asked, results=())),))
    else:
        yield from usual(asked, plain(asked))


def _flagged(asked: Asked) -> Iterator[Step]:
    if asked.functions and not asked.results:
        yield from calling(asked, (wishes.made_up(asked),), filters=(Filter("assistant", 1),))
    else:
        yield from usual(asked, plain(asked))


def _written(asked: Asked) -> Iterator[Step]:
    """As hosts leak it that do not read the template to its end: no call, and an ordinary finish."""
    if asked.functions and not asked.results:
        call = wishes.made_up(asked)
        yield from usual(asked, Reply(f"I look that up.\n<tool_call>{call.name}\n{_marks(call)}</tool_call>"))
    else:
        yield from usual(asked, plain(asked))


def _cut(call: Wanted) -> Wanted:
    return replace(call, arguments=call.arguments[: max(1, len(call.arguments) // 2)])


def _marked(call: Wanted) -> Wanted:
    return replace(call, arguments=f"{_marks(call)}</tool_call>")


def _marks(call: Wanted) -> str:
    pairs = json.loads(call.arguments).items()
    return "".join(
        f"<arg_key>{name}</arg_key>\n<arg_value>{value if isinstance(value, str) else json.dumps(value)}</arg_value>\n"
        for name, value in pairs
    )


def _doubled(call: Wanted) -> Wanted:
    return replace(call, arguments=call.arguments * 2)


SCENARIOS = (
    Scenario("call", "Calls a function, whole, whatever the prompt says; then answers from its result.", _whole),
    Scenario("call-pieces", "The same with its arguments in pieces.", _in_pieces),
    Scenario("call-twice", "Two calls in one round.", _side_by_side),
    Scenario("call-invalid", "Arguments that are no JSON; the right ones once it was told.", _spoiled(_cut)),
    Scenario("call-invalid-always", "Arguments that are no JSON, however often it is told.", _spoiled(_cut, 1000)),
    Scenario("call-marks", "Marks of the chat template instead of JSON.", _spoiled(_marked, 1000)),
    Scenario("call-doubled", "The arguments twice, one behind the other.", _spoiled(_doubled, 1000)),
    Scenario("call-written", "The call as text between the marks of the template, and an ordinary end.", _written),
    Scenario("call-always", "Calls again and again while there is a function.", _always),
    Scenario("call-flagged", "A call with `content_filter` for the reply.", _flagged),
)
