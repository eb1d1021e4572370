"""What an administrator says of a tool's request, checked once and filled with arguments at each call; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from conversations.outgoing import NotAllowed, Request
from conversations.outgoing.request import target_of
from conversations.spoken import gettext_noop

from .places import Misfit, json_with, names_in, path_with, query_with
from .secrets import HIDDEN, Secrets
from .unfit import Unfit, Where

LONGEST_URL = 8000  # characters, with the arguments in it
_NO_SECRETS = Secrets()


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"

    @property
    def sends(self) -> bool:
        """Whether the arguments make the body where none is described."""
        return self in (Method.POST, Method.PUT, Method.PATCH)


@dataclass(frozen=True, slots=True)
class Definition:
    """`hosts` are names of servers that the request may go to, `*.example.org` for all below one; empty for any. With
    `base`, which only the process gives, `url` is a path on that server. `most_bytes` of an answer are read."""

    name: str
    method: Method
    url: str
    body: str = ""
    hosts: tuple[str, ...] = ()
    seconds: float = 10.0
    most_bytes: int = 1_000_000
    base: str = ""

    @property
    def address(self) -> SplitResult:
        """Raises Unfit for what is no address."""
        try:
            return urlsplit(self.base + self.url)
        except ValueError:
            raise Unfit(Where.URL) from None

    @property
    def template(self) -> Any:
        """The body's JSON; None when there is none. Raises Unfit."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Unfit(Where.BODY_JSON, str(error)) from None
        except RecursionError:
            raise Unfit(Where.BODY_DEPTH) from None

    def request(self, arguments: Mapping[str, Any], secrets: Secrets = _NO_SECRETS) -> Request:
        """The request with the arguments in their places. Raises Misfit."""
        content = self._content(arguments)
        kind = (("Content-Type", "application/json"),) if content is not None else ()
        accept = (("Accept", "application/json, text/plain;q=0.9, */*;q=0.1"),)
        given = {name.lower() for name, _ in secrets.headers}
        ours = tuple(pair for pair in (*accept, *kind) if pair[0].lower() not in given)
        url = self._filled(arguments, secrets)
        if len(url) > LONGEST_URL:
            raise Misfit(gettext_noop("The arguments are too long for an address."))
        return Request(self.method.value, url, (*ours, *secrets.headers), content)

    def shown(self, arguments: Mapping[str, Any], secrets: Secrets = _NO_SECRETS) -> str:
        """The same as text, with the names of secrets and without their values."""
        request = self.request(arguments, secrets.covered())
        lines = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
        body = (request.content or b"").decode()
        return secrets.hidden_in("\n".join([*lines, "", body] if body else lines).replace("%5Bsecret%5D", HIDDEN))

    def _filled(self, arguments: Mapping[str, Any], secrets: Secrets) -> str:
        parts = self.address
        query = query_with(parts.query, arguments, secrets.parameters)
        filled = parts._replace(path=path_with(parts.path, arguments), query=query).geturl()
        # The second look, should a place have slipped into what names the server: it is the template's, or none.
        if self.hosts and not self.base and not _allowed_host(filled, self.hosts):
            raise Misfit(gettext_noop("The arguments lead to another server."))
        return filled

    def _content(self, arguments: Mapping[str, Any]) -> bytes | None:
        template = self.template
        if template is not None:
            value = json_with(template, arguments)
        elif self.method.sends:
            used = {*names_in(self.address.path), *names_in(self.address.query)}
            value = {name: each for name, each in arguments.items() if name not in used}
        else:
            return None
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def host_fits(host: str, listed: Sequence[str]) -> bool:
    """Whether a server is one of those listed, `*.example.org` for all below one."""
    name = host.lower().rstrip(".")
    return any(name.endswith(each[1:]) if each.startswith("*.") else name == each for each in map(str.lower, listed))


def _allowed_host(url: str, hosts: Sequence[str]) -> bool:
    try:
        return host_fits(target_of(url).host, hosts)
    except NotAllowed:
        return False
