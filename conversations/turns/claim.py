"""Taking a queued turn: from the row to all that the runner needs, so that no query stands before the first word."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now

from conversations import clock, crypto, faults, moderation, present, scale, standing, tools, upstream
from conversations.codes import new_code
from conversations.glm import ChatMessage, ChatRequest, Client
from conversations.models import CallKind, Turn, TurnState, UpstreamCall, sources
from conversations.models.prepared import FromNow, insert
from conversations.moderation import Concern
from conversations.openings import Opening, opening_of
from conversations.parameters import Parameters
from conversations.present import OpenText
from conversations.tool_entries import Call, calls_in
from conversations.tools import Labels, Offer, Use
from conversations.words import Lists

from . import assistants, hosted_tools, path, playing, prompt, screen
from .finish import finish
from .outcome import INSTRUCTIONS, KNOWLEDGE, WORDS, Outcome, pending

NOBODY = uuid.UUID(int=0)
# As GLM takes them for its messages (docs.z.ai); without one it speaks the language of its own market.
LANGUAGES = {"en": "en-US,en", "zh-hans": "zh-CN,zh"}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A turn that this process has taken, with the request to make and the call row that stands for it.

    `tokens`: what the prompt is taken to have. With `needs_room` earlier turns are summarised before anything is asked:
    there is no call row yet, and the request is made anew. `offers` are the tools that the model may call. A turn that
    has waited for its person is `resumed` with what it had written and flagged before, and has no call row either. With
    `is_whole` GLM is asked for the reply in one piece. `base` names the knowledge base that GLM looks into.
    """

    turn_id: int
    person_id: int
    turn: uuid.UUID
    reply: uuid.UUID
    owner: uuid.UUID
    trace: str
    runner: str
    upstream: upstream.Upstream
    request: ChatRequest
    call_id: int | None
    before: str
    opening: Opening | None
    lists: Lists | None = None
    tokens: int = 0
    needs_room: bool = False
    offers: tuple[Offer, ...] = ()
    resumed: OpenText | None = None
    calls: tuple[Call, ...] = ()
    concerns: tuple[Concern, ...] = ()
    conversation: uuid.UUID = NOBODY
    language: str = ""
    zone: str = ""
    is_whole: bool = False
    base: str = ""

    def use(self, client: Client) -> Use:
        """A call of a tool in this turn."""
        told = (part.text for part in self.resumed.parts if part.kind == "sources") if self.resumed else ()
        labels = Labels(each.source for text in told for each in sources.read(text))
        facts = (self.owner, self.language, self.zone, self.conversation, self.turn_id, self.upstream, client)
        return Use(*facts, labels)

    @property
    def searches(self) -> bool:
        """Whether GLM may search the web for this reply."""
        return hosted_tools.searches(self.request.parameters)

    def with_messages(self, messages: tuple[ChatMessage, ...]) -> ChatRequest:
        return replace(self.request, messages=messages, request_id=str(uuid.uuid4()))


def lease_end() -> Any:
    """When a lease given now ends, by the clock of the database that all processes share."""
    return database_now() + dt.timedelta(seconds=settings.CHATSITE_LEASE)


def database_now() -> Any:
    """The present moment by the clock that all processes share."""
    # A SQLite file has one machine and so one clock; asking for it in SQL would only cost precision.
    return clock.now() if connection.vendor == "sqlite" else Now()


def silent_turns() -> models.QuerySet[Turn]:
    return Turn.objects.silent(database_now())


def claim(turn_id: int, runner: str) -> Assignment | None:
    """Take a queued turn for `runner`; None when somebody else was first or it was stopped."""
    with transaction.atomic():
        rows = Turn.objects.select_related("conversation", "person", "question", "reply")
        turn = rows.filter(pk=turn_id, state=TurnState.QUEUED).first()
        return take(turn, runner) if turn else None


def take(turn: Turn, runner: str) -> Assignment | None:
    """The same for a turn that is at hand with all that belongs to it, inside the caller's transaction.

    None too when the question is on a list that keeps it from GLM: then the turn has ended.
    """
    source = upstream.current()
    taken = turn.move(
        TurnState.RUNNING,
        runner=runner,
        lease_until=FromNow(dt.timedelta(seconds=settings.CHATSITE_LEASE)),
        upstream=source.name,
        is_simulated=source.is_simulated,
        started_at=clock.now(),
    )
    is_to_be_asked = taken and may_be_asked(turn) and can_be_answered(turn, source)
    return _assignment(turn, source) if is_to_be_asked else None


def can_be_answered(turn: Turn, source: upstream.Upstream) -> bool:
    """Not while the account at GLM has a fault: then the turn ends with the words of GLM's last answer."""
    fault = faults.in_the_way(source, turn.model_name)
    if fault is not None:
        outcome = Outcome(
            TurnState.FAILED,
            trouble=fault.kind,
            trouble_code=fault.business_code,
            resets_at=fault.resets_at,
            concerns=pending(turn),
        )
        finish(turn.pk, turn.runner, outcome, turn.open_parts)
    return fault is None


def may_be_asked(turn: Turn) -> bool:
    """Hold the question against the lists, before GLM is asked; a hit that only marks it is written down. Instructions
    that a newer list does not accept have to be changed first."""
    wrong = screen.of_instructions(turn.conversation.instructions)
    if wrong and moderation.withdraws(wrong, turn.person):
        _refuse(turn, INSTRUCTIONS)
        return False
    if hosted_tools.misses_knowledge(turn):
        _refuse(turn, KNOWLEDGE)
        return False
    concerns = screen.of_question(turn.question)
    if not concerns:
        return True
    if moderation.withdraws(concerns, turn.person):
        outcome = Outcome(TurnState.FILTERED, trouble=WORDS, concerns=(*pending(turn), *concerns))
        finish(turn.pk, turn.runner, outcome, turn.open_parts)
        return False
    turn.question.conversation = turn.conversation
    moderation.open_case(turn.question, concerns)
    return True


def _refuse(turn: Turn, trouble: str) -> None:
    """One that has waited for its person keeps what was flagged about it before."""
    finish(turn.pk, turn.runner, Outcome(TurnState.FAILED, trouble=trouble, concerns=pending(turn)), turn.open_parts)


def _assignment(turn: Turn, source: upstream.Upstream) -> Assignment:
    told = told_to(turn)
    offers = tools.offers(turn.person, turn.conversation)
    request = request_of(turn, told, offers)
    needs_room = turn.needs_room or scale.is_tight(told.tokens, turn.model_name)
    resumed = OpenText(turn.open_parts, turn.seq) if turn.open_parts else None
    call = None if needs_room or resumed else begin_call(turn, request, source.name, attempt=1, tokens=told.tokens)
    return Assignment(
        turn_id=turn.pk,
        person_id=turn.person_id,
        turn=turn.code,
        reply=turn.reply.code,
        owner=turn.person.code,
        trace=turn.trace,
        runner=turn.runner,
        upstream=source,
        request=request,
        call_id=call.pk if call else None,
        before=present.prompt_text(turn.question) if turn.reply.continues else "",
        opening=None if resumed else opening_of(turn, number=told.question_count),
        lists=standing.current().replies,
        tokens=told.tokens,
        needs_room=needs_room,
        offers=offers,
        resumed=resumed,
        calls=calls_in(part.text for part in turn.open_parts if part.kind == "tool"),
        concerns=pending(turn),
        conversation=turn.conversation.code,
        language=turn.person.language,
        zone=turn.person.time_zone,
        is_whole=turn.conversation.changed.asks_for_whole(upstream.entry(turn.model_name)),
        base=hosted_tools.base_asked(turn, request.parameters),
    )


def told_to(turn: Turn) -> path.Told:
    """What leads to the reply of a turn; a first question needs no query."""
    if turn.question.parent_id is None:
        return path.of_first(turn.conversation, turn.question)
    return path.to(turn.conversation, turn.question_id)


def request_of(turn: Turn, told: path.Told, offers: Sequence[Offer] = ()) -> ChatRequest:
    """A request for the reply of a turn, under a number of its own."""
    entry, changed = upstream.entry(turn.model_name), Parameters.read(turn.conversation.parameters)
    keeps_reasoning = changed.sends_reasoning_back(entry)
    role = playing.role_for(turn.conversation, entry)
    messages = prompt.build(
        told.said,
        system=told.system if role is None else role.system,
        go_on=turn.reply.continues,
        keeps_reasoning=keeps_reasoning,
        image_count=upstream.pictures_seen_by(turn.model_name),
    )
    messages, meta = (messages, {}) if role is None else role.played(messages)
    asked = upstream.assistant(turn.model_name)
    if asked is not None:
        left_out = [node.id for node, said in zip(told.context, told.said, strict=True) if said.is_left_out]
        messages, asked = assistants.asked(turn, messages, asked, left_out)
    return ChatRequest(
        model=turn.model_name,
        messages=messages,
        request_id=str(uuid.uuid4()),
        user_id=crypto.pseudonym(turn.person),
        parameters={
            **changed.wire(entry),
            **hosted_tools.wire(turn, entry),
            **tools.wire(offers, entry),
            **meta,
        },
        language=LANGUAGES.get(turn.person.language, ""),
        assistant=asked,
    )


def request_again(turn_id: int) -> tuple[ChatRequest, int]:
    """A new request for a running turn, from what its path is now, and the tokens it is taken to have."""
    turn = Turn.objects.select_related("conversation", "person", "question", "reply").get(pk=turn_id)
    told = told_to(turn)
    return request_of(turn, told, tools.offers(turn.person, turn.conversation)), told.tokens


def begin_call(
    turn: Turn, request: ChatRequest, upstream_name: str, *, attempt: int, number: int = 1, tokens: int | None = None
) -> UpstreamCall:
    """The row of a request that is about to be made, in the round `number`; `tokens` is what its prompt is taken to
    have. Of functions it keeps the names."""
    return insert(
        UpstreamCall(
            code=new_code(),
            turn=turn,
            turn_code=turn.code,
            person_code=turn.person.code,
            kind=CallKind.CHAT,
            round=number,
            attempt=attempt,
            upstream=upstream_name,
            model_asked=request.model,
            parameters={"v": 1, **playing.without_texts(_told(request.parameters)), **assistants.facts(request)},
            request_id=request.request_id,
            prompt_estimate=tokens,
            started_at=clock.now(),
        )
    )


def _told(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the record keeps them: of functions only what they are called."""
    if "tools" not in parameters:
        return dict(parameters)
    named = [each["function"]["name"] if each["type"] == "function" else each for each in parameters["tools"]]
    return {**parameters, "tools": named}
