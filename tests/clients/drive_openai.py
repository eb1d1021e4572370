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


def function(name: str, *needed: str) -> dict[str, Any]:
    properties = {each: {"type": "string"} for each in needed}
    parameters = {"type": "object", "properties": properties, "required": list(needed)}
    return {"type": "function", "function": {"name": name, "description": "Tells it", "parameters": parameters}}


FUNCTIONS = [function("get_weather", "city"), function("query_train_info", "departure", "destination", "date")]


def calls(prompt: str) -> dict[str, Any]:
    """The calls of a reply in one piece, and the answer once each of them was told something."""
    asked = [{"role": "user", "content": prompt}]
    choice = client.chat.completions.create(model="glm-4.7", messages=asked, tools=FUNCTIONS).choices[0]
    made = choice.message.tool_calls
    messages = [*asked, choice.message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": call.id, "content": f"sunny, {i}"} for i, call in enumerate(made)]
    answer = client.chat.completions.create(model="glm-4.7", messages=messages, tools=FUNCTIONS)
    return {
        "finish": choice.finish_reason,
        "calls": [[call.function.name, json.loads(call.function.arguments)] for call in made],
        "ids": len({call.id for call in made}),
        "answer": answer.choices[0].message.content,
    }


def calls_streamed(prompt: str) -> dict[str, Any]:
    """The calls put together from a stream, and in how many pieces their arguments came."""
    seen: dict[int, list[str]] = {}
    finish, pieces = None, 0
    messages = [{"role": "user", "content": prompt}]
    for chunk in client.chat.completions.create(model="glm-4.7", messages=messages, tools=FUNCTIONS, stream=True):
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or ():
                kept = seen.setdefault(call.index, ["", ""])
                kept[0] = call.function.name or kept[0]
                kept[1] += call.function.arguments or ""
                pieces += bool(call.function.arguments)
    found = [[name, json.loads(arguments)] for _, (name, arguments) in sorted(seen.items())]
    return {"finish": finish, "calls": found, "pieces": pieces}


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
            "calls": calls("What is the weather in Kiel?"),
            "calls at once": calls("What is the weather in Kiel and Husum?"),
            "calls streamed": calls_streamed("What is the weather in Kiel?"),
            "calls at once streamed": calls_streamed("What is the weather in Kiel and Husum?"),
            "calls in pieces": calls_streamed("[[call-pieces]] What is the weather in Kiel?"),
            "blocked": failing(whole, "sandbox-blocked"),
            "busy": failing(whole, "sandbox-busy"),
            "unauthorized": failing(whole, "sandbox-unauthorized"),
            "error in stream": failing(streamed, "sandbox-error-midstream"),
        }
    )
)
