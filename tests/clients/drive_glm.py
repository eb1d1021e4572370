"""Drives GLM's own two clients, which share one shape; runs in their environments, not in ours.

Arguments: the base URL, the name of the package. Prints one JSON object: case → what the client saw.
"""

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

CLASSES = {"zhipuai": "ZhipuAI", "zai": "ZaiClient"}
PICTURE = "bm90IHJlYWxseSBhIHBpY3R1cmU="

base, package = sys.argv[1:]
Client = getattr(importlib.import_module(package), CLASSES[package])


def client(key: str = "sandbox.sandbox", **options: Any) -> Any:
    return Client(api_key=key, base_url=base, max_retries=0, **options)


def ask(model: str, content: Any = "Tell me a story", *, by: Any = None, **fields: Any) -> Any:
    messages = [{"role": "user", "content": content}]
    return (by or client()).chat.completions.create(model=model, messages=messages, **fields)


def whole(*arguments: Any, **fields: Any) -> dict[str, Any]:
    answer = ask(*arguments, **fields)
    (choice,) = answer.choices
    return {
        "id": answer.id,
        "request_id": answer.request_id,
        "model": answer.model,
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
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        return {"error": type(error).__name__, "status": status, "said": str(error)}
    return {"error": None}


UNSET = dict.fromkeys(["request_id", "temperature", "top_p", "max_tokens", "seed", "stop", "tools", "user_id"])
IMAGE = [
    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
    {"type": "text", "text": "Blue"},
]

META = {"user_info": "A guest.", "bot_info": "A sailor.", "bot_name": "Elsa", "user_name": "Lin"}

print(
    json.dumps(
        {
            "whole": whole("glm-4-flash", request_id="request-0001"),
            "streamed": streamed("glm-4-flash"),
            "reasoning": whole("glm-4.7"),
            "reasoning streamed": streamed("glm-4.7"),
            "quiet": whole("glm-4.7", thinking={"type": "disabled"}),
            "nulls": whole("glm-4-flash", **UNSET),
            "image": whole("glm-4.6v", IMAGE),
            "role": whole("charglm-3", "Where are we?", meta=META),
            "role streamed": streamed("emohaa", "Where are we?", meta=META),
            "half a role": failing(whole, "charglm-3", "Where are we?", meta={"bot_name": "Elsa"}),
            "usage apart": streamed("sandbox-usage-separate"),
            "length": streamed("glm-4-flash", max_tokens=12),
            "sensitive": streamed("sandbox-sensitive-output"),
            "network error": streamed("sandbox-network-error"),
            "carriage returns": streamed("sandbox-crlf"),
            "token": whole("glm-4-flash", by=client(disable_token_cache=False)),
            "token streamed": streamed("glm-4-flash", by=client(disable_token_cache=False)),
            "other key": whole("glm-4-flash", by=client("some-id.some-secret")),
            "wrong token": failing(whole, "glm-4-flash", by=client("some-id.x", disable_token_cache=False)),
            "blocked": failing(whole, "sandbox-blocked"),
            "busy": failing(whole, "sandbox-busy"),
            "down": failing(whole, "sandbox-error-503"),
            "error in stream": failing(streamed, "sandbox-error-midstream"),
        }
    )
)
