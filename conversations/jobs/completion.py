"""Answers in the background: a chat that GLM finishes later, into the place of the reply."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conversations import clock, notices, pictures, present, scale, standing, upstream
from conversations.glm import ChatRequest, Finish, GlmError, Reply, Task
from conversations.models import Job, JobState, NoticeKind, Part, Turn, TurnState, UpstreamCall, sources, text_part
from conversations.models.prepared import Lookup
from conversations.models.sources import AskedBase, Numbered
from conversations.turns import claim, context, delegated, hosted_tools, screen, summary, tool_calls
from conversations.turns.finish import end_call, finish
from conversations.turns.outcome import CallEnd, Outcome, of_error, of_reply
from conversations.turns.overlap import Overlap
from conversations.turns.with_pictures import filled
from conversations.turns.writer import WHOLE

from .kind import Kind, Sending, Stopped

PATH = "async/chat/completions"
_whole = Lookup(Turn, "pk", along=("conversation", "conversation__owner", "person", "question", "reply"))
_shown = Lookup(Turn, "pk", along=("conversation", "conversation__owner"))
_turns = Lookup(Turn, "pk")

NO_TOOLS = "no_tools"  # the model wanted one, and nobody is there to call it
LOST = "job_lost"  # a person has given up a job that nobody knew of
TOOLS = ("tools", "tool_choice", "tool_stream")


class Completion(Kind):
    """The turn is delegated while the job is open; its end is that of a streamed one."""

    name = delegated.COMPLETION
    label = _("answer in the background")
    usual_seconds = 20.0

    @property
    def deadline(self) -> float:
        return float(settings.CHATSITE_ANSWER_DEADLINE)

    def make_ready(self, job: Job) -> None:
        """Earlier turns of a conversation that is too long are summarised first, as for any reply."""
        turn = turn_of(job)
        if turn is None or turn.state != TurnState.DELEGATED:
            return
        if turn.needs_room or scale.is_tight(claim.told_to(turn).tokens, turn.model_name):
            async_to_sync(_make_room)(turn)

    def prepare(self, job: Job) -> Sending:
        turn, source = ready_turn(job)
        told = claim.told_to(turn)
        request = _without_tools(claim.request_of(turn, told))
        attempt = job.attempt_count + 1
        call = claim.begin_call(turn, request, source.name, attempt=attempt, tokens=told.tokens)
        return Sending(PATH, _encoded(request, turn), request.request_id, call, request.language)

    def deliver(self, job: Job, task: Task, fetched: dict[str, Any]) -> Callable[[], None]:
        turn = turn_of(job)
        if turn is None:
            return lambda: None
        reply = task.reply or Reply(finish=Finish.BROKEN)
        before = present.prompt_text(turn.question) if turn.reply.continues else ""
        parts = (*_texts(reply, before), *_sources(reply, turn, _asked_with(job)))
        outcome = _judged(replace(_outcome(reply), call=call_end(job, task)), parts, turn)
        html = present.render_parts(parts, turn.reply.code)  # a long reply takes its time, and SQLite has one writer
        return partial(_deliver, job, turn, outcome, parts, html)

    def fail(self, job: Job, error: GlmError | None, trouble: str, trouble_code: str) -> None:
        turn = turn_of(job)
        if turn is None:
            return
        outcome = of_error(error) if error else Outcome(TurnState.FAILED, trouble=trouble, trouble_code=trouble_code)
        outcome = replace(outcome, call=call_end(job, None, error, finish="" if error else trouble))
        finish(turn.pk, turn.runner, outcome, (), call_id=job.call_id)
        tell(job, turn)

    def show(self, job: Job) -> None:
        turn = _shown.first(job.turn_id) if job.turn_id is not None else None
        if turn is not None:
            context.redraw(turn.conversation, turn.reply_id)

    def ask(self, job: Job) -> None:
        turn = turn_of(job)
        if turn is not None and turn.conversation.deleted_at is None:
            tool_calls.tell(turn.conversation, turn.reply_id, is_news=True)
            _tell(job, turn, JobState.UNKNOWN)

    def settle(self, job: Job, task: Task | None, error: GlmError | None) -> None:
        if job.call_id is not None:
            finish_word = "" if error else JobState.CANCELLED.value
            end_call(job.call_id, call_end(job, task, error, finish=finish_word))


def _deliver(job: Job, turn: Turn, outcome: Outcome, parts: Sequence[Part], html: Sequence[str] | None) -> None:
    finish(turn.pk, turn.runner, outcome, parts, html, call_id=job.call_id)
    tell(job, turn)


async def _make_room(turn: Turn) -> None:
    async with upstream.new_client(upstream.current()) as client:
        await summary.make_room(turn.pk, client, turn.runner)


def ready_turn(job: Job) -> tuple[Turn, upstream.Upstream]:
    """The turn of a job that is about to be handed over, and where to, in the transaction of the step. Raises Stopped
    where nothing may be asked any more."""
    turn = turn_of(job)
    if turn is None or turn.state != TurnState.DELEGATED:
        raise Stopped(TurnState.STOPPED.value)
    turn.conversation.next_revision()
    source = upstream.current()
    if not claim.may_be_asked(turn) or not claim.can_be_answered(turn, source):
        ended = Turn.objects.get(pk=turn.pk)
        raise Stopped(ended.trouble or ended.state, ended.trouble_code)
    return turn, source


def turn_of(job: Job) -> Turn | None:
    """The turn that a job answers, with all that belongs to it."""
    return _whole.first(job.turn_id) if job.turn_id is not None else None


def _without_tools(request: ChatRequest) -> ChatRequest:
    """Nobody is there to call a function; what GLM does itself it does here too."""
    parameters = {name: value for name, value in request.parameters.items() if name not in TOOLS}
    hosted = [tool for tool in request.parameters.get("tools", ()) if tool["type"] != "function"]
    return replace(request, parameters={**parameters, **({"tools": hosted} if hosted else {})})


def _encoded(request: ChatRequest, turn: Turn) -> bytes:
    names = [uuid.UUID(image.name) for message in request.messages for image in message.images]
    data = pictures.data_of(turn.person.code, names) if names else {}
    return filled(request, data).encoded(stream=None)


def _asked_with(job: Job) -> Mapping[str, Any]:
    """The parameters of the request, as the record of its call has them."""
    if job.call_id is None:
        return {}
    rows = UpstreamCall.objects.filter(pk=job.call_id).values_list("parameters", flat=True)
    return rows.first() or {}


def _texts(reply: Reply, before: str) -> tuple[Part, ...]:
    overlap = Overlap(before)
    text = overlap.feed(reply.text) + overlap.flush()
    reasoning = (Part("reasoning", reply.reasoning),) if reply.reasoning else ()
    return (*reasoning, *(text_part(text) if text else ()))


def _sources(reply: Reply, turn: Turn, parameters: Mapping[str, Any]) -> tuple[Part, ...]:
    """What it rests on, and like any reply that came to its end: that a search found nothing, or which knowledge GLM
    was to look into."""
    told = sources.written(Numbered(number, each) for number, each in enumerate(reply.sources, 1))
    if reply.finish not in WHOLE:
        return (Part("sources", told),) if told else ()
    if base := hosted_tools.base_asked(turn, parameters):
        told += AskedBase(base, bool(told)).written
    return (Part("sources", told),) if told or hosted_tools.searches(parameters) else ()


def _outcome(reply: Reply) -> Outcome:
    if reply.finish is Finish.TOOL_CALLS and not reply.text.strip():
        return replace(of_reply(reply), state=TurnState.FAILED, trouble=NO_TOOLS)
    return of_reply(reply)


def _judged(outcome: Outcome, parts: tuple[Part, ...], turn: Turn) -> Outcome:
    """The outcome with what the organisation's lists say to it, which nobody has looked at on its way."""
    policy = standing.current()
    concerns = (*outcome.concerns, *screen.of_parts(parts, policy.replies))
    if not policy.is_whole:
        concerns = (*concerns, screen.unchecked("assistant"))
    if not concerns:
        return outcome
    is_withdrawn = outcome.state is not TurnState.FILTERED and screen.withdraws(turn.pk, concerns)
    return replace(outcome, state=TurnState.FILTERED if is_withdrawn else outcome.state, concerns=concerns)


def call_end(job: Job, task: Task | None, error: GlmError | None = None, *, finish: str = "") -> CallEnd:
    reply = task.reply if task else None
    levels = error.content_filter if error else reply.content_filter if reply else ()
    usage = {"usage": reply.usage} if reply else {}
    return CallEnd(
        provider_id=job.provider_id,
        model_answered=(reply.model if reply else "") or (task.model if task else ""),
        log_id=(error.log_id if error else "") or (task.log_id if task else ""),
        http_status=(error.http_status if error else None) or (task.http_status if task else None),
        business_code=(error.code or "") if error else "",
        finish=finish or (reply.finish_word if reply else ""),
        error=error.raw if error else "",
        content_filter=tuple((level.role, level.level) for level in levels),
        first_byte_at=clock.now() if reply else None,
        **usage,
    )


def tell(job: Job, turn: Turn) -> None:
    """Whoever asked may be elsewhere, also tomorrow; it goes when they see the conversation."""
    now = _turns.first(turn.pk)
    state = now.state if now else TurnState.STOPPED
    if state == TurnState.STOPPED or turn.conversation.deleted_at is not None:
        return
    _tell(job, turn, state)


def _tell(job: Job, turn: Turn, state: str) -> None:
    facts = {"job": str(job.code), "kind": job.kind, "conversation": str(turn.conversation.code)}
    facts |= {"message": str(turn.reply.code), "state": str(state)}
    notices.tell(turn.conversation.owner, NoticeKind.JOB_ENDED, **facts)
