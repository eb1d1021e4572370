"""Tokens counted without an answer."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.imaging.files import photograph
from tests.sandbox.serving import Person

QUESTION = [{"role": "user", "content": "Tell me a story"}]


def counted(person: Person, **body: Any) -> Any:
    return person.http.post(f"{person.base}/tokenizer", json=body)


def test_a_prompt_has_as_many_tokens_as_its_answer_says(person: Person) -> None:
    answer = counted(person, model="glm-4.6", messages=QUESTION, request_id="request-1").json()
    usage = person.ask("glm-4.6").json["usage"]
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] == usage["prompt_tokens"]
    assert answer["request_id"] == "request-1"
    assert answer["id"]


def test_pictures_are_counted_apart(person: Person) -> None:
    url = "data:image/jpeg;base64," + base64.b64encode(photograph()).decode()
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What is it?"}]
    usage = counted(person, model="glm-4.6v", messages=[{"role": "user", "content": content}]).json()["usage"]
    assert usage["image_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["image_tokens"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"model": "glm-5.3", "messages": QUESTION}, "1211"),
        ({"model": "glm-4.6"}, "1213"),
        ({"model": "glm-4.6", "messages": []}, "1214"),
    ],
)
def test_what_cannot_be_counted_is_refused(person: Person, body: dict[str, Any], code: str) -> None:
    answer = counted(person, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
