"""Runs one turn: asks GLM, hands what comes to the writer, tries again where that is right, and ends exactly once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from enum import Enum
from itertools import chain, repeat
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.utils.html import escape

from conversations import clock, turn_log
from conversations.db import db
from conversations.glm import ChatRequest, ChatStream, Client, GlmError, Kind, Remedy, retry
from conversations.models import Part, Turn, TurnState

from . import prompt
from .claim import Assignment, begin_call
from .finish import end_call, finish
from .outcome import CallEnd, Outcome, ended, of_error, of_reply
from .pace import Pace
from .writer import Writer

logger = structlog.get_logger(__name__)

# A reply that the database cannot take is kept here and offered again, for about a quarter of an hour.
STORE_AGAIN_AFTER = (0.5, 1, 2, 5, 10, 30, *([60] * 14))


class Reason(Enum):
    """Why a turn is ended from outside."""

    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    LOST = "lost"


class Runner:
    """`ask(...)` opens the stream: the client's `chat`, or whatever stands for it."""

    def __init__(self, assignment: Assignment, client: Client, pace: Pace) -> None:
        self.assignment = assignment
        self._client = client
        self._pace = pace
        self._request = assignment.request
        self._call_id = assignment.call_id
        self._attempt = 1
        self._remedied = False
        self._reason: Reason | None = None
        self._asking: asyncio.Task[Outcome] | None = None
        self._first_byte_at: Any = None
        self._stream: ChatStream | None = None
        log = turn_log.begin(assignment.turn, assignment.reply, assignment.owner)
        self.writer = Writer(log, assignment.before)

    def end(self, reason: Reason) -> None:
        """End the turn now: GLM's response is closed, the text stays as it is."""
        self._reason = self._reason or reason
        if self._asking is not None:
            self._asking.cancel()

    async def run(self) -> None:
        """Run the turn to its end; never raises, whatever happens the turn is ended."""
        try:
            outcome = await self._outcome()
            if self._reason is not Reason.LOST:
                await self._store(outcome)
        finally:
            turn_log.drop(self.assignment.turn)

    async def _outcome(self) -> Outcome:
        self._asking = asyncio.get_running_loop().create_task(self._ask_until_answered())
        try:
            if self._reason is not None:
                self._asking.cancel()
            return await self._asking
        except asyncio.CancelledError:
            state = TurnState.STOPPED if self._reason is Reason.STOPPED else TurnState.INTERRUPTED
            return ended(Outcome(state), self._call_end(finish=state))
        except Exception:
            logger.exception("turn failed", turn=str(self.assignment.turn))
            return ended(Outcome(TurnState.FAILED, trouble=Kind.DISTURBED.value), self._call_end(finish="bug"))

    async def _ask_until_answered(self) -> Outcome:
        while True:
            try:
                async with asyncio.timeout(settings.CHATSITE_REPLY_DEADLINE):
                    outcome, error = await self._ask(), None
            except GlmError as caught:
                outcome, error = self._failed(caught), caught
            except TimeoutError:
                return ended(Outcome(TurnState.FAILED, trouble=Kind.TIMEOUT.value), self._call_end(finish="deadline"))
            if not await self._may_ask_again(outcome, error):
                return outcome

    async def _ask(self) -> Outcome:
        async with self._client.chat(self._request) as self._stream:
            async for events in self._stream:
                self._first_byte_at = self._first_byte_at or clock.now()
                self.writer.take(events)
                if self.writer.has_shown:  # what comes before the first words must not hold them up
                    await self._pace.rest()
        return ended(of_reply(self._stream.reply), self._call_end())

    def _failed(self, error: GlmError) -> Outcome:
        logger.warning(
            "upstream error",
            turn=str(self.assignment.turn),
            kind=error.kind.value,
            code=error.code,
            status=error.http_status,
            log_id=error.log_id,
            request_id=self._request.request_id,
        )
        return ended(of_error(error), self._call_end(error))

    async def _may_ask_again(self, outcome: Outcome, error: GlmError | None) -> bool:
        """Prepare another attempt where the error's rule has one left and nobody has seen a word of this one."""
        if self.writer.has_shown or outcome.state is not TurnState.FAILED:
            return False
        request = self._other_request(error)
        delay = 0.0 if request else self._delay(error)
        if delay is None:
            return False
        await self._begin_attempt(request or self._same_request(), outcome.call)
        await asyncio.sleep(delay)
        return True

    def _delay(self, error: GlmError | None) -> float | None:
        finish = self._stream.reply.finish if self._stream else None
        failure = error or finish
        return retry.delay(failure, self._attempt, random.random) if failure else None

    def _other_request(self, error: GlmError | None) -> ChatRequest | None:
        """A shorter request, once, when GLM found the conversation too long."""
        if error is None or error.remedy is not Remedy.TRIM or self._remedied:
            return None
        shorter = prompt.without_oldest(self._request.messages)
        self._remedied = True
        return self.assignment.with_messages(shorter) if len(shorter) < len(self._request.messages) else None

    def _same_request(self) -> ChatRequest:
        return self.assignment.with_messages(self._request.messages)

    async def _begin_attempt(self, request: ChatRequest, last: CallEnd) -> None:
        self._attempt += 1
        self.writer.begin_again()
        self._request, self._stream, self._first_byte_at = request, None, None
        await db(self._record_attempt, request, last)

    def _record_attempt(self, request: ChatRequest, last: CallEnd) -> None:
        turn = Turn.objects.select_related("person").get(pk=self.assignment.turn_id)
        with transaction.atomic():
            end_call(self._call_id, last)
            call = begin_call(turn, request, self.assignment.upstream.name, attempt=self._attempt)
        # Here and not by whoever awaits this: a stop may come before the answer gets there, and the row must be closed.
        self._call_id = call.pk

    def _call_end(self, error: GlmError | None = None, finish: str = "") -> CallEnd:
        stream = self._stream
        reply = stream.reply if stream else None
        levels = error.content_filter if error else reply.content_filter if reply else ()
        return CallEnd(
            provider_id=reply.id if reply else "",
            model_answered=reply.model if reply else "",
            log_id=(error.log_id if error else "") or (stream.log_id if stream else ""),
            http_status=(error.http_status if error else None) or (stream.status if stream else None),
            business_code=(error.code or "") if error else "",
            finish=finish or (reply.finish_word if reply else ""),
            error=error.raw if error else "",
            content_filter=tuple((level.role, level.level) for level in levels),
            first_byte_at=self._first_byte_at,
            **({"usage": reply.usage} if reply else {}),
        )

    async def _store(self, outcome: Outcome) -> None:
        """Seal the reply; while the database cannot take it, it stays here, in sight of its viewers."""
        self.writer.end()
        write = self._finisher(outcome, *await self._sealed(outcome))
        for wait in _waits(outcome):
            try:
                await db(write)
                return
            except DatabaseError:
                logger.exception("reply not stored yet", turn=str(self.assignment.turn), again_in=wait)
                await asyncio.sleep(wait)
        await db(write)

    async def _sealed(self, outcome: Outcome) -> tuple[tuple[Part, ...], list[str]]:
        parts = self.writer.parts()
        if outcome.state is TurnState.FILTERED:
            # Blank every open page before anything else happens; the text goes on to the reviewers only.
            self.writer.log.restart()
            return parts, [""] * len(parts)
        try:
            return parts, await self.writer.log.finish()
        except Exception:
            logger.exception("reply not rendered", turn=str(self.assignment.turn))
            return parts, [str(escape(part.text)) for part in parts]

    def _finisher(self, outcome: Outcome, parts: tuple[Part, ...], html: list[str]) -> Callable[[], bool]:
        seconds = self.writer.reasoning_seconds
        return lambda: finish(
            self.assignment.turn_id,
            self.assignment.runner,
            outcome,
            parts,
            html,
            call_id=self._call_id,
            reasoning_seconds=seconds,
        )


def _waits(outcome: Outcome) -> Iterable[float]:
    """Before each new try to store a reply. A flagged one is never given up: the reaper knows nothing of the flag and
    would show what the last checkpoint has."""
    endless = repeat(STORE_AGAIN_AFTER[-1]) if outcome.state is TurnState.FILTERED else ()
    return chain(STORE_AGAIN_AFTER, endless)
