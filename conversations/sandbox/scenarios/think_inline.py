"""Reasoning as self-hosted models send it: inline, in the text."""

from collections.abc import Iterator
from dataclasses import replace

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, compose, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = compose(replace(asked, wants_reasoning=True, max_tokens=None))
    yield from usual(asked, Reply(f"<think>{reply.reasoning}\n</think>\n{reply.text}"))


SCENARIO = Scenario("think-inline", "Reasoning inside the text as `<think>…</think>`.", _steps)
