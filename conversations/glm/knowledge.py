"""Knowledge bases: made, filled, looked into and deleted.

The newer of GLM's two interfaces, under `/api/llm-application/open`, with an envelope of its own:
`{"code": 200, "message": …, "data": …}`. https://docs.bigmodel.cn/api-reference, pages of the knowledge base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from .calls import Call, Upload
from .lenient import count_of, mapping_of, mappings_of, name_of, text_of

NAME_LENGTH, ABOUT_LENGTH = 100, 500
LONGEST_QUERY = 1000
MOST_SLICES = 20


class Embedding(IntEnum):
    """GLM's numbers for the models that make texts findable."""

    EMBEDDING_2 = 3
    EMBEDDING_3 = 11
    EMBEDDING_3_PRO = 12


class Stage(IntEnum):
    """How far a document is (`embedding_stat`). One that GLM does not tell counts as running."""

    RUNNING = 0
    DONE = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Base:
    """A knowledge base as GLM knows it. None = not told."""

    id: str
    name: str = ""
    about: str = ""
    document_count: int | None = None
    word_count: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document and how far it is. `trouble`: GLM's code for a failure, 10001 and 10002 mean no room."""

    id: str
    name: str = ""
    stage: Stage = Stage.RUNNING
    trouble: str = ""
    word_count: int | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of uploaded files: those taken, and for those refused the name and GLM's reason."""

    taken: tuple[Document, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A passage that was found; `score` rises with how well it fits, None when not told."""

    text: str
    score: float | None = None
    document: str = ""
    name: str = ""
    url: str = ""
    knowledge: str = ""


def create(name: str, about: str = "", embedding: Embedding = Embedding.EMBEDDING_3) -> Call[str]:
    """Make an empty knowledge base; gives its id."""
    body = {"embedding_id": int(embedding), "name": name[:NAME_LENGTH], "description": about[:ABOUT_LENGTH]}
    return Call("POST", "knowledge", _new_id, body=body, is_open=True)


def bases(page: int = 1, size: int = 10) -> Call[tuple[Base, ...]]:
    """Those of the account, by pages from 1."""
    return Call("GET", "knowledge", _bases, query={"page": str(page), "size": str(size)}, is_open=True)


def look(knowledge_id: str) -> Call[Base]:
    return Call("GET", f"knowledge/{_quoted(knowledge_id)}", lambda value: _base(_data(value)), is_open=True)


def change(knowledge_id: str, name: str, about: str) -> Call[None]:
    body = {"name": name[:NAME_LENGTH], "description": about[:ABOUT_LENGTH]}
    return Call("PUT", f"knowledge/{_quoted(knowledge_id)}", _nothing, body=body, is_open=True)


def delete(knowledge_id: str) -> Call[None]:
    """Delete a base with all its documents, for good."""
    return Call("DELETE", f"knowledge/{_quoted(knowledge_id)}", _nothing, is_open=True)


def upload(knowledge_id: str, file: Upload) -> Call[Uploaded]:
    """Put a file into a base; GLM chooses how to cut it."""
    path = f"document/upload_document/{_quoted(knowledge_id)}"
    return Call("POST", path, _uploaded, upload=file, is_open=True)


def documents(knowledge_id: str, page: int = 1, size: int = 100) -> Call[tuple[Document, ...]]:
    query = {"knowledge_id": knowledge_id, "page": str(page), "size": str(size)}
    return Call("GET", "document", _documents, query=query, is_open=True)


def document(document_id: str) -> Call[Document]:
    """How far a document is."""
    return Call("GET", f"document/{_quoted(document_id)}", lambda value: _document(_data(value)), is_open=True)


def delete_document(document_id: str) -> Call[None]:
    return Call("DELETE", f"document/{_quoted(document_id)}", _nothing, is_open=True)


def retrieve(query: str, knowledge_ids: Sequence[str], most: int = 8) -> Call[tuple[Slice, ...]]:
    """The passages of the bases that fit a question best, at most `MOST_SLICES`, the best first."""
    body = {
        "query": query[:LONGEST_QUERY],
        "knowledge_ids": list(knowledge_ids),
        "top_k": max(1, min(most, MOST_SLICES)),
        "recall_method": "mixed",
    }
    return Call("POST", "knowledge/retrieve", _slices, body=body, is_open=True)


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _nothing(value: Mapping[str, Any]) -> None:
    return None


def _data(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping_of(value.get("data"))


def _listed(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A list under `data`, or under `data.list` where it comes by pages."""
    data = value.get("data")
    return list(mappings_of(mapping_of(data).get("list") if isinstance(data, dict) else data))


def _new_id(value: Mapping[str, Any]) -> str:
    return name_of(_data(value).get("id"))


def _bases(value: Mapping[str, Any]) -> tuple[Base, ...]:
    return tuple(_base(each) for each in _listed(value))


def _base(told: Mapping[str, Any]) -> Base:
    return Base(
        id=name_of(told.get("id")),
        name=text_of(told.get("name")),
        about=text_of(told.get("description")),
        document_count=count_of(told.get("document_size")),
        word_count=count_of(told.get("word_num")),
    )


def _documents(value: Mapping[str, Any]) -> tuple[Document, ...]:
    return tuple(_document(each) for each in _listed(value))


def _document(told: Mapping[str, Any]) -> Document:
    return Document(
        id=name_of(told.get("id")),
        name=text_of(told.get("name")) or text_of(told.get("fileName")),
        stage=_stage(told.get("embedding_stat")),
        trouble=name_of(mapping_of(told.get("failInfo")).get("embedding_code")),
        word_count=count_of(told.get("word_num")),
    )


def _stage(told: object) -> Stage:
    known = {str(int(stage)): stage for stage in Stage}
    return known.get(name_of(told), Stage.RUNNING)


def _uploaded(value: Mapping[str, Any]) -> Uploaded:
    data = _data(value)
    taken = mappings_of(data.get("successInfos"))
    refused = mappings_of(data.get("failedInfos"))
    return Uploaded(
        tuple(Document(name_of(each.get("documentId")), text_of(each.get("fileName"))) for each in taken),
        tuple((text_of(each.get("fileName")), text_of(each.get("failReason"))) for each in refused),
    )


def _slices(value: Mapping[str, Any]) -> tuple[Slice, ...]:
    return tuple(_slice(each) for each in _listed(value))


def _slice(told: Mapping[str, Any]) -> Slice:
    about, score = mapping_of(told.get("metadata")), told.get("score")
    is_number = isinstance(score, int | float) and not isinstance(score, bool)
    return Slice(
        text=text_of(told.get("text")),
        score=float(score) if is_number else None,  # type: ignore[arg-type]
        document=name_of(about.get("doc_id")),
        name=text_of(about.get("doc_name")),
        url=text_of(about.get("doc_url")),
        knowledge=name_of(about.get("knowledge_id")),
    )
