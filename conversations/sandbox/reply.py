"""One whole reply before it is sent: text, reasoning, how it ends, what it cost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import answers, tokens, wishes
from .asked import Asked
from .calling import calling
from .steps import Deltas, Done, Finish, SourcesAlone, Step
from .web import Page
from .wire import Usage


@dataclass(frozen=True, slots=True)
class Reply:
    """`finish` is GLM's finish reason, `sources` are the pages that the text was made from."""

    text: str
    reasoning: str = ""
    finish: str = "stop"
    sources: tuple[Page, ...] = ()

    def limited(self, max_tokens: int | None, stop: tuple[str, ...] = ()) -> "Reply":
        """Cut at the first stop word, then at the token limit, which counts the reasoning too."""
        return self._stopped(stop)._shortened(max_tokens)

    def _stopped(self, stop: tuple[str, ...]) -> "Reply":
        ends = [at for word in stop if (at := self.text.find(word)) >= 0]
        return replace(self, text=self.text[: min(ends)]) if ends else self

    def _shortened(self, max_tokens: int | None) -> "Reply":
        if max_tokens is None or self.token_count <= max_tokens:
            return self
        reasoning = tokens.split(self.reasoning)[:max_tokens]
        text = tokens.split(self.text)[: max_tokens - len(reasoning)]
        return Reply("".join(text), "".join(reasoning), "length", self.sources)

    @property
    def token_count(self) -> int:
        return tokens.count(self.text) + tokens.count(self.reasoning)

    def usage(self, asked: Asked) -> Usage:
        return Usage(tokens.count_prompt(asked.messages), self.token_count, tokens.count(self.reasoning))


def compose(asked: Asked) -> Reply:
    """The useful answer to a request, within its limits; the same request is answered the same way."""
    answer = answers.answer(asked)
    if not asked.wants_reasoning:
        return Reply(answer.text, sources=answer.sources).limited(asked.max_tokens, asked.stop)
    # Both sides of a reasoning reply usually begin with a newline (observed on 4.5 and later).
    reply = Reply(f"\n{answer.text}", f"\n{answer.reasoning}", sources=answer.sources)
    return reply.limited(asked.max_tokens, asked.stop)


def plain(asked: Asked) -> Reply:
    """The same without reasoning, for scenarios that are about the text."""
    return compose(replace(asked, wants_reasoning=False))


def spoken(reply: Reply) -> Iterator[Step]:
    """All reasoning, then all text, and no end."""
    if reply.reasoning:
        yield Deltas(tokens.pieces(reply.reasoning), "reasoning_content")
    if reply.text:
        yield Deltas(tokens.pieces(reply.text))


def usual(asked: Asked, reply: Reply | None = None) -> Iterator[Step]:
    """A reply from first delta to `[DONE]`, with the usage in the finishing chunk."""
    if reply is None and (calls := wishes.wanted(asked)):
        yield from calling(asked, calls)
        return
    reply = reply or compose(asked)
    search = asked.search
    told = reply.sources if search and search.tells and reply.sources else None
    if search and search.comes_first and told:
        yield SourcesAlone(told)
        told = None
    yield from spoken(reply)
    yield Finish(reply.finish, reply.usage(asked), sources=told)
    yield Done()
