"""Models of role play: the role that they are told, and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conversations.sandbox.refusals import Refused
from conversations.sandbox.reply import compose
from conversations.sandbox.validation import read_request

META = {"user_info": "A guest.", "bot_info": "A sailor.", "bot_name": "Elsa", "user_name": "Lin"}
QUESTION = {"role": "user", "content": "Where are we?"}


def body(model: str, *before: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"model": model, "messages": [*before, QUESTION], **fields}).encode()


def refusal(content: bytes) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        read_request(content)
    return refused.value.refusal.code, refused.value.refusal.detail


@pytest.mark.parametrize("model", ["charglm-3", "emohaa", "charglm-4"])
def test_a_role_is_played(model: str) -> None:
    text = compose(read_request(body(model, meta=META))).text
    assert text.startswith("*Elsa looks up.* “Where are we?”, you say, Lin?")


def test_a_role_of_the_system_message_is_played() -> None:
    system = {"role": "system", "content": "You are Elsa. A sailor."}
    assert compose(read_request(body("charglm-4", system))).text.startswith("*Elsa looks up.*")


def test_a_chinese_question_has_a_chinese_answer() -> None:
    content = {"model": "emohaa", "meta": META, "messages": [{"role": "user", "content": "你好"}]}
    assert compose(read_request(json.dumps(content).encode())).text.startswith("*Elsa抬起头来。*Lin，你说“你好”？")


def test_other_models_leave_meta_alone() -> None:
    assert read_request(body("glm-4.7", meta={"bot_name": 5})).meta is None


@pytest.mark.parametrize("model", ["charglm-3", "emohaa"])
def test_models_that_want_a_role_have_one_and_no_system_message(model: str) -> None:
    assert refusal(body(model)) == ("1213", "meta")
    system = {"role": "system", "content": "Be brief."}
    assert refusal(body(model, system, meta=META)) == ("1214", "messages.role: system")


@pytest.mark.parametrize("value", [None, "", "  ", 5, ["x"]])
@pytest.mark.parametrize("name", META)
@pytest.mark.parametrize("model", ["charglm-3", "charglm-4"])
def test_each_text_of_a_role_is_needed(model: str, name: str, value: Any) -> None:
    assert refusal(body(model, meta={**META, name: value})) == ("1214", f"meta.{name}")


@pytest.mark.parametrize("meta", ["Elsa", 5, [META]])
def test_a_role_that_is_no_object_is_refused(meta: Any) -> None:
    assert refusal(body("charglm-3", meta=meta)) == ("1214", "meta.user_info")
