"""What became of the messages, read from the database itself, past all relays."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from statistics import median

import psycopg

from bench import texts

from .people import Ledger, Sent

LOOK_EVERY = 0.5
LIVE = ("queued", "running", "waiting", "delegated")

ENDED = "SELECT client_key FROM conversations_turn WHERE client_key = ANY(%s) AND NOT state = ANY(%s)"
TURNS = """
SELECT turn.client_key, turn.state, turn.finish, question.parts->'parts'->0->>'text',
       (SELECT string_agg(part->>'text', '' ORDER BY place)
          FROM jsonb_array_elements(reply.parts->'parts') WITH ORDINALITY AS parts (part, place))
  FROM conversations_turn turn
  JOIN conversations_message question ON question.id = turn.question_id
  JOIN conversations_message reply ON reply.id = turn.reply_id
"""
QUESTIONS = "SELECT parts->'parts'->0->>'text', count(*) FROM conversations_message WHERE role = 'user' GROUP BY 1"


async def follow(database: str, ledger: Ledger) -> None:
    """Keep the ledger's knowledge of ended turns fresh."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        while True:
            found = await connection.execute(ENDED, [ledger.outstanding, list(LIVE)])
            ledger.ended |= {key for (key,) in await found.fetchall()}
            await asyncio.sleep(LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class Turn:
    state: str
    finish: str
    question: str
    reply: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures; each list holds the messages that they are about."""

    sent: int
    lost: list[str]
    doubled: list[str]
    states: Counter[str]
    unlike: list[str]
    retracted: list[int]
    untold: Counter[str]
    retried: int
    refusals: Counter[str]
    waits: list[float]
    told_after: list[float]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.unlike or self.untold or set(self.states) & set(LIVE))

    def lines(self, rate: float) -> list[str]:
        worst, usual = max(self.retracted, default=0), median(self.retracted or [0])
        untold = ", ".join(f"{count} {what}" for what, count in self.untold.most_common()) or "none"
        states = ", ".join(f"{count} {state}" for state, count in self.states.most_common())
        refused = ", ".join(f"{count} × {what}" for what, count in self.refusals.most_common()) or "none"
        return [
            f"messages sent: {self.sent}",
            f"lost: {len(self.lost)}",
            f"doubled: {len(self.doubled)}",
            f"replies: {states}",
            f"replies with text that GLM did not send, or not in that order: {len(self.unlike)}",
            f"replies that a page showed more of than was kept: {len(self.retracted)}, by {usual:.0f} characters in the"
            f" median, {worst} at most ({worst / 2 / rate:.1f} s)",
            f"pages that were never told of an end: {self.untold.total()} ({untold})",
            f"until a page was told of an end: {_spread(self.told_after)}",
            f"messages that had to be sent again: {self.retried} ({refused})",
            f"until a message was taken: {_spread(self.waits)}",
        ]


def count(database: str, ledger: Ledger) -> Tally:
    with psycopg.connect(database) as connection:
        rows = connection.execute(TURNS).fetchall()
        questions: Counter[str] = Counter(dict(connection.execute(QUESTIONS).fetchall()))  # type: ignore[arg-type]
    turns: dict[object, list[Turn]] = {}
    for key, *facts in rows:
        turns.setdefault(key, []).append(Turn(facts[0], facts[1], facts[2], facts[3] or ""))
    expected = "".join(texts.deltas(ledger.shape.text, ledger.shape.count))
    found = {sent.key: turns[sent.key][0] for sent in ledger.sent if sent.key in turns}
    return Tally(
        sent=len(ledger.sent),
        lost=[sent.text for sent in ledger.sent if sent.key not in turns or not questions[sent.text]],
        doubled=[s.text for s in ledger.sent if len(turns.get(s.key, ())) > 1 or questions[s.text] > 1],
        states=Counter(turn.state for several in turns.values() for turn in several),
        unlike=[turn.question for turn in found.values() if not _fits(turn, expected)],
        retracted=[more for sent in ledger.sent if (more := _seen_beyond(sent, found.get(sent.key))) > 0],
        untold=Counter(
            f"{turn.state} {'with' if turn.reply else 'without'} text"
            for sent in ledger.sent
            if sent.told_after is None and (turn := found.get(sent.key))
        ),
        retried=sum(sent.tries > 1 for sent in ledger.sent),
        refusals=Counter(word for sent in ledger.sent for word in sent.refusals),
        waits=[sent.taken_at - sent.began for sent in ledger.sent if sent.taken_at],
        told_after=[sent.told_after for sent in ledger.sent if sent.told_after is not None],
    )


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    most = ordered[int(len(ordered) * 0.99)]
    return f"median {median(ordered):.2f} s, 99 % {most:.1f} s, longest {ordered[-1]:.1f} s"


def _fits(turn: Turn, expected: str) -> bool:
    """The whole text for a reply that was completed, its beginning for any other."""
    return turn.reply == expected if turn.state == "completed" else expected.startswith(turn.reply)


def _seen_beyond(sent: Sent, turn: Turn | None) -> int:
    """How many characters a page once showed that were not kept."""
    return sent.seen - texts.wide(turn.reply.encode()) if turn else 0
