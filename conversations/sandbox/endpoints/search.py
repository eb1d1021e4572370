"""`POST /web_search`, its elder `POST /tools`, and `POST /reader`: the web without a model."""

from collections.abc import Mapping
from typing import Any

from conversations.sandbox import web
from conversations.sandbox.asgi import Call
from conversations.sandbox.hosted import read_wish
from conversations.sandbox.refusals import Refused
from conversations.sandbox.scenarios.code import refusal_named
from conversations.sandbox.state import State
from conversations.sandbox.validation import fields_of
from conversations.sandbox.wire import Identity

from .route import BASE, Route, at

_LONGEST_QUERY = 70
_PRO, _MOST_DAYS = "web-search-pro", 30


async def _search(call: Call, state: State, part: str) -> None:
    told = fields_of(call.body)
    query = _needed(told, "search_query")
    if len(query) > _LONGEST_QUERY:
        raise Refused("1214", f"search_query must have at most {_LONGEST_QUERY} characters")
    _needed(told, "search_engine")
    wish = read_wish(told)
    refuse_named(query)
    pages = web.find(web.Wish(query, **wish))
    if not pages:
        raise Refused("1703")
    body = {"search_result": [page.to_wire() for page in pages]}
    if told.get("search_intent"):
        body["search_intent"] = [{"query": query, "intent": "SEARCH_ALL", "keywords": query}]
    await call.respond_json(_identity(told) | body)


async def _pro(call: Call, state: State, part: str) -> None:
    """As it was before `/web_search`: the intent and the pages as two calls of a message, in one piece."""
    told = fields_of(call.body)
    if (told.get("tool") or told.get("model")) != _PRO:
        raise Refused("1211", _PRO)
    if told.get("stream"):
        raise Refused("1212")
    days = told.get("recent_days", 0)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= _MOST_DAYS:
        raise Refused("1214", f"recent_days: 1 to {_MOST_DAYS}")
    query = _asked(told.get("messages"))
    recency = next((name for name, most in web.RECENCIES.items() if 0 < days <= most), "noLimit")
    pages = web.find(web.Wish(query, recency=recency))
    intent = [{"index": 0, "query": query, "intent": "SEARCH_ALL", "keywords": query}]
    calls = [
        {"id": "call_0", "type": "search_intent", "search_intent": intent},
        {"id": "call_1", "type": "search_result", "search_result": [page.to_wire() for page in pages]},
    ]
    message = {"role": "tool", "tool_calls": calls}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    await call.respond_json(_identity(told) | {"choices": [choice]})


def _asked(messages: Any) -> str:
    """The words of the one message of a user."""
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        raise Refused("1214", "messages: one message of a user")
    query = _needed(messages[0], "content")
    refuse_named(query)
    return query


async def _read(call: Call, state: State, part: str) -> None:
    told = fields_of(call.body)
    url = _needed(told, "url")
    refuse_named(url)
    if not url.startswith(("https://", "http://")):
        raise Refused("1214", "url")
    result = {"content": web.read(url), "title": "A page of the sandbox", "description": "", "url": url}
    await call.respond_json(_identity(told) | {"model": "web-reader", "reader_result": result})


def refuse_named(text: str) -> None:
    """A phrase such as `[[code-1701]]` in what is asked for makes the answer that error."""
    if refusal := refusal_named(text):
        raise Refused(refusal.code, refusal.detail)


def _needed(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise Refused("1214", name)
    if not value.strip():
        raise Refused("1213", name)
    return value.strip()


def _identity(told: Mapping[str, Any]) -> dict[str, Any]:
    made = Identity.fresh("")
    return {"id": made.id, "created": made.created_at, "request_id": told.get("request_id") or made.id}


SEARCH = Route("POST", at(f"{BASE}/web_search"), _search)
PRO = Route("POST", at(f"{BASE}/tools"), _pro)
READ = Route("POST", at(f"{BASE}/reader"), _read)
