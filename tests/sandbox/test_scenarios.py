"""The registry of scenarios, and that its documentation is complete."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.sandbox import SANDBOX_MODELS, cli, scenarios
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.catalogue import FRIENDLY_MODELS
from conversations.sandbox.endpoints import ROUTES
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.scenarios import SCENARIOS, choose
from conversations.sandbox.scenarios.scenario import Scenario
from conversations.sandbox.steps import Refuse

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
FOLDER = Path(scenarios.__file__).parent
SHARED = {"__init__", "calls", "scenario", "counted", "flagged", "later", "media", "refused", "searched"}


def asked(model: str = "glm-4.7", prompt: str = "Hello") -> Asked:
    return Asked(model, (Said("user", prompt),), Prompt(prompt), is_streamed=True)


def rows() -> Iterator[str]:
    return (line for line in DOCUMENT.splitlines() if re.match(r"\| [a-z0-9-]+ \| `sandbox-", line))


def test_the_table_in_the_documentation_is_the_registry() -> None:
    expected = [f"| {s.name} | `{s.model}` | `{s.phrase}` | {s.about} |" for s in SCENARIOS]

    assert list(rows()) == expected


def test_the_documentation_names_every_option_and_every_path() -> None:
    parser = cli._parser()
    options = {action.option_strings[0] for action in parser._actions if not isinstance(action, argparse._HelpAction)}
    paths = {re.sub(r"\(\?P<part>[^)]*\)", "<id>", route.path.pattern).replace("\\", "") for route in ROUTES}

    assert {option for option in options if f"| `{option}" not in DOCUMENT} == set()
    assert {path for path in paths if path not in DOCUMENT} == set()


def test_every_file_of_the_folder_is_in_the_registry() -> None:
    files = {path.stem.replace("_", "-") for path in FOLDER.glob("*.py") if path.stem not in SHARED}
    together = (
        *scenarios.refused.SCENARIOS,
        *scenarios.searched.SCENARIOS,
        *scenarios.calls.SCENARIOS,
        *scenarios.later.SCENARIOS,
        *scenarios.media.SCENARIOS,
    )
    alone = {scenario.name for scenario in SCENARIOS} - {scenario.name for scenario in together}

    assert files == alone


def test_names_are_unique_and_listed_as_models() -> None:
    names = [scenario.name for scenario in SCENARIOS]

    assert len(set(names)) == len(names)
    assert (*FRIENDLY_MODELS, *(f"sandbox-{name}" for name in names)) == SANDBOX_MODELS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_each_is_chosen_by_model_and_by_phrase(scenario: Scenario) -> None:
    by_model, _ = choose(asked(model=scenario.model))
    by_phrase, seen = choose(asked(prompt=f"Hello {scenario.phrase} there"))

    assert by_model is by_phrase is scenario
    assert seen.prompt.text == "Hello  there"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_each_says_what_it_does_in_one_sentence_or_two(scenario: Scenario) -> None:
    assert scenario.about.endswith(".")
    assert 15 < len(scenario.about) < 110
    assert "|" not in scenario.about


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_each_refuses_only_before_it_sends_anything(scenario: Scenario) -> None:
    _, seen = choose(asked(model=scenario.model))
    kinds = [type(step) for step in scenario.steps(seen)]

    assert kinds
    assert Refuse not in kinds[1:]


def test_numbers_after_the_name_are_arguments() -> None:
    found, seen = choose(asked(model="sandbox-rate-50-500"))
    assert found is not None
    assert (found.name, seen.arguments) == ("rate", (50, 500))

    found, seen = choose(asked(model="sandbox-error-500"))
    assert found is not None
    assert (found.name, seen.arguments) == ("error-500", ())


def test_arguments_are_bounded() -> None:
    _, seen = choose(asked(model="sandbox-flood-99999999999999"))

    assert seen.argument(0, 5) == 1_000_000
    assert seen.argument(1, 5) == 5


def test_a_number_that_no_int_can_hold_is_no_argument() -> None:
    assert choose(asked(prompt=f"[[flood-{'9' * 50}]]"))[0] is not None
    assert choose(asked(prompt="[[flood-²]]"))[0] is None


def test_options_are_read_once_a_scenario_is_named() -> None:
    _, seen = choose(asked(model="sandbox-stall", prompt="Hello wait:0.5 rate:200 gate:a.b-c 你好gate:d"))

    assert (seen.prompt.seconds(9), seen.prompt.rate(), seen.prompt.gate) == (0.5, 200.0, "d")
    assert seen.prompt.text.split() == ["Hello", "你好"]


@pytest.mark.parametrize("option", ["wait:soon", "wait:", "rate:1.2.3", "wait:nan", "wait:inf", "rate:1e99"])
def test_an_option_that_makes_no_sense_changes_nothing(option: str) -> None:
    _, seen = choose(asked(model="sandbox-stall", prompt=f"Hello {option}"))

    assert seen.prompt.seconds(9) == 9
    assert seen.prompt.rate() is None
