"""From the shown path to the messages of a request; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from conversations.glm import ChatMessage

GO_ON = {
    "zh": "请从你刚才停下的地方接着写，不要重复，不要解释。你最后写的是：\n\n{words}",
    "en": "Go on exactly where you stopped, without repeating or explaining. Your last words were:\n\n{words}",
}
LAST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the path. `is_left_out`: blocked or withheld. `is_barrier`: GLM refused the conversation up to
    here, so nothing up to here may be sent again."""

    role: str
    text: str
    continues: bool = False
    is_left_out: bool = False
    is_barrier: bool = False


def build(path: Sequence[Said], *, go_on: bool = False) -> tuple[ChatMessage, ...]:
    """The messages of a request: no empty replies, no reply first, no two of one role in a row, a person's last.

    A reply that was left out takes its question along. With `go_on` the request asks to continue the last reply.
    """
    said = _merged(_without_left_out(_after_barrier(_joined(path))))
    if go_on:
        said = [*said, _request_to_go_on(said[-1].text)] if said else said
    return tuple(ChatMessage(role=each.role, content=each.text) for each in said)


def without_oldest(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The later half of a conversation that GLM found too long, beginning with a person's message."""
    later = list(messages[len(messages) // 2 :])
    while len(later) > 1 and later[0].role != "user":
        later.pop(0)
    return tuple(later)


def _joined(path: Iterable[Said]) -> list[Said]:
    """Continuations become one text with what they continue."""
    joined: list[Said] = []
    for each in path:
        if each.continues and joined:
            joined[-1] = replace(
                joined[-1],
                text=joined[-1].text + each.text,
                is_left_out=joined[-1].is_left_out or each.is_left_out,
                is_barrier=joined[-1].is_barrier or each.is_barrier,
            )
        else:
            joined.append(each)
    return joined


def _after_barrier(path: Sequence[Said]) -> list[Said]:
    barriers = [i for i, each in enumerate(path) if each.is_barrier]
    return list(path[barriers[-1] + 1 :] if barriers else path)


def _without_left_out(path: Sequence[Said]) -> list[Said]:
    left_out = {i for i, each in enumerate(path) if each.is_left_out or not each.text.strip()}
    for i, each in enumerate(path[1:]):
        if each.role == "assistant" and each.is_left_out and path[i].role == "user":
            left_out.add(i)
    return [each for i, each in enumerate(path) if i not in left_out]


def _merged(path: Sequence[Said]) -> list[Said]:
    merged: list[Said] = []
    for each in path:
        if merged and merged[-1].role == each.role:
            merged[-1] = replace(each, text=f"{merged[-1].text}\n\n{each.text}")
        elif merged or each.role == "user":
            merged.append(each)
    return merged


def _request_to_go_on(text: str) -> Said:
    language = "zh" if any("\u4e00" <= c <= "\u9fff" for c in text[-LAST_WORDS:]) else "en"
    return Said("user", GO_ON[language].format(words=text[-LAST_WORDS:]))
