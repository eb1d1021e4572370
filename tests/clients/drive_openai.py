"""Drives OpenAI's client, which GLM documents as compatible; runs in its environment, not in ours.

Argument: the base URL. Prints one JSON object: case → what the client saw.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from openai import OpenAI

PICTURE = "bm90IHJlYWxseSBhIHBpY3R1cmU="

(base,) = sys.argv[1:]
client = OpenAI(api_key="sandbox.sandbox", base_url=f"{base}/", max_retries=0)


def ask(model: str, content: Any = "Tell me a story", **fields: Any) -> Any:
    messages = [{"role": "user", "content": content}]
    return client.chat.completions.create(model=model, messages=messages, **fields)


def whole(*arguments: Any, **fields: Any) -> dict[str, Any]:
    answer = ask(*arguments, **fields)
    (choice,) = answer.choices
    return {
        "text": choice.message.content,
        "reasoning": getattr(choice.message, "reasoning_content", None),
        "finish": choice.finish_reason,
        "tokens": answer.usage.total_tokens,
    }


def streamed(*arguments: Any, **fields: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {"text": "", "reasoning": "", "finish": None, "tokens": None}
    for chunk in ask(*arguments, stream=True, **fields):
        seen["tokens"] = chunk.usage.total_tokens if chunk.usage else seen["tokens"]
        for choice in chunk.choices:
            seen["text"] += choice.delta.content or ""
            seen["reasoning"] += getattr(choice.delta, "reasoning_content", None) or ""
            seen["finish"] = choice.finish_reason or seen["finish"]
    return seen


def failing(call: Callable[..., Any], *arguments: Any, **fields: Any) -> dict[str, Any]:
    try:
        call(*arguments, **fields)
    except Exception as error:
        return {
            "error": type(error).__name__,
            "code": getattr(error, "code", None),
            "status": getattr(error, "status_code", None),
        }
    return {"error": None}


IMAGE = [
    {"type": "text", "text": "Blue"},
    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
]

print(
    json.dumps(
        {
            "models": [model.id for model in client.models.list()],
            "whole": whole("glm-4-flash"),
            "streamed": streamed("glm-4-flash"),
            "reasoning": whole("glm-4.7"),
            "reasoning streamed": streamed("glm-4.7", stream_options={"include_usage": True}),
            "quiet": whole("glm-4.7", extra_body={"thinking": {"type": "disabled"}}),
            "nulls": whole("glm-4-flash", temperature=None, stop=None, max_tokens=None, user=None),
            "image": whole("glm-4.6v", IMAGE),
            "usage apart": streamed("sandbox-usage-separate"),
            "length": streamed("glm-4-flash", max_tokens=12),
            "sensitive": streamed("sandbox-sensitive-output"),
            "blocked": failing(whole, "sandbox-blocked"),
            "busy": failing(whole, "sandbox-busy"),
            "unauthorized": failing(whole, "sandbox-unauthorized"),
            "error in stream": failing(streamed, "sandbox-error-midstream"),
        }
    )
)
