"""Requests beside chat, in values: what goes over the wire, and what is made of the answer. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import errors
from .errors import GlmError
from .lenient import name_of, parse_object
from .quirks import scrub

T = TypeVar("T")

OPEN = "/api/llm-application/open"
"""Where knowledge lives, beside `/api/paas/v4` on the same host. https://docs.bigmodel.cn/api-reference"""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes along as multipart form data."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request and the way to read its answer.

    `path` is relative to the base address, or to `OPEN` on its host with `is_open`. `read` gets the JSON object of a
    200 without an error in it. A call is sent once: `request_id` names that one attempt.
    """

    method: str
    path: str
    read: Callable[[Mapping[str, Any]], T]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def url(self, base: str) -> str:
        """Where it goes, with a client whose base address is `base`."""
        if not self.is_open:
            return self.path
        return f"{base.partition('/api/')[0].rstrip('/')}{OPEN}/{self.path}"

    def encoded(self) -> bytes | None:
        """The JSON body as UTF-8, None without one."""
        if self.body is None:
            return None
        return scrub(json.dumps(self.body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))).encode()

    def result(self, text: str, status: int) -> T:
        """What the body of a 200 says. Raises GlmError: some of GLM's 200 bodies are errors."""
        value = parse_object(text)
        if value is None or errors.error_in(value) or (self.is_open and not _is_well(value)):
            raise _failure(value, text, status)
        return self.read(value)


def _is_well(value: Mapping[str, Any]) -> bool:
    """Knowledge answers in an envelope of its own: `code` is 200, or an error although HTTP says 200."""
    return name_of(value.get("code")) in ("200", "")


def _failure(value: Mapping[str, Any] | None, text: str, status: int) -> GlmError:
    return errors.from_body(text, status) if value is None else errors.from_value(value, text, status)
