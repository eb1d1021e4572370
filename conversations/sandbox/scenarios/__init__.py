"""The scenarios by name, one file each; a new one is a file like its siblings and a line here."""

from dataclasses import replace

from conversations.sandbox import prompt
from conversations.sandbox.asked import Asked
from conversations.sandbox.catalogue import FRIENDLY_MODELS, SANDBOX_PREFIX
from conversations.sandbox.refusals import Refused

from . import (
    calls,
    code,
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
    later,
    length,
    length_empty,
    long,
    markdown,
    media,
    network_error,
    no_done,
    odd_characters,
    overflow,
    overloaded_once,
    plain,
    rate,
    reasoning,
    refused,
    searched,
    sensitive_history,
    sensitive_output,
    sensitive_user,
    slow_first_byte,
    small_context,
    split_utf8,
    stall,
    summary,
    think_inline,
    timeout,
    title,
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
    code.SCENARIO,
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
    *searched.SCENARIOS,
    *calls.SCENARIOS,
    think_inline.SCENARIO,
    markdown.SCENARIO,
    hostile.SCENARIO,
    huge.SCENARIO,
    long.SCENARIO,
    flood.SCENARIO,
    rate.SCENARIO,
    gated.SCENARIO,
    title.SCENARIO,
    summary.SCENARIO,
    small_context.SCENARIO,
    overflow.SCENARIO,
    *later.SCENARIOS,
    *media.SCENARIOS,
)

# What `GET /models` lists: first what a person would choose, then every scenario.
SCENARIO_MODELS: tuple[str, ...] = tuple(scenario.model for scenario in SCENARIOS)
SANDBOX_MODELS: tuple[str, ...] = (*FRIENDLY_MODELS, *SCENARIO_MODELS)

_BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def choose(asked: Asked) -> tuple[Scenario | None, Asked]:
    """The scenario that the model or the prompt names, and the request as that scenario sees it.

    None is an ordinary request. A `sandbox-` model that does not exist is refused with 1211; a name in a
    prompt may be anybody's words, so an unknown one is left alone. A request for a title or a summary is answered as
    one by every model; `[[title-blocked]]` in the conversation makes that, and nothing else, the scenario "blocked".
    """
    for errand in (title, summary):
        if errand.is_wanted(asked.prompt.text):
            return _errand(asked, errand.SCENARIO)
    if asked.model.startswith(SANDBOX_PREFIX):
        found, arguments = _find(prompt.normal(asked.model.removeprefix(SANDBOX_PREFIX)))
        if found is None:
            raise Refused("1211", asked.model)
    else:
        found, arguments = _find(prompt.named(asked.prompt.text) or "")
        if found is None:
            return None, asked
    return found, replace(asked, prompt=prompt.read(asked.prompt.text), arguments=arguments)


def _errand(asked: Asked, usual: Scenario) -> tuple[Scenario, Asked]:
    name, of = prompt.named(asked.prompt.text) or "", f"{usual.name}-"
    found, arguments = _find(name.removeprefix(of)) if name.startswith(of) else (None, ())
    if found is None:  # the options in the conversation are not meant for what is made of it
        return usual, replace(asked, prompt=prompt.Prompt(prompt.bare(asked.prompt.text)))
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
