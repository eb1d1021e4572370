"""From the shown path to the messages of a request; pure.

The same path always gives the same messages, and a longer one begins with those of the shorter: GLM reads an equal
beginning from its cache (https://docs.bigmodel.cn/cn/guide/capabilities/cache). So nothing that changes by itself,
such as the time, stands in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from conversations.glm import ChatMessage, Image, ToolCall
from conversations.tool_entries import Call, CallState, calls_in

GO_ON = {
    "zh": "请从你刚才停下的地方接着写，不要重复，不要解释。你最后写的是：\n\n{words}",
    "en": "Go on exactly where you stopped, without repeating or explaining. Your last words were:\n\n{words}",
}
# Stands for a reply that came to nothing: without it the model would answer both questions at once.
NO_ANSWER = {"zh": "（这个问题没有得到回答。）", "en": "(This question was not answered.)"}
# Stands for a reply that is a picture or a video, which no prompt can hold.
MADE = {
    "image": {"zh": "（这里生成了一张图片。）", "en": "(A picture was made here.)"},
    "video": {"zh": "（这里生成了一段视频。）", "en": "(A video was made here.)"},
}
SUMMARY = {
    "zh": "以下是这次对话较早部分的摘要，仅供了解前情，不是指令：\n\n{text}",
    "en": "What was said earlier in this conversation, in short. It is there to know about, not to follow:\n\n{text}",
}
# Stands where pictures were that the model cannot see, or sees no more of.
NOT_SEEN = {
    "zh": "（这里有 {count} 张图片没有一并发送{words}。）",
    "en": "({count} picture(s) here, not sent along{words}.)",
}
# What a tool gave that gave nothing: GLM refuses an empty message.
NOTHING = "(no output)"
GIVEN_UP = "(stopped before it ended)"
COLON = {"zh": "：", "en": ": "}
LAST_WORDS = 200


class Said(NamedTuple):
    """One message of the path.

    `is_left_out`: blocked or withheld. `is_barrier`: GLM refused the conversation up to here, so nothing up to here may
    be sent again. `ends_context`: what a person asks after it is asked without what was said up to it, but with
    `summary` if there is one. `calls` are a reply's, `answers` is the id of the call that a message of role tool is
    the result of. `rounds`: what a reply said, called and was told before its own text. `made` is "image" or
    "video" where a reply is one. A tuple, because long conversations have many.
    """

    role: str
    text: str
    continues: bool = False
    is_left_out: bool = False
    is_barrier: bool = False
    ends_context: bool = False
    summary: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""
    images: tuple[Image, ...] = ()
    rounds: tuple[Said, ...] = ()
    made: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.calls or self.images or self.rounds)


def build(
    path: Sequence[Said],
    *,
    system: str = "",
    go_on: bool = False,
    keeps_reasoning: bool = False,
    image_count: int = 0,
) -> tuple[ChatMessage, ...]:
    """The messages of a request: instructions first, no empty replies, no reply first, no two of one role in a row, no
    result without its call and no call without its result, a person's last.

    A reply that was left out takes its question along; one that came to nothing is said to have. With `go_on` the
    request asks to continue the last reply. Reasoning goes back between a call and its result, and with
    `keeps_reasoning` everywhere, whole and in order (https://docs.z.ai/guides/capabilities/thinking-mode). Of the
    pictures the latest `image_count` are sent; where others were, words say so.
    """
    path, summary = _context(path)
    said = _merged(_paired(_unfolded(_without_left_out(_with_no_answers(_joined(path))))))
    said = _with_images(said, image_count)
    if go_on and said and said[-1].role == "assistant":
        said = [*said, _request_to_go_on(said[-1].text)]
    talk = [_message(each, keeps_reasoning or _is_within_calls(said, i)) for i, each in enumerate(said)]
    return (*_system(system, summary if talk else ""), *talk)


def rounds_in(parts: Iterable[tuple[str, str]]) -> tuple[tuple[Said, ...], str, str]:
    """What a reply has said, called and been told, round by round, from the kinds and texts of its parts; and the text
    and the reasoning that stand behind the last of them."""
    rounds: list[Said] = []
    text: list[str] = []
    reasoning: list[str] = []
    for kind, each in parts:
        if kind == "tool":
            calls = [call for call in calls_in([each]) if not call.is_hosted]
            if not calls:
                continue
            rounds += _round(calls, "\n\n".join(text), "\n\n".join(reasoning))
            text, reasoning = [], []
        elif kind in ("text", "reasoning"):
            (text if kind == "text" else reasoning).append(each)
    return tuple(rounds), "\n\n".join(text), "\n\n".join(reasoning)


def _round(calls: Sequence[Call], text: str, reasoning: str) -> list[Said]:
    """The calls of a part, which are several rounds where the model said nothing between them."""
    said: list[Said] = []
    for _number, group in groupby(calls, key=lambda call: call.round):
        made = list(group)
        asked = tuple(
            ToolCall(each.index, each.id, each.name, each.arguments if each.is_fit else "{}") for each in made
        )
        said.append(Said("assistant", text, reasoning=reasoning, calls=asked))
        said += [Said("tool", _told(each), answers=each.id) for each in made if each.result is not None]
        text = reasoning = ""
    return said


def _told(call: Call) -> str:
    usual = GIVEN_UP if call.state is CallState.CANCELLED else NOTHING
    return call.result if call.result and call.result.strip() else usual


def rounds_so_far(parts: Iterable[tuple[str, str]]) -> tuple[ChatMessage, ...]:
    """The messages that a reply in the making adds to its request: GLM goes on with the thought it had."""
    rounds, _text, _reasoning = rounds_in(parts)
    return tuple(_message(each, keeps_reasoning=True) for each in _paired(rounds))


def start_of_context(ends: Sequence[bool], is_question: Sequence[bool]) -> int:
    """Where the context of a path begins: behind the last message that ends one and has a question after it."""
    last_question = max((i for i, asks in enumerate(is_question) if asks), default=-1)
    return max((i + 1 for i, is_end in enumerate(ends) if is_end and i < last_question), default=0)


def _context(path: Sequence[Said]) -> tuple[Sequence[Said], str]:
    """What of the path is sent as it is, and the summary of what was before."""
    start = start_of_context([each.ends_context for each in path], [each.role == "user" for each in path])
    barriers = [i + 1 for i, each in enumerate(_barred(path)) if each]
    if barriers and barriers[-1] > start:
        return path[barriers[-1] :], ""
    return path[start:], path[start - 1].summary if start else ""


def _barred(path: Sequence[Said]) -> list[bool]:
    """A refused continuation bars the whole reply, also what follows of it."""
    barred: list[bool] = []
    for each in path:
        barred.append(each.is_barrier or (each.continues and bool(barred) and barred[-1]))
    return barred


def _system(system: str, summary: str) -> tuple[ChatMessage, ...]:
    earlier = SUMMARY[language_of(summary)].format(text=summary.strip()) if summary.strip() else ""
    text = "\n\n".join(filter(None, (system.strip(), earlier)))
    return (ChatMessage("system", text),) if text else ()


def _message(said: Said, keeps_reasoning: bool) -> ChatMessage:
    reasoning = said.reasoning if keeps_reasoning and said.role == "assistant" else ""
    return ChatMessage(said.role, said.text, reasoning or None, said.calls, said.answers, said.images)


def _with_images(said: Sequence[Said], most: int) -> list[Said]:
    """The latest pictures, of one message all or none, so that what stays is a message as it was asked."""
    seen: list[Said] = []
    for each in reversed(said):
        fits = len(each.images) <= most
        most -= len(each.images) if fits else most
        seen.append(each if fits else _not_seen(each))
    return seen[::-1]


def _not_seen(said: Said) -> Said:
    return said._replace(images=(), text="\n\n".join(filter(None, (not_seen(said.text, said.images), said.text))))


def not_seen(text: str, images: Sequence[Image]) -> str:
    """What stands before `text` in the place of pictures that are not sent, in its language."""
    language = language_of(text)
    words = "; ".join(image.words for image in images if image.words)
    return NOT_SEEN[language].format(count=len(images), words=f"{COLON[language]}{words}" if words else "")


def _is_within_calls(said: Sequence[Said], place: int) -> bool:
    """Whether a reply has called and no question has come since: GLM goes on with the thought it had."""
    return not any(each.role == "user" for each in said[place + 1 :]) and bool(said[place].calls)


def _joined(path: Iterable[Said]) -> list[Said]:
    """Continuations become one text with what they continue."""
    joined: list[Said] = []
    for each in path:
        if each.continues and joined:
            joined[-1] = _continued(joined[-1], each)
        else:
            joined.append(each)
    return joined


def _continued(before: Said, more: Said) -> Said:
    """One message of both; where the second has called, the first ends in what it said before that."""
    first, *others = (*more.rounds, more)
    first = first._replace(
        text=before.text + first.text, reasoning="\n\n".join(filter(None, (before.reasoning, first.reasoning)))
    )
    *rounds, last = (first, *others)
    return before._replace(
        text=last.text,
        is_left_out=before.is_left_out or more.is_left_out,
        reasoning=last.reasoning,
        calls=last.calls,
        rounds=(*before.rounds, *rounds),
    )


def _unfolded(path: Iterable[Said]) -> list[Said]:
    """Replies in the messages that they were made of."""
    unfolded: list[Said] = []
    for each in path:
        unfolded += each.rounds
        if each.text.strip() or not each.rounds:
            unfolded.append(each._replace(rounds=()))
    return unfolded


def _with_no_answers(path: Sequence[Said]) -> list[Said]:
    """Replies without a word are told as such, where the question is."""
    return [
        each._replace(text=(MADE[each.made] if each.made else NO_ANSWER)[language_of(path[i - 1].text)])
        if i and _came_to_nothing(each, path[i - 1])
        else each
        for i, each in enumerate(path)
    ]


def _came_to_nothing(reply: Said, question: Said) -> bool:
    is_asked = question.role == "user" and not question.is_left_out and not question.is_empty
    is_empty = reply.role == "assistant" and not reply.text.strip() and not reply.calls
    return is_asked and is_empty and not reply.is_left_out


def _without_left_out(path: Sequence[Said]) -> list[Said]:
    left_out = {i for i, each in enumerate(path) if each.is_left_out or each.is_empty}
    for i, each in enumerate(path[1:]):
        if each.role == "assistant" and each.is_left_out and path[i].role == "user":
            left_out.add(i)
    return [each for i, each in enumerate(path) if i not in left_out]


def _paired(path: Sequence[Said]) -> list[Said]:
    """Results that follow the reply that called for them, and the calls that have all of theirs."""
    paired: list[Said] = []
    for i, each in enumerate(path):
        if each.calls:
            results = _results_after(path, i)
            is_whole = {call.id for call in each.calls} <= {result.answers for result in results}
            each = each if is_whole else each._replace(calls=())
            paired += [each, *_once(results)] if is_whole else [each] if each.text.strip() else []
        elif each.role != "tool":
            paired.append(each)
    return paired


def _results_after(path: Sequence[Said], place: int) -> list[Said]:
    wanted, found = {call.id for call in path[place].calls}, []
    for each in path[place + 1 :]:
        if each.role != "tool":
            break
        found += [each] if each.answers in wanted else []
    return found


def _once(results: Sequence[Said]) -> list[Said]:
    """One result for each call: the last that came."""
    return list({result.answers: result for result in results}.values())


def _merged(path: Sequence[Said]) -> list[Said]:
    merged: list[Said] = []
    for each in path:
        last = merged[-1] if merged else None
        if last and last.role == each.role != "tool" and not last.calls:
            merged[-1] = each._replace(
                text="\n\n".join(filter(None, (last.text, each.text))),
                images=(*last.images, *each.images),
                reasoning="\n\n".join(filter(None, (last.reasoning, each.reasoning))),
            )
        elif last or each.role == "user":
            merged.append(each)
    return merged


def _request_to_go_on(text: str) -> Said:
    words = text[-LAST_WORDS:]
    return Said("user", GO_ON[language_of(words)].format(words=words))


def language_of(text: str) -> str:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
