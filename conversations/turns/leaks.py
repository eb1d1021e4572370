"""Calls that a model writes into its text, between the marks of its chat template, instead of making them.

Met where a host does not read the template to its end (issues of GLM-5, vllm and sglang), in the template's own form
and in that of other models:

    <tool_call>get_weather<arg_key>city</arg_key><arg_value>Kiel</arg_value></tool_call>
    <tool_call>{"name": "get_weather", "arguments": {"city": "Kiel"}}</tool_call>
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conversations.glm import ToolCall
from conversations.tools import arguments as written

OPEN, CLOSE = "<tool_call>", "</tool_call>"
LONGEST = 20_000
"""Characters of a call that are waited for; what is longer is text."""
MOST = 200
"""Calls of one text, as of one reply of GLM; further ones are text."""
_FENCE = "```"
_TELLING = 6  # signs of a line: three blanks and the fence

Functions = Mapping[str, Mapping[str, Any]]
"""The parameters of what may be called, by name."""


class Leaks:
    """Takes text in pieces, however it is cut, and gives on what may be shown.

    `calls` are those found so far: each names one of the `functions` and has arguments that fit it. Whatever is none
    comes out as it was, and so does what stands in code, where it is being talked about. What may be the beginning of a
    mark waits, and blanks beside a call go with it.
    """

    def __init__(self, functions: Functions | None = None) -> None:
        self._functions = functions or {}
        self.calls: list[ToolCall] = []
        self._rest, self._blanks = "", ""
        self._is_inside = False
        self._is_beginning = True
        self._line, self._is_fenced = "", False

    def anew(self) -> Leaks:
        """The same for another attempt."""
        return Leaks(self._functions)

    def feed(self, text: str) -> str:
        if not self._functions:
            return text
        self._rest += text
        shown = ""
        while (piece := self._next()) is not None:
            shown += piece
        return shown

    def flush(self, *, may_call: bool) -> str:
        """What was held back, at the end of the text. A call that lacks nothing but its last mark is one if it
        `may_call`: the reply was not cut off."""
        rest, self._rest = self._rest, ""
        if self._is_inside:
            self._is_inside = False
            body = rest[: len(rest) - _beginning_at_end(rest, CLOSE)]
            is_whole = body.rstrip().endswith(("</arg_value>", "}"))
            rest = "" if may_call and is_whole and self._take(body) else OPEN + rest
        shown, blanks = self._show(rest), self._blanks
        self._blanks = ""
        return shown if self.calls else shown + blanks

    def _next(self) -> str | None:
        """The next piece to show, and one step on; None when more has to come first."""
        if self._is_inside:
            return self._inside()
        before, mark, after = self._rest.partition(OPEN)
        if not mark:
            end = len(before) - _beginning_at_end(before, OPEN)
            self._rest = before[end:]
            return self._show(before[:end]) if end else None
        shown = self._show(before)
        if self._is_quoted:
            self._rest = after
            return shown + self._show(OPEN)
        self._rest, self._is_inside = after, True
        return shown

    def _inside(self) -> str | None:
        body, mark, after = self._rest.partition(CLOSE)
        if not mark and len(body) <= LONGEST:
            return None
        self._is_inside = False
        if mark and self._take(body):
            self._rest = after
            return ""
        return self._show(OPEN)  # a call may still stand in what follows it

    def _take(self, body: str) -> bool:
        call = self._call(body.strip())
        if call is not None:
            self.calls.append(call)
            self._is_beginning = True
        return call is not None

    def _call(self, body: str) -> ToolCall | None:
        name = written.name_of(body)
        arguments = body[len(name) :]
        if body.startswith("{"):
            name, arguments = _of_json(body)
        if name not in self._functions or len(self.calls) >= MOST:
            return None
        try:
            written.read(arguments, self._functions[name])
        except written.Unfit:
            return None
        return ToolCall(len(self.calls), "", name, arguments, "function")

    def _show(self, text: str) -> str:
        """Blanks at the beginning and behind a call are given on with the next word, or never."""
        if self._is_beginning:
            text, self._blanks = self._blanks + text, ""
            if not text.strip():
                self._blanks = text
                return ""
        if text:
            self._is_beginning = False
            self._look(text)
        return text

    def _look(self, text: str) -> None:
        """Whether what follows stands in a block of code; of a line only its beginning and its last sign matter."""
        first, *others = text.split("\n")
        self._begin_line(self._line + first)
        for line in others:
            if self._begins_fenced:
                self._is_fenced = not self._is_fenced
            self._begin_line(line)

    def _begin_line(self, line: str) -> None:
        self._line = line if len(line) <= _TELLING else line[:_TELLING] + line[-1]

    @property
    def _begins_fenced(self) -> bool:
        return self._line[:_TELLING].lstrip().startswith(_FENCE)

    @property
    def _is_quoted(self) -> bool:
        return self._is_fenced or self._begins_fenced or self._line.endswith("`")


def _of_json(body: str) -> tuple[str, str]:
    """Name and arguments of a call in one object; no name when it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    name, arguments = told.get("name"), told.get("arguments", told.get("parameters", {}))
    if not isinstance(name, str) or not isinstance(arguments, dict | str):
        return "", ""
    return name, arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _beginning_at_end(text: str, mark: str) -> int:
    """How many characters at the end of `text` may be the beginning of the mark."""
    at = text.rfind("<", max(0, len(text) - len(mark) + 1))
    return len(text) - at if at >= 0 and mark.startswith(text[at:]) else 0
