"""Runs one turn: asks GLM, hands what comes to the writer, tries again where that is right, and ends exactly once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.utils.html import escape

from conversations import clock, faults, line, turn_log
from conversations.db import db
from conversations.glm import ChatRequest, ChatStream, Client, GlmError, Kind, retry
from conversations.line import Place
from conversations.models import OUR_MISTAKE, Part, Turn, TurnState
from conversations.moderation import of_levels
from conversations.rooms import rooms

from . import assistants, hosted_uses, sight, summary, tool_calls
from .claim import Assignment, begin_call, request_again
from .finish import end_call, finish, of_call
from .flags import Flags
from .outcome import NOT_ASKED, CallEnd, Outcome, call_end, ended, is_sensitive, of_error, of_reply
from .pace import Pace
from .rounds import Rounds
from .sight import Sight
from .storing import stored
from .with_pictures import with_pictures
from .writer import Writer

logger = structlog.get_logger(__name__)


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
        self._attempt = 1 if assignment.call_id else 0
        self._tokens = assignment.tokens
        self._has_made_room = False
        self._reason: Reason | None = None
        self._asking: asyncio.Task[Outcome] | None = None
        self._first_byte_at: Any = None
        self._asked_at = clock.now()
        self._error: GlmError | None = None
        self._stream: ChatStream | None = None
        self._idle: CallEnd | None = NOT_ASKED  # how the call ends while GLM has nothing of it in hand
        log = turn_log.begin(assignment.turn, assignment.reply, assignment.owner)
        self.writer = Writer(
            log, assignment.before, assignment.lists, searches=assignment.searches, base=assignment.base
        )
        self._flags = Flags(assignment, self.writer)
        self.rounds = Rounds(assignment.turn_id, assignment.offers, assignment.use(client), self.writer)
        if assignment.resumed is not None:
            self.writer.go_on_from(assignment.resumed)
            self.rounds.go_on_from(assignment.calls)

    def end(self, reason: Reason) -> None:
        """End the turn now: GLM's response is closed, the text stays as it is."""
        self._reason = self._reason or reason
        if self._asking is not None:
            self._asking.cancel()

    async def run(self) -> None:
        """Run the turn to its end; never raises, whatever happens the turn is ended."""
        try:
            outcome = await self._outcome()
            if self._reason is Reason.LOST:
                return
            if outcome.state is TurnState.WAITING:
                if await self._wait():
                    return
                outcome = replace(outcome, state=TurnState.STOPPED)
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
            rated = of_levels(self._stream.reply.content_filter) if self._stream else ()
            return ended(Outcome(state, concerns=rated), self._call_end(finish=state))
        except Exception:
            logger.exception("turn failed", turn=str(self.assignment.turn))
            return ended(Outcome(TurnState.FAILED, trouble=OUR_MISTAKE), self._call_end(finish="bug"))

    async def _ask_until_answered(self) -> Outcome:
        """Round after round; ends in WAITING where a person has to be asked."""
        if self.assignment.resumed is not None:
            await self.rounds.take_up()
            if await self._flags.take_hits():
                return Outcome(TurnState.FILTERED)
            self.rounds.begin_next()
        if self.assignment.needs_room:
            await self._begin_attempt(await self._roomier_request() or self._same_request())
        elif self._call_id is None:
            await self._begin_attempt(self._same_request())
        while (outcome := await self._round()).state is TurnState.RUNNING:
            self._attempt = 0
            self.rounds.begin_next()
            await self._begin_attempt(self._same_request())
        return outcome

    async def _round(self) -> Outcome:
        """One request and what it calls for; the state is RUNNING where another has to follow."""
        outcome = await self._answered()
        if outcome.state is not TurnState.RUNNING or self._stream is None:
            return outcome
        if outcome.concerns and await self._flags.withdraw(outcome.concerns):
            return replace(outcome, state=TurnState.FILTERED)
        if outcome.concerns and self._call_id is not None:
            await self._flags.keep(tuple(await db(of_call, outcome.concerns, self._call_id)))
        reply, self._stream, self._idle = self._stream.reply, None, outcome.call
        is_done = await self.rounds.take(reply, self._call_id, outcome.call)
        self._call_id = None
        if await self._flags.take_hits():
            return Outcome(TurnState.FILTERED)
        return replace(outcome, state=TurnState.RUNNING if is_done else TurnState.WAITING, concerns=())

    async def _answered(self) -> Outcome:
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
        self._asked_at, self._error = clock.now(), None
        request = await with_pictures(self.rounds.with_rounds(self._request), self.assignment.owner)
        self.writer.listen_for(self.rounds.functions_of(request))
        self._idle = None
        async with self._client.chat(request, whole=self.assignment.is_whole) as self._stream:
            async for events in self._stream:
                self._first_byte_at = self._first_byte_at or clock.now()
                await hosted_uses.take(events, self.writer, self.assignment.person_id, self._flags.take_hits)
                if is_sensitive(events) or await self._flags.take_hits():
                    break  # what may still come must not hold up the withdrawal
                if self.writer.has_shown:  # what comes before the first words must not hold them up
                    await self._pace.rest()
        reply = self._stream.reply
        if self._flags.is_withdrawn:
            return ended(Outcome(TurnState.FILTERED, concerns=of_levels(reply.content_filter)), self._call_end())
        return ended(of_reply(reply, is_calling=self.rounds.has_calls(reply)), self._call_end())

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
        self._error = error
        return ended(of_error(error), self._call_end(error))

    async def _may_ask_again(self, outcome: Outcome, error: GlmError | None) -> bool:
        """Prepare another attempt where the error's rule has one left and nobody has seen a word of this one."""
        if self.writer.has_shown or outcome.state is not TurnState.FAILED or outcome.concerns:
            return False
        request = await self._other_request(outcome)
        delay = 0.0 if request else self._delay(error)
        if delay is None:
            return False
        await self._give_up_attempt(outcome.call)
        await self._rest(delay, is_too_many=error is not None and error.rule.narrows)
        await self._begin_attempt(request or self._same_request())
        return True

    async def _give_up_attempt(self, end: CallEnd) -> None:
        """Close its call before anything else: who stops the turn while it rests leaves nothing unknown behind."""
        self._idle = end
        self.writer.begin_again()
        self._stream = None
        if self._call_id is not None:
            await db(end_call, self._call_id, end)
            self._call_id = None

    async def _rest(self, delay: float, *, is_too_many: bool) -> None:
        """Wait before another attempt. Who was one too many keeps the place and is next in line, and says so."""
        turn = self.assignment
        if is_too_many:
            rooms.narrow(self._request.model)
            line.move(turn.turn, Place(turn.reply, 1, delay))
        try:
            await asyncio.sleep(delay)
        finally:
            if is_too_many:
                line.move(turn.turn, None)

    def _delay(self, error: GlmError | None) -> float | None:
        finish = self._stream.reply.finish if self._stream else None
        failure = error or finish
        return retry.delay(failure, self._attempt, random.random) if failure else None

    async def _other_request(self, outcome: Outcome) -> ChatRequest | None:
        """One without earlier turns, once, when GLM found the conversation too long."""
        if outcome.trouble != Kind.TOO_LONG.value:
            return None
        await self._give_up_attempt(outcome.call)
        return await self._roomier_request()

    async def _roomier_request(self) -> ChatRequest | None:
        """Have earlier turns summarised; None when that cannot be, or was done already."""
        if self._has_made_room:
            return None
        self._has_made_room = True
        turn = self.assignment
        if not await summary.make_room(turn.turn_id, self._client, turn.runner):
            return None
        request, self._tokens = await db(request_again, turn.turn_id)
        return request

    def _same_request(self) -> ChatRequest:
        return self.assignment.with_messages(self._request.messages)

    async def _begin_attempt(self, request: ChatRequest) -> None:
        self._attempt += 1
        self._request, self._stream, self._first_byte_at = request, None, None
        await db(self._record_attempt, request)

    def _record_attempt(self, request: ChatRequest) -> None:
        turn = Turn.objects.select_related("person").get(pk=self.assignment.turn_id)
        upstream = self.assignment.upstream.name
        with transaction.atomic():
            self.rounds.keep()
            facts: dict[str, Any] = {"attempt": self._attempt, "number": self.rounds.number, "tokens": self._tokens}
            call = begin_call(turn, request, upstream, **facts)
        # Here and not by whoever awaits this: a stop may come before the answer gets there, and the row must be closed.
        self._call_id, self._idle = call.pk, NOT_ASKED

    def _call_end(self, error: GlmError | None = None, finish: str = "") -> CallEnd:
        return self._idle or call_end(self._stream, error, finish=finish, first_byte_at=self._first_byte_at)

    async def _store(self, outcome: Outcome) -> None:
        """Seal the reply; while the database cannot take it, it stays here, in sight of its viewers."""
        self.rounds.give_up()
        self.writer.end()
        outcome = await self._flags.judged(outcome)
        write = self._finisher(outcome, *await self._sealed(outcome))
        await stored(write, self.assignment.turn, is_flagged=outcome.state is TurnState.FILTERED)

    async def _wait(self) -> bool:
        """Let the turn wait for its person; False when it has to end instead. Its log goes first: from here on pages
        draw what is stored, with the question to the person in it."""
        turn, text = self.assignment, self.writer.log.text()
        turn_log.drop(turn.turn)
        if self._reason is Reason.STOPPED:
            return False
        seconds = self.writer.reasoning_seconds

        def keep_and_wait() -> bool:
            self.rounds.keep()
            return tool_calls.wait(turn.turn_id, turn.runner, text.parts, text.seq, self._flags.concerns, seconds)

        try:
            return await stored(keep_and_wait, turn.turn)
        except DatabaseError:
            return False

    async def _sealed(self, outcome: Outcome) -> tuple[tuple[Part, ...], list[str]]:
        if outcome.state is TurnState.FILTERED:
            # Blank every open page before anything is waited for; the text goes on to the reviewers only.
            parts = self.writer.all_parts()
            seen = Sight(outcome.concerns, parts)
            sight.keep(self.assignment, seen)
            self.writer.log.restart()
            await sight.write_down(self.assignment, seen)
            return parts, [""] * len(parts)
        parts = self.writer.parts()
        if outcome.state is TurnState.COMPLETED and self._stream is not None:
            parts = assistants.remembered(parts, self._request, self._stream.reply)
        try:
            return parts, await self.writer.log.finish()
        except Exception:
            logger.exception("reply not rendered", turn=str(self.assignment.turn))
            return parts, [str(escape(part.text)) for part in parts]

    def _finisher(self, outcome: Outcome, parts: tuple[Part, ...], html: list[str]) -> Callable[[], bool]:
        seconds = self.writer.reasoning_seconds

        def write() -> bool:
            self.rounds.keep()
            is_ended = finish(
                self.assignment.turn_id,
                self.assignment.runner,
                outcome,
                parts,
                html,
                call_id=self._call_id,
                reasoning_seconds=seconds,
            )
            self._learn()
            return is_ended

        return write

    def _learn(self) -> None:
        """Whether the account at GLM has a fault, or none any more. The reply is stored, whatever goes wrong here."""
        source, model = self.assignment.upstream, self._request.model
        try:
            if self._error is not None:
                faults.heard(source, model, self._error, self._request.request_id)
            elif self._stream is not None and self._stream.reply.id:
                faults.answered(source, model, self._asked_at)
        except Exception:
            logger.exception("not noted what GLM said of the account", turn=str(self.assignment.turn))
