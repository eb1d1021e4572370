"""Whether a tool may be defined like that: nothing that cannot be called, and no argument that chooses the server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversations.outgoing import NotAllowed
from conversations.outgoing.request import target_of

from .definition import LONGEST_URL, Definition, Method, host_fits
from .places import PLACE, names_in, names_in_json
from .secrets import Secrets
from .unfit import Unfit, Where

DEEPEST_BODY = 32  # levels of objects and lists
_BRACES = re.compile(r"[{}]")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,250}[a-z0-9])?")
_NO_SECRETS = Secrets()


def check(tool: Definition, schema: Mapping[str, Any], secrets: Secrets = _NO_SECRETS) -> None:
    """Raises Unfit with the first fault. `schema` is one of JSON Schema for an object."""
    host = host_of(tool)
    _check_query(tool.address.query)
    _check_hosts(tool, host)
    _check_body(tool)
    _check_places(tool, schema)
    if secrets and tool.address.scheme != "https" and not tool.base:
        raise Unfit(Where.SECRET_OPEN)


def host_of(tool: Definition) -> str:
    """The server as it is resolved, which is the same whatever the arguments are. Raises Unfit."""
    parts = tool.address
    if len(tool.url) > LONGEST_URL:
        raise Unfit(Where.URL_LENGTH, str(LONGEST_URL))
    if _BRACES.search(parts.scheme + parts.netloc):
        raise Unfit(Where.HOST_PLACE)
    if "@" in parts.netloc:
        raise Unfit(Where.URL_PERSON)
    if "#" in tool.url:
        raise Unfit(Where.FRAGMENT)
    if _BRACES.search(PLACE.sub("", parts.path + parts.query)):
        raise Unfit(Where.BRACE)
    try:
        return target_of(PLACE.sub("x", tool.base + tool.url)).host
    except NotAllowed as refused:
        raise Unfit(Where.URL, refused.why) from None


def _check_query(query: str) -> None:
    for each in query.split("&"):
        if names := names_in(each.partition("=")[0]):
            raise Unfit(Where.QUERY_NAME, names[0])


def _check_hosts(tool: Definition, host: str) -> None:
    for entry in tool.hosts:
        if not _HOST.fullmatch(entry):
            raise Unfit(Where.HOST_UNKNOWN, entry)
    if tool.hosts and not host_fits(host, tool.hosts):
        raise Unfit(Where.HOST_NOT_LISTED, host)


def _check_body(tool: Definition) -> None:
    if tool.template is None:
        return
    if tool.method is Method.GET:
        raise Unfit(Where.BODY_METHOD, tool.method)
    if _depth(tool.template) > DEEPEST_BODY:
        raise Unfit(Where.BODY_DEPTH, str(DEEPEST_BODY))


def _check_places(tool: Definition, schema: Mapping[str, Any]) -> None:
    properties, required = schema.get("properties") or {}, schema.get("required") or []
    in_path = names_in(tool.address.path)
    for name in (*in_path, *names_in(tool.address.query), *names_in_json(tool.template)):
        if name not in properties:
            raise Unfit(Where.PLACE_UNKNOWN, name)
    for name in in_path:
        if name not in required:
            raise Unfit(Where.PLACE_OPTIONAL, name)
        told = properties[name]
        if isinstance(told, dict) and told.get("type") in ("object", "array", "null"):
            raise Unfit(Where.PLACE_FORM, name)


def _depth(value: Any) -> int:
    """Levels of objects and lists, as far as one more than allowed."""
    level, layer = 0, [value]
    while level <= DEEPEST_BODY and (inner := [each for each in layer if isinstance(each, dict | list)]):
        layer = [child for each in inner for child in (each.values() if isinstance(each, dict) else each)]
        level += 1
    return level
