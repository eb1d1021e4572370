"""What images and videos have in common: an order that GLM makes something of, which is copied here and becomes the
reply."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from django.conf import settings

from conversations import clock, crypto, families, pictures, present
from conversations.codes import new_code
from conversations.glm import FilterLevel, Task, making
from conversations.models import CallKind, Job, Part, Picture, Turn, TurnState, UpstreamCall
from conversations.models.prepared import insert
from conversations.moderation import Concern, of_levels
from conversations.pictures import SentPicture
from conversations.turns import claim
from conversations.turns.finish import finish
from conversations.turns.outcome import EMPTY, CallEnd, Outcome

from .completion import Completion, call_end, ready_turn, tell, turn_of
from .kind import Sending, Stopped

MILDEST = 3  # the level of what passed; it stands beside every picture


class Made(Completion):
    """The prompt is the question, the pictures that go along are its own, `input` holds the parameters; what was made
    is the reply."""

    path: ClassVar[str]
    call_kind: ClassVar[CallKind]
    part_kind: ClassVar[Any]
    sends_request_id: ClassVar[bool] = True
    may_be_fetched_again = True
    step_seconds = 600.0

    @property
    def deadline(self) -> float:
        return float(settings.CHATSITE_VIDEO_DEADLINE)

    def known_seconds(self, model_name: str) -> float:
        """As the catalogue has it."""
        known = families.MAKINGS.get(model_name)
        return known.seconds if known else self.usual_seconds

    def make_ready(self, job: Job) -> None:
        """Nothing of the conversation is sent, so nothing has to be summarised."""

    def prepare(self, job: Job) -> Sending:
        turn, source = ready_turn(job)
        order = self._order(job, turn)
        call = _begin_call(turn, order, self.call_kind, source.name, job.attempt_count + 1)
        language = claim.LANGUAGES.get(turn.person.language, "")
        return Sending(self.path, order.encoded(), call.request_id, call, language)

    def fetch(self, job: Job, task: Task) -> dict[str, Any]:
        found = making.made(task.value)
        if not found and not _concerns(task):
            raise Stopped(EMPTY)
        if not found:
            return {}
        picture = self.copied(job, found[0])
        return {"picture": str(picture.code), "has_still": bool(picture.small)}

    @abstractmethod
    def copied(self, job: Job, found: making.Made) -> Picture:
        """Copy what was made. Raises Stopped, GlmError where it may come later."""

    def deliver(self, job: Job, task: Task, fetched: dict[str, Any]) -> Callable[[], None]:
        turn = turn_of(job)
        return partial(self._deliver, job, turn, task, fetched) if turn is not None else lambda: None

    def _deliver(self, job: Job, turn: Turn, task: Task, fetched: dict[str, Any]) -> None:
        call = _with_levels(call_end(job, task, finish="stop"), making.levels(task.value))
        picture = Picture.objects.of(turn.person).filter(code__in=filter(None, [fetched.get("picture")])).first()
        outcome = Outcome(TurnState.FAILED, trouble=EMPTY, concerns=_concerns(task), call=call)
        parts: tuple[Part, ...] = ()
        if picture is not None:
            parts = (replace(SentPicture(picture).part, kind=self.part_kind),)
            outcome = replace(outcome, state=TurnState.COMPLETED, finish="stop", trouble="")
            pictures.use(turn.reply, turn.person, (SentPicture(picture),))
        if not finish(turn.pk, turn.runner, outcome, parts, call_id=job.call_id):
            self.settle(job, task, None)
        tell(job, turn)

    def _order(self, job: Job, turn: Turn) -> making.Order:
        entry = families.MAKINGS.get(turn.model_name, families.Making())
        return making.Order(
            turn.model_name,
            present.prompt_text(turn.question),
            job.input.get("parameters", {}),
            _sent(turn),
            entry.lists_images,
            request_id=str(uuid.uuid4()) if self.sends_request_id else "",
            user_id=crypto.pseudonym(turn.person),
        )


def _sent(turn: Turn) -> list[str]:
    """The pictures of the question as data URIs: GLM could not fetch them from here."""
    codes = [each.code for each in present.pictures_of(turn.question)]
    data = pictures.data_of(turn.person.code, codes) if codes else {}
    if len(data) != len(codes):
        raise Stopped("no_picture")
    return [f"data:{data[code][0]};base64,{b64encode(data[code][1]).decode()}" for code in codes]


def _begin_call(turn: Turn, order: making.Order, kind: CallKind, upstream_name: str, attempt: int) -> UpstreamCall:
    parameters: Mapping[str, Any] = order.parameters
    return insert(
        UpstreamCall(
            code=new_code(),
            turn=turn,
            turn_code=turn.code,
            person_code=turn.person.code,
            kind=kind,
            attempt=attempt,
            upstream=upstream_name,
            model_asked=order.model,
            parameters={"v": 1, **parameters},
            request_id=order.request_id or str(uuid.uuid4()),
            started_at=clock.now(),
        )
    )


def _concerns(task: Task) -> tuple[Concern, ...]:
    return of_levels(each for each in making.levels(task.value) if each.level is None or each.level < MILDEST)


def _with_levels(end: CallEnd, levels: tuple[FilterLevel, ...]) -> CallEnd:
    return replace(end, content_filter=tuple((each.role, each.level) for each in levels))
