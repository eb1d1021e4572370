"""The scenarios by name, one file each; a new one is a file like its siblings and a line here."""

from dataclasses import replace

from conversations.sandbox import prompt
from conversations.sandbox.asked import Asked
from conversations.sandbox.catalogue import FRIENDLY_MODELS, SANDBOX_PREFIX
from conversations.sandbox.refusals import Refused

from . import (
    comments,
    crlf,
    cut,
    double_finish,
    echo,
    error_first,
    error_midstream,
    error_then_ok,
    event_error,
    flood,
    gated,
    glued,
    hostile,
    huge,
    length,
    length_empty,
    long,
    markdown,
    network_error,
    no_done,
    odd_characters,
    overloaded_once,
    plain,
    rate,
    reasoning,
    refused,
    sensitive_history,
    sensitive_output,
    sensitive_user,
    slow_first_byte,
    split_utf8,
    stall,
    think_inline,
    timeout,
    u2028,
    usage_separate,
)
from .scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    plain.SCENARIO,
    reasoning.SCENARIO,
    echo.SCENARIO,
    length.SCENARIO,
    length_empty.SCENARIO,
    network_error.SCENARIO,
    cut.SCENARIO,
    no_done.SCENARIO,
    slow_first_byte.SCENARIO,
    stall.SCENARIO,
    timeout.SCENARIO,
    sensitive_user.SCENARIO,
    sensitive_output.SCENARIO,
    sensitive_history.SCENARIO,
    *refused.SCENARIOS,
    error_first.SCENARIO,
    error_midstream.SCENARIO,
    event_error.SCENARIO,
    overloaded_once.SCENARIO,
    error_then_ok.SCENARIO,
    glued.SCENARIO,
    usage_separate.SCENARIO,
    double_finish.SCENARIO,
    crlf.SCENARIO,
    comments.SCENARIO,
    split_utf8.SCENARIO,
    u2028.SCENARIO,
    odd_characters.SCENARIO,
    think_inline.SCENARIO,
    markdown.SCENARIO,
    hostile.SCENARIO,
    huge.SCENARIO,
    long.SCENARIO,
    flood.SCENARIO,
    rate.SCENARIO,
    gated.SCENARIO,
)

# What `GET /models` lists: first what a person would choose, then every scenario.
SANDBOX_MODELS: tuple[str, ...] = (*FRIENDLY_MODELS, *(scenario.model for scenario in SCENARIOS))

_BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def choose(asked: Asked) -> tuple[Scenario | None, Asked]:
    """The scenario that the model or the prompt names, and the request as that scenario sees it.

    None is an ordinary request. A `sandbox-` model that does not exist is refused with 1211; a name in a
    prompt may be anybody's words, so an unknown one is left alone.
    """
    if asked.model.startswith(SANDBOX_PREFIX):
        found, arguments = _find(prompt.normal(asked.model.removeprefix(SANDBOX_PREFIX)))
        if found is None:
            raise Refused("1211", asked.model)
    else:
        found, arguments = _find(prompt.named(asked.prompt.text) or "")
        if found is None:
            return None, asked
    return found, replace(asked, prompt=prompt.read(asked.prompt.text), arguments=arguments)


def _find(name: str) -> tuple[Scenario | None, tuple[int, ...]]:
    """The scenario, and the numbers that follow its name."""
    arguments: list[int] = []
    while name not in _BY_NAME:
        name, _, last = name.rpartition("-")
        if not (last.isascii() and last.isdigit()):
            return None, ()
        arguments.insert(0, int(last))
    return _BY_NAME[name], tuple(arguments)
