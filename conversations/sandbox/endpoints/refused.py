"""What a scenario refuses at once, for orders that are no chat."""

from __future__ import annotations

from itertools import chain

from conversations.sandbox.asgi import Call
from conversations.sandbox.order import Ordered
from conversations.sandbox.scenarios import choose
from conversations.sandbox.steps import Page, Refuse
from conversations.sandbox.whole import Whole


async def is_refused(call: Call, order: Ordered) -> bool:
    """Answer with the refusal that the words of an order name; False when they name none."""
    scenario, chosen = choose(order.asked)
    steps = scenario.steps(chosen) if scenario else iter(())
    first = next(steps, None)
    if not isinstance(first, Refuse | Page):
        return False
    await Whole(call, chosen, 0, None).play(chain([first], steps))
    return True
