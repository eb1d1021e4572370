"""One call of a tool over HTTP: bounded, and told in words whatever happens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.outgoing import Bounds, OutgoingError, OwnServer, TooLarge, Why
from conversations.outgoing.client import INTERNET, Answer, Network, sent
from conversations.spoken import Spoken, gettext_noop

from .definition import Definition
from .places import Misfit
from .reading import NotText, text_of
from .secrets import Secrets

MOST_TOLD = 600  # characters of an answer that is an error
NOTHING = gettext_noop("The request succeeded; the answer has no content.")
TOO_LARGE = gettext_noop("The answer is larger than %(most)s kB; ask for less.")
REDIRECTS = gettext_noop("The server redirects elsewhere (status %(number)s), which is not followed.")
NO_TEXT = gettext_noop("The server answered with %(kind)s, which is not text.")
REFUSED = gettext_noop("The server answered with status %(number)s.")
REFUSED_SAYING = gettext_noop("The server answered with status %(number)s: %(text)s")
_NO_SECRETS = Secrets()

# For the model, and for the person who reads along.
WORDS = {
    Why.SCHEME: gettext_noop("The address of this tool is none that may be asked."),
    Why.FORM: gettext_noop("The address of this tool is none that may be asked."),
    Why.PRIVATE: gettext_noop("The address of this tool is not a public one, so it was not asked."),
    Why.NAME: gettext_noop("The server of this tool cannot be found."),
    Why.CONNECTION: gettext_noop("The server of this tool cannot be reached."),
    Why.CERTIFICATE: gettext_noop("The server of this tool cannot show that it is the one that was meant."),
    Why.TIME: gettext_noop("The server of this tool did not answer within %(seconds)s seconds."),
    Why.ANSWER: gettext_noop("The answer of this tool's server broke off or was none."),
    Why.CODING: gettext_noop("The answer of this tool's server cannot be decompressed."),
}


class Failed(Spoken):
    """Nothing came of a call; its sentence says why, and holds no secret. `status` is the server's, if it answered."""

    def __init__(self, words: str, status: int | None = None, why: Why | None = None, **values: Any) -> None:
        super().__init__(words, **values)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server answered: `text` without the secrets that it was shown, `byte_count` after decompression."""

    status: int
    text: str
    byte_count: int
    seconds: float


async def call(
    tool: Definition,
    arguments: Mapping[str, Any],
    secrets: Secrets = _NO_SECRETS,
    *,
    network: Network | None = None,
) -> Outcome:
    """Ask the tool's server. Raises Failed."""
    began = time.monotonic()
    bounds = Bounds(most_bytes=tool.most_bytes, seconds=tool.seconds)
    own = OwnServer.of(tool.base) if tool.base else None
    try:
        async with sent(tool.request(arguments, secrets), bounds, own=own, network=network or INTERNET) as answer:
            text, size = await _read(answer, secrets)
            return Outcome(answer.status, text or NOTHING, size, time.monotonic() - began)
    except Misfit as misfit:
        raise Failed(misfit.words, **misfit.values) from None
    except TooLarge as error:
        raise Failed(TOO_LARGE, why=error.why, most=error.limit // 1000) from None
    except OutgoingError as error:
        raise Failed(WORDS[error.why], why=error.why, seconds=f"{tool.seconds:g}") from None


async def _read(answer: Answer, secrets: Secrets) -> tuple[str, int]:
    """The text of a good answer and its size in bytes. Raises Failed for any other."""
    if 300 <= answer.status < 400:
        raise Failed(REDIRECTS, answer.status, number=answer.status)
    body = await answer.body()
    try:
        text = secrets.hidden_in(text_of(body, answer.media_type, answer.charset))
    except NotText as error:
        kind = secrets.hidden_in(error.kind[:100]) or "bytes"
        raise Failed(NO_TEXT, answer.status, kind=kind) from None
    if not 200 <= answer.status < 300:
        if not text:
            raise Failed(REFUSED, answer.status, number=answer.status)
        raise Failed(REFUSED_SAYING, answer.status, number=answer.status, text=text[:MOST_TOLD])
    return text, len(body)
