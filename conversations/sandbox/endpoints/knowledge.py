"""`/api/llm-application/open`: knowledge bases and their documents, in an envelope of their own.

Their errors are `{"code": …, "message": …}` inside a 200, as the pages of docs.bigmodel.cn have it.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from conversations.sandbox import library
from conversations.sandbox.asgi import Call
from conversations.sandbox.refusals import Refusal, Refused
from conversations.sandbox.state import State
from conversations.sandbox.validation import fields_of

from .route import Route, at
from .search import refuse_named

OPEN = "/api/llm-application/open"
_NAME_LENGTH, _LONGEST_QUERY = 100, 1000
_FILE = re.compile(rb'filename="([^"\r\n]{1,400})"')

Answer = Callable[[Call, State, str], Awaitable[Any]]


def _enveloped(answer: Answer) -> Callable[[Call, State, str], Awaitable[None]]:
    async def respond(call: Call, state: State, part: str) -> None:
        try:
            data = await answer(call, state, part)
        except Refused as refused:
            await call.respond_json(_refused(refused.refusal, call))
        else:
            body = {"code": 200, "message": "请求成功", "timestamp": int(time.time() * 1000)}
            await call.respond_json(body | ({} if data is None else {"data": data}))

    return respond


def _refused(refusal: Refusal, call: Call) -> dict[str, Any]:
    call.notes.append(refusal.code)
    return {"code": int(refusal.code), "message": refusal.message(call.is_english)}


async def _create(call: Call, state: State, part: str) -> Any:
    told = fields_of(call.body)
    name = told.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _NAME_LENGTH:
        raise Refused("1214", "name")
    if told.get("embedding_id") not in (3, 11, 12):
        raise Refused("1214", "embedding_id")
    refuse_named(name)
    facts = {"kind": "knowledge", "name": name[:20], "at": time.time()}
    return {"id": library.sealed(state.key, facts)}


async def _list(call: Call, state: State, part: str) -> Any:
    """Nothing is remembered, so only the one that is always there is listed."""
    return {"list": [_base(library.HANDBOOK, "Handbook", documents=1)], "total": 1}


async def _look(call: Call, state: State, part: str) -> Any:
    if part == library.HANDBOOK:
        return _base(part, "Handbook", documents=1)
    return _base(part, library.opened(state.key, part, "knowledge")["name"], documents=0)


async def _change(call: Call, state: State, part: str) -> Any:
    _known(state, part)
    fields_of(call.body)


async def _delete(call: Call, state: State, part: str) -> Any:
    library.opened(state.key, part, "knowledge")


async def _upload(call: Call, state: State, part: str) -> Any:
    _known(state, part)
    names = [found.decode("utf-8", "replace") for found in _FILE.findall(call.body)]
    if not names:
        raise Refused("1213", "files")
    taken, refused = [], []
    for name in names:
        if "refuse" in name.lower():
            refused.append({"fileName": name, "failReason": "文件格式不支持（模拟）"})
        else:
            facts = {"kind": "document", "name": name[:40], "at": time.time()}
            taken.append({"fileName": name, "documentId": library.sealed(state.key, facts)})
    return {"successInfos": taken, "failedInfos": refused}


async def _document(call: Call, state: State, part: str) -> Any:
    facts = library.opened(state.key, part, "document")
    stage = library.stage(facts, time.time())
    failed = {"failInfo": {"embedding_code": 10001, "embedding_msg": "知识不可用（模拟）"}} if stage == 2 else {}
    return {"id": part, "name": facts["name"], "word_num": 1200, "embedding_stat": stage} | failed


async def _documents(call: Call, state: State, part: str) -> Any:
    return {"list": [], "total": 0}


async def _delete_document(call: Call, state: State, part: str) -> Any:
    library.opened(state.key, part, "document")


async def _retrieve(call: Call, state: State, part: str) -> Any:
    told = fields_of(call.body)
    query, ids, most = told.get("query"), told.get("knowledge_ids"), told.get("top_k", 8)
    if not isinstance(query, str) or not 0 < len(query) <= _LONGEST_QUERY:
        raise Refused("1214", "query")
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise Refused("1214", "knowledge_ids")
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 20:
        raise Refused("1214", "top_k")
    refuse_named(query)
    for each in ids:
        _known(state, each)
    found = [(each, knowledge) for knowledge in ids for each in library.retrieve(query, knowledge, most)]
    return [_slice(each, knowledge) for each, knowledge in found[:most]]


def _known(state: State, knowledge: str) -> None:
    """Old ids are numbers, and anybody's; of ours only those that we made."""
    if knowledge != library.HANDBOOK and not knowledge.isdigit():
        library.opened(state.key, knowledge, "knowledge")


def _slice(found: library.Slice, knowledge: str) -> Mapping[str, Any]:
    about = {"_id": found.document, "knowledge_id": knowledge, "doc_id": found.document, "doc_name": found.document}
    return {"text": found.text, "score": found.score, "metadata": {**about, "doc_url": "", "contextual_text": ""}}


def _base(knowledge: str, name: str, documents: int) -> dict[str, Any]:
    return {"id": knowledge, "name": name, "description": "", "document_size": documents, "word_num": 1200}


ROUTES: tuple[Route, ...] = (
    Route("POST", at(f"{OPEN}/knowledge"), _enveloped(_create)),
    Route("GET", at(f"{OPEN}/knowledge"), _enveloped(_list)),
    Route("POST", at(f"{OPEN}/knowledge/retrieve"), _enveloped(_retrieve)),
    Route("GET", at(f"{OPEN}/knowledge/<part>"), _enveloped(_look)),
    Route("PUT", at(f"{OPEN}/knowledge/<part>"), _enveloped(_change)),
    Route("DELETE", at(f"{OPEN}/knowledge/<part>"), _enveloped(_delete)),
    Route("POST", at(f"{OPEN}/document/upload_document/<part>"), _enveloped(_upload)),
    Route("GET", at(f"{OPEN}/document"), _enveloped(_documents)),
    Route("GET", at(f"{OPEN}/document/<part>"), _enveloped(_document)),
    Route("DELETE", at(f"{OPEN}/document/<part>"), _enveloped(_delete_document)),
)
