"""The rounds of a turn: what the model calls for is read, checked, run here and told to it, until it calls no more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from conversations import clock
from conversations.db import db
from conversations.glm import ChatRequest, Reply, Source, ToolCall
from conversations.glm.quirks import scrub
from conversations.models import Approval, ToolCallState
from conversations.models import ToolCall as Row
from conversations.spoken import Spoken
from conversations.tool_entries import Call, CallState, Entry, What, after
from conversations.tools import Offer, ToolError, Use
from conversations.tools import arguments as written

from . import tool_calls
from .outcome import CallEnd
from .prompt import rounds_so_far
from .tool_calls import Ended, Planned
from .writer import Writer

logger = structlog.get_logger(__name__)

MOST_ROUNDS = 8
"""Requests of one turn; the last is made without tools, so that it answers."""
MOST_REPAIRS = 2
"""How often in a turn the model may mend arguments that were unfit."""
MOST_CALLS = 16
"""Of one round."""
QUOTED = 500
NAME_LENGTH = 64
MOST_SOURCES = 50

DENIED = gettext_noop(
    "The user did not allow this call. Do not make it again; go on without it, or ask what they would like instead."
)
TOO_MANY = gettext_noop("Not run: at most %(most)s functions are called at once.")
FAILED = gettext_noop("The function failed, and nothing is known of what it did.")
UNKNOWN = gettext_noop("There is no function “%(name)s”; there are %(known)s.")
TOO_LATE = gettext_noop("The function did not answer within %(seconds)s seconds.")


@dataclass(frozen=True, slots=True)
class Read:
    """A call as it was understood. `words` tell the model why it cannot be run, `said` people."""

    index: int
    id: str
    name: str
    arguments: str
    values: dict[str, Any] | None = None
    offer: Offer | None = None
    words: str = ""
    trouble: str = ""
    said: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the model is told of a call, what people are where that is a sentence of the program, why the tool failed,
    and the pages that it found."""

    text: str
    said: Spoken | None = None
    trouble: str = ""
    sources: tuple[Source, ...] = ()


class Rounds:
    """`offers` are the tools of the turn. What it writes goes through the turn's writer, what it stores into rows."""

    def __init__(self, turn_id: int, offers: Sequence[Offer], use: Use, writer: Writer) -> None:
        self._turn_id, self._use, self._writer = turn_id, use, writer
        self._offers = {offer.tool.name: offer for offer in offers}
        self._calls: dict[tuple[int, int], Call] = {}
        self._ended: list[Ended] = []
        self.number = 1

    @property
    def may_call(self) -> bool:
        """Whether the next request brings the tools along."""
        unfit = sum(not call.is_fit for call in self._calls.values())
        return bool(self._offers) and self.number < MOST_ROUNDS and unfit <= MOST_REPAIRS

    def with_rounds(self, request: ChatRequest) -> ChatRequest:
        """The request for this round: with what was called and told so far, and without tools where none may be called
        any more."""
        if not self._offers and not self._calls:
            return request
        parts = [(part.kind, part.text) for part in self._writer.parts()]
        parameters = request.parameters if self.may_call else _without_functions(request.parameters)
        return replace(request, messages=(*request.messages, *rounds_so_far(parts)), parameters=parameters)

    def functions_of(self, request: ChatRequest) -> dict[str, Mapping[str, Any]]:
        """What a request offers to be called, with the parameters of each."""
        tools = request.parameters.get("tools", ())
        names = [each["function"]["name"] for each in tools if each["type"] == "function"]
        return {name: self._offers[name].tool.parameters for name in names if name in self._offers}

    def has_calls(self, reply: Reply) -> bool:
        """Whether a reply that has ended well asks for something to be run here."""
        return self.may_call and bool(self._writer.leaks.calls or _made(reply))

    def go_on_from(self, calls: Sequence[Call]) -> None:
        """Know what was called before the turn waited."""
        self._calls = {call.key: call for call in calls}
        self.number = max((call.round for call in calls), default=1)

    async def take(self, reply: Reply, upstream_call: int | None, end: CallEnd) -> bool:
        """Run what the model calls for. False when a person has to be asked first."""
        read = self._read(_made(reply), self._writer.leaks.calls)
        planned = [self._planned(each) for each in read]
        rows = await db(tool_calls.begin, self._turn_id, upstream_call, end, planned)
        self._write([self._entry_of(each, row) for each, row in zip(read, rows, strict=True)])
        self._write([self._asked(each) for each, row in zip(read, rows, strict=True) if _awaits(row)])
        for each in read:
            if each.words:
                self._write([self._result(each.index, CallState.FAILED, each.words, each.said)])
        running = [(each, row) for each, row in zip(read, rows, strict=True) if row.state == ToolCallState.RUNNING]
        await self._run_all(running)
        return not any(map(_awaits, rows))

    async def take_up(self) -> None:
        """Go on with calls that a person has decided about."""
        rows = await db(tool_calls.take_up, self._turn_id)
        waiting = [call for call in self._calls.values() if call.result is None]
        for call in waiting:
            row = rows.get(call.key)
            if row is None or row.state != ToolCallState.RUNNING:
                self._write([self._result(call.index, CallState.DENIED, DENIED, Spoken(DENIED))])
        running = [(self._again(call), rows[call.key]) for call in waiting if _runs(rows.get(call.key))]
        await self._run_all(running)

    def begin_next(self) -> None:
        self.number += 1
        self._writer.begin_round()

    def give_up(self) -> None:
        """What has no result will have none: the turn ends."""
        left = [call for call in self._calls.values() if call.result is None]
        if left:
            self._write([Entry(What.RESULT, *call.key, "", {"state": CallState.CANCELLED.value}) for call in left])

    def keep(self) -> None:
        """Write down what became of calls; for the thread and the transaction of whoever writes next. They are
        forgotten once that has happened: what was rolled back is written again."""
        ended = tuple(self._ended)
        tool_calls.end(ended)
        transaction.on_commit(lambda: self._forget(ended))

    def _forget(self, ended: Sequence[Ended]) -> None:
        self._ended = [each for each in self._ended if each not in ended]

    def _read(self, made: Sequence[ToolCall], leaked: Sequence[ToolCall]) -> list[Read]:
        """The calls that were made, then those that were only written, unless they are the same."""
        found: list[Read] = []
        for place, call in enumerate((*made, *leaked)):
            index, taken = len(found), {each.id for each in found}
            call_id = call.id if call.id and call.id not in taken else f"call_{self.number}_{index}"
            name = written.name_of(call.name)
            raw = call.arguments or written.leaked_into(call.name)
            read = Read(index, call_id, name or call.name[:NAME_LENGTH], raw[: written.LONGEST])
            too_many = Spoken(TOO_MANY, most=MOST_CALLS)
            read = self._understood(read, raw) if index < MOST_CALLS else _unfit(read, too_many, "too_many")
            if place < len(made) or (read.name, read.values) not in [(each.name, each.values) for each in found]:
                found.append(read)
        return found

    def _understood(self, read: Read, raw: str) -> Read:
        offer = self._offers.get(read.name)
        if offer is None:
            known = ", ".join(sorted(self._offers)) or "none"
            return _unfit(read, Spoken(UNKNOWN, name=read.name, known=known), "unknown")
        try:
            values = written.read(raw, offer.tool.parameters)
        except written.Unfit as unfit:
            quoted = f" You wrote: {raw[:QUOTED]}" if raw else ""
            return _unfit(replace(read, offer=offer), unfit, "unfit", quoted)
        compact = json.dumps(values, ensure_ascii=False)
        return replace(read, offer=offer, values=values, arguments=compact)

    def _again(self, call: Call) -> Read:
        """A call that was understood before the turn waited; its tool may have gone since."""
        read = Read(call.index, call.id, call.name, call.arguments)
        return self._understood(read, call.arguments)

    def _planned(self, read: Read) -> Planned:
        approval = read.offer.approval if read.offer is not None else Approval.NEVER
        return Planned(self.number, read.index, read.id, scrub(read.name), approval, read.trouble)

    def _entry_of(self, read: Read, row: Row) -> Entry:
        label = read.offer.tool.label if read.offer is not None else ""
        facts = {
            "id": scrub(read.id),
            "name": scrub(read.name),
            "code": str(row.code),
            "label": label if isinstance(label, str) else "",
            "is_fit": not read.words,
        }
        return Entry(What.CALL, self.number, read.index, scrub(read.arguments), facts)

    def _asked(self, read: Read) -> Entry:
        return Entry(What.ASKED, self.number, read.index)

    def _result(
        self, index: int, state: CallState, text: str, said: Spoken | None = None, seconds: float | None = None
    ) -> Entry:
        told = {} if seconds is None else {"seconds": round(seconds, 1)}
        return Entry(What.RESULT, self.number, index, scrub(text), {"state": state.value, **_facts(said), **told})

    def _write(self, entries: Sequence[Entry], found: Sequence[Source] = ()) -> None:
        if entries:
            self._writer.note_tools(entries, found)
            for entry in entries:
                self._calls[entry.key] = after(self._calls.get(entry.key), entry)

    async def _run_all(self, running: Sequence[tuple[Read, Row]]) -> None:
        """Side by side; each result is written when it comes."""
        async with asyncio.TaskGroup() as group:
            for read, row in running:
                group.create_task(self._run(read, row))

    async def _run(self, read: Read, row: Row) -> None:
        began = clock.monotonic()
        told = Answered(read.words, read.said, read.trouble)
        if read.offer is not None and read.values is not None:
            told = await _answered(read.offer, read.values, self._use)
        state = ToolCallState.FAILED if told.trouble else ToolCallState.SUCCEEDED
        self._ended.append(Ended(row.pk, state, told.trouble, len(told.text), clock.now()))
        seconds = clock.monotonic() - began
        self._write([self._result(read.index, CallState(state.value), told.text, told.said, seconds)], told.sources)


async def _answered(offer: Offer, values: dict[str, Any], use: Use) -> Answered:
    """Whatever the tool does, the turn goes on."""
    tool = offer.tool
    try:
        async with asyncio.timeout(tool.seconds):
            result = await tool.run(values, use)
    except TimeoutError:
        late = Spoken(TOO_LATE, seconds=f"{tool.seconds:g}")
        return Answered(str(late), late, "timeout")
    except ToolError as error:
        return Answered(_cut(str(error), tool.most_characters), error, "refused")
    except Exception:
        logger.exception("a tool failed", tool=tool.name, turn=use.turn_id)
        return Answered(FAILED, Spoken(FAILED), "bug")
    said = Spoken(result.text) if result.is_ours else None
    return Answered(_cut(str(result.text), tool.most_characters), said, sources=result.sources[:MOST_SOURCES])


def _facts(said: Spoken | None) -> dict[str, Any]:
    """A sentence as an entry keeps it."""
    if said is None:
        return {}
    values = {name: scrub(each) if isinstance(each, str) else each for name, each in said.values.items()}
    return {"said": said.words, **({"values": values} if values else {})}


def _without_functions(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What GLM itself may use stays."""
    left = {name: value for name, value in parameters.items() if name not in ("tools", "tool_stream")}
    others = [each for each in parameters.get("tools", ()) if each["type"] != "function"]
    return {**left, **({"tools": others} if others else {})}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}\n[cut off here, {len(text) - most} characters more]"


def _made(reply: Reply) -> list[ToolCall]:
    return [call for call in reply.tool_calls if call.kind == "function"]


def _unfit(read: Read, said: Spoken, trouble: str, more: str = "") -> Read:
    """`more` is for the model alone."""
    return replace(read, words=f"{said}{more}", trouble=trouble, said=said)


def _awaits(row: Row) -> bool:
    return row.state == ToolCallState.AWAITING


def _runs(row: Row | None) -> bool:
    return row is not None and row.state == ToolCallState.RUNNING
