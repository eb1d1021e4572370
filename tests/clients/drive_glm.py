"""Drives GLM's own two clients, which share one shape; runs in their environments, not in ours.

Arguments: the base URL, the name of the package. Prints one JSON object: case → what the client saw.
"""

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

CLASSES = {"zhipuai": "ZhipuAI", "zai": "ZaiClient"}
CHATGLM = "65940acff94777010aa6b796"
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


def talking(text: str, **fields: Any) -> dict[str, Any]:
    """With an assistant, which GLM's clients know as one more interface."""
    seen: dict[str, Any] = {"text": "", "used": [], "statuses": [], "finish": None, "tokens": None, "error": None}
    messages = [{"role": "user", "content": [{"type": "text", "text": text}]}]
    asked = {"assistant_id": CHATGLM, "model": "glm-4-assistant", "messages": messages, "stream": True, **fields}
    for chunk in client().assistant.conversation(**asked):
        seen["conversation"] = chunk.conversation_id
        seen["statuses"] = list(dict.fromkeys([*seen["statuses"], chunk.status]))
        seen["tokens"] = chunk.usage.total_tokens if chunk.usage else seen["tokens"]
        seen["error"] = chunk.last_error.code if chunk.last_error else seen["error"]
        for choice in chunk.choices:
            seen["finish"] = getattr(choice, "finish_reason", None) or seen["finish"]
            if choice.delta.type == "content":
                seen["text"] += choice.delta.content
            else:
                seen["used"] += [_used(block) for block in choice.delta.tool_calls]
    return seen


def _used(block: Any) -> list[Any]:
    body = getattr(block, block.type)
    outputs = [each.model_dump(exclude_none=True) for each in body.outputs or []]
    return [type(block).__name__, getattr(body, "input", None), outputs]


def going_on() -> dict[str, Any]:
    first = talking("Tell me a story")
    return talking("What did I ask?", conversation_id=first["conversation"])


def known_assistants() -> dict[str, Any]:
    listed = client().assistant.query_support()
    used = client().assistant.query_conversation_usage(assistant_id=CHATGLM)
    return {"names": [each.name for each in listed.data], "used": used.data.conversation_list[0].usage.total_tokens}


def failing(call: Callable[..., Any], *arguments: Any, **fields: Any) -> dict[str, Any]:
    try:
        call(*arguments, **fields)
    except Exception as error:
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        return {"error": type(error).__name__, "status": status, "said": str(error)}
    return {"error": None}


def function(name: str, *needed: str) -> dict[str, Any]:
    properties = {each: {"type": "string"} for each in needed}
    parameters = {"type": "object", "properties": properties, "required": list(needed)}
    return {"type": "function", "function": {"name": name, "description": "Tells it", "parameters": parameters}}


FUNCTIONS = [function("get_weather", "city"), function("query_train_info", "departure", "destination", "date")]


def calls(prompt: str) -> dict[str, Any]:
    """The calls of a reply in one piece, and the answer once each of them was told something."""
    asked = [{"role": "user", "content": prompt}]
    choice = client().chat.completions.create(model="glm-4.7", messages=asked, tools=FUNCTIONS).choices[0]
    made = choice.message.tool_calls
    messages = [*asked, choice.message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": call.id, "content": f"sunny, {i}"} for i, call in enumerate(made)]
    answer = client().chat.completions.create(model="glm-4.7", messages=messages, tools=FUNCTIONS)
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
    for chunk in client().chat.completions.create(model="glm-4.7", messages=messages, tools=FUNCTIONS, stream=True):
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or ():
                kept = seen.setdefault(call.index, ["", ""])
                kept[0] = call.function.name or kept[0]
                kept[1] += call.function.arguments or ""
                pieces += bool(call.function.arguments)
    found = [[name, json.loads(arguments)] for _, (name, arguments) in sorted(seen.items())]
    return {"finish": finish, "calls": found, "pieces": pieces}


def searched(**fields: Any) -> dict[str, Any]:
    found = client().web_search.web_search(search_engine="search_std", search_query="tide times Husum", **fields)
    pages = found.search_result
    return {"titles": [page.title for page in pages], "refers": [page.refer for page in pages], "id": found.id}


def searched_by_pro() -> dict[str, Any]:
    messages = [{"role": "user", "content": "tide times Husum"}]
    found = client().tools.web_search(model="web-search-pro", messages=messages)
    intent, pages = found.choices[0].message.tool_calls
    return {"types": [intent.type, pages.type], "pages": len(found.model_dump()["choices"][0]["message"]["tool_calls"])}


def searched_in_chat() -> dict[str, Any]:
    """The sources of GLM's own search, which the clients' types do not know, come through all the same."""
    tool = {"type": "web_search", "web_search": {"enable": True, "search_result": True, "search_query": "tides"}}
    answer = ask("glm-4.7", tools=[tool])
    return {"text": answer.choices[0].message.content, "sources": len(answer.model_dump()["web_search"])}


def page_read() -> dict[str, Any]:
    """Only the newer of the two clients has the call."""
    if not hasattr(Client, "web_reader"):
        return {}
    found = client().web_reader.web_reader(url="https://example.org/tides", return_format="markdown").reader_result
    return {"title": found.title, "content": found.content, "url": found.url}


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
            "drawing": talking("Draw a harbour"),
            "browsing": talking("Search for tides"),
            "computing": talking("What is 17 * 23?"),
            "going on": going_on(),
            "assistants": known_assistants(),
            "assistant that fails": talking("[[error-midstream]] Tell me a story"),
            "no assistant": failing(talking, "Hello", assistant_id="0"),
            "usage apart": streamed("sandbox-usage-separate"),
            "length": streamed("glm-4-flash", max_tokens=12),
            "sensitive": streamed("sandbox-sensitive-output"),
            "network error": streamed("sandbox-network-error"),
            "carriage returns": streamed("sandbox-crlf"),
            "token": whole("glm-4-flash", by=client(disable_token_cache=False)),
            "token streamed": streamed("glm-4-flash", by=client(disable_token_cache=False)),
            "other key": whole("glm-4-flash", by=client("some-id.some-secret")),
            "wrong token": failing(whole, "glm-4-flash", by=client("some-id.x", disable_token_cache=False)),
            "calls": calls("What is the weather in Kiel?"),
            "calls at once": calls("What is the weather in Kiel and Husum?"),
            "calls streamed": calls_streamed("What is the weather in Kiel?"),
            "calls at once streamed": calls_streamed("What is the weather in Kiel and Husum?"),
            "calls in pieces": calls_streamed("[[call-pieces]] What is the weather in Kiel?"),
            "search": searched(count=3),
            "search for nothing": failing(lambda: client().web_search.web_search(search_engine="search_std")),
            "search by pro": searched_by_pro(),
            "search in chat": searched_in_chat(),
            "page": page_read(),
            "blocked": failing(whole, "sandbox-blocked"),
            "busy": failing(whole, "sandbox-busy"),
            "down": failing(whole, "sandbox-error-503"),
            "error in stream": failing(streamed, "sandbox-error-midstream"),
        }
    )
)
