from dataclasses import replace
from typing import Any

import pytest

from conversations.models import User
from conversations.tools import MOST_TOOLS, Tool, available, calculator, find, named, registry
from tests import people

pytestmark = pytest.mark.django_db


def provided(*names: str) -> Any:
    tools = [replace(calculator.TOOL, name=name, label="Provided") for name in names]
    return lambda person: tools


@pytest.fixture
def ada() -> User:
    return people.person("ada")


def test_a_person_has_the_tools_of_the_site(ada: User) -> None:
    assert {"current_time", "calendar", "calculator", "convert_units"} <= {tool.name for tool in available(ada)}


def test_a_provider_adds_its_own(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", (provided("mine"),))
    assert find(ada, "mine") is not None
    assert [tool.name for tool in named(available(ada), ["mine", "calculator", "none"])] == ["calculator", "mine"]


def test_a_name_is_taken_once(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", (provided("calculator"),))
    found = find(ada, "calculator")
    assert found is not None
    assert found.label == calculator.TOOL.label


def test_there_are_never_more_than_one_request_takes(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", (provided(*(f"tool-{n}" for n in range(200))),))
    assert len(available(ada)) == MOST_TOOLS


@pytest.mark.parametrize("name", ["", "two words", "天气", "x" * 65, "a.b", "a\n"])
def test_a_tool_has_a_name_that_glm_takes(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        replace(calculator.TOOL, name=name)


def test_a_function_without_parameters_leaves_them_out() -> None:
    tool: Tool = replace(calculator.TOOL, parameters={"type": "object", "properties": {}})
    assert "parameters" not in tool.to_wire()["function"]
