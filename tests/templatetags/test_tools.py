"""What a page says of a call."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.templatetags.tools import tool_arguments
from conversations.tool_entries import Call


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("", []),
        ('{"city": "Kiel", "days": 3, "of": ["a", "ß"]}', [("city", "Kiel"), ("days", "3"), ("of", '["a", "ß"]')]),
        ("[1]", []),
        ("{", []),
        pytest.param('{"a": ' + "[" * 10_000 + "]" * 10_000 + "}", [], id="nested"),
    ],
)
def test_arguments_are_shown_where_they_can_be_read(arguments: str, shown: Any) -> None:
    assert tool_arguments(Call(1, 0, "call-1", "weather", arguments=arguments)) == shown


def test_arguments_as_the_model_wrote_them_are_not_taken_apart() -> None:
    assert tool_arguments(Call(1, 0, "call-1", "weather", arguments='{"a": 1}', is_fit=False)) == []
