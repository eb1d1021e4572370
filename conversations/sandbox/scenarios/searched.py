"""Replies out of GLM's own web search, whether it was asked for or not: the array of pages early, late, amid, empty."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from conversations.sandbox import tokens
from conversations.sandbox.answers import search
from conversations.sandbox.asked import Asked
from conversations.sandbox.hosted import Search
from conversations.sandbox.reply import Reply, plain, usual
from conversations.sandbox.steps import Deltas, Done, Finish, SourcesAlone, Step

from .scenario import Scenario

_COUNT = 4


def _searching(**how: object) -> Callable[[Asked], Iterator[Step]]:
    """A usual reply to a search that was surely made, with these fields."""

    def steps(asked: Asked) -> Iterator[Step]:
        yield from usual(*_reply(asked, Search(**how)))  # type: ignore[arg-type]

    return steps


def _reply(asked: Asked, search_: Search) -> tuple[Asked, Reply]:
    asked = replace(asked, search=replace(search_, tells=True, is_required=True, count=_COUNT))
    answer = search.found(asked)
    return asked, Reply(answer.text, sources=answer.sources) if answer else plain(asked)


def _amid(asked: Asked) -> Iterator[Step]:
    asked, reply = _reply(asked, Search())
    pieces = tokens.pieces(reply.text)
    half = len(pieces) // 2
    yield Deltas(pieces[:half])
    yield SourcesAlone(reply.sources)
    yield Deltas(pieces[half:])
    yield Finish(reply.finish, reply.usage(asked))
    yield Done()


def _empty(asked: Asked) -> Iterator[Step]:
    reply = plain(replace(asked, search=None))
    yield Deltas(tokens.pieces(reply.text))
    yield Finish(reply.finish, reply.usage(asked), sources=())
    yield Done()


SCENARIOS = (
    Scenario("search-late", "Text with `[ref_1]`, its pages with the finishing chunk.", _searching()),
    Scenario(
        "search-early", "Text with `【1】`, its pages in the first chunk.", _searching(comes_first=True, prompt="【1】")
    ),
    Scenario("search-amid", "The pages come in a chunk amid the text.", _amid),
    Scenario("search-empty", "Web search on, and an empty array of pages.", _empty),
)
