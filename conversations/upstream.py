"""GLM as this installation reaches it: which server, with which key, which client, which models."""

import asyncio
import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from conversations import catalogue, families
from conversations.families import Entry, Kind
from conversations.glm import Assistant, BlockingClient, Call, Client, GlmError, Timeouts
from conversations.sandbox import SANDBOX_PREFIX, SCENARIO_MODELS

BIGMODEL_BASE = "https://open.bigmodel.cn/api/paas/v4"
ZAI_BASE = "https://api.z.ai/api/paas/v4"
PUBLIC_HOSTS = ("bigmodel.cn", "api.z.ai")
QUICK = Timeouts(connect=8, read=20)
PATIENT = Timeouts(connect=8, read=60)
SANDBOX_KEY = "sandbox.sandbox"

MOST_PICTURES = 20  # in one request, whatever a model takes: it is held in memory whole

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upstream:
    """A GLM server. `name` is what records keep: sandbox, bigmodel.cn, api.z.ai or host[:port]."""

    name: str
    base_url: str
    is_simulated: bool
    key: str = field(default="", repr=False)

    @property
    def key_id(self) -> str:
        """The part of the key that is safe to show; "" for a key of another make."""
        public, point, _secret = self.key.partition(".")
        return public if point else ""

    @property
    def account(self) -> str:
        """What names the server and the key, and does not tell the key."""
        return f"{self.name}:{hashlib.sha256(self.key.encode()).hexdigest()[:16]}" if self.key else self.name


_sandbox_base = ""
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Upstream, Client]] = WeakKeyDictionary()
_blocking: tuple[Upstream, BlockingClient] | None = None
_making_blocking = threading.Lock()
_answered_models: dict[str, tuple[str, ...]] = {}


def use_sandbox_at(base_url: str) -> None:
    """Say where the sandbox of this process listens; `serve` does, before anything asks."""
    global _sandbox_base
    _sandbox_base = base_url


def current() -> Upstream:
    """The upstream that the settings name; contradictions raise ImproperlyConfigured."""
    keys = settings.ZHIPUAI_API_KEY, settings.ZHIPU_API_KEY, settings.ZAI_API_KEY
    return _named(keys, (settings.ZHIPUAI_BASE_URL, settings.ZAI_BASE_URL), _sandbox_base)


@lru_cache(maxsize=1)
def _named(keys: tuple[str, str, str], bases: tuple[str, str], sandbox_base: str) -> Upstream:
    """Worked out once: a question asks for it a dozen times on its way."""
    key, base = _only_key({*keys} - {""}), _only_base({*bases} - {""})
    if not key and not base:
        return Upstream("sandbox", sandbox_base, is_simulated=True, key=SANDBOX_KEY)
    if not base:
        base = ZAI_BASE if key and not any(keys[:2]) else BIGMODEL_BASE
    return Upstream(_name(urlsplit(base)), base, is_simulated=False, key=key)


def is_glm() -> bool:
    """Whether what answers has more than models: searches, pages and knowledge."""
    source = current()
    return source.is_simulated or source.name in PUBLIC_HOSTS


def client() -> Client:
    """The client of the running event loop, made on first use: the one seam that tests replace."""
    loop = asyncio.get_running_loop()
    upstream = current()
    made_for, made = _clients.get(loop, (None, None))
    if made is None or made_for != upstream:
        made = new_client(upstream)
        _clients[loop] = (upstream, made)
    return made


def blocking_client() -> BlockingClient:
    """The client of all threads that take steps of jobs, made on first use: the one seam that tests replace."""
    global _blocking
    upstream = current()
    with _making_blocking:
        made_for, made = _blocking or (None, None)
        if made is None or made_for != upstream:
            timeouts = Timeouts(connect=settings.CHATSITE_CONNECT_TIMEOUT, read=settings.CHATSITE_JOB_TIMEOUT)
            made = BlockingClient(upstream.base_url, upstream.key or None, timeouts=timeouts)
            _blocking = (upstream, made)
        return made


async def close() -> None:
    """Close the client of the running event loop."""
    _, made = _clients.pop(asyncio.get_running_loop(), (None, None))
    if made is not None:
        await made.aclose()


def new_client(upstream: Upstream) -> Client:
    timeouts = Timeouts(
        connect=settings.CHATSITE_CONNECT_TIMEOUT,
        read=settings.CHATSITE_READ_TIMEOUT,
        whole=settings.CHATSITE_REPLY_DEADLINE,
    )
    is_foreign = not upstream.is_simulated and upstream.name not in PUBLIC_HOSTS
    return Client(upstream.base_url, upstream.key or None, timeouts=timeouts, asks_for_usage=is_foreign)


def offered_models() -> tuple[str, ...]:
    """The models a person may choose, best first, then the assistants; empty while an unknown server has not told its
    own."""
    return tuple(dict.fromkeys((*_offered(), *settings.CHATSITE_ASSISTANTS)))


def assistant(model_name: str) -> Assistant | None:
    """The assistant that people choose by that name like a model; None for a model."""
    found = settings.CHATSITE_ASSISTANTS.get(model_name)
    return Assistant(found, model_name.partition(":")[0]) if found else None


def writer(model_name: str) -> str:
    """The model for what is written beside a reply, such as a title: the same, unless that is an assistant."""
    if assistant(model_name) is None:
        return model_name
    others = (each for each in (default_model(), *_offered()) if each and assistant(each) is None)
    return next(others, model_name)


def _offered() -> tuple[str, ...]:
    upstream = current()
    if settings.CHATSITE_MODELS:
        return tuple(settings.CHATSITE_MODELS)
    if upstream.is_simulated:
        return (*(each.name for each in catalogue.offered()), *SCENARIO_MODELS)
    if upstream.name in PUBLIC_HOSTS:
        return tuple(each.name for each in catalogue.offered(upstream.name))
    own = tuple(each.name for each in catalogue.offered(upstream.name))
    told = _answered_models.get(upstream.base_url, ())
    return (*own, *(name for name in told if name not in own and not _is_hidden(name, upstream.name)))


def _is_hidden(name: str, host: str) -> bool:
    """Whether an administrator keeps a model from people that a server of another make lists."""
    known = catalogue.current().entries.get(name)
    return known is not None and not known.is_offered and (not known.hosts or host in known.hosts)


def knows_models() -> bool:
    """Whether there is nothing to be learned from the server about its models."""
    upstream = current()
    is_known = bool(settings.CHATSITE_MODELS) or upstream.is_simulated or upstream.name in PUBLIC_HOSTS
    return is_known or bool(_answered_models.get(upstream.base_url))


def default_model() -> str:
    """The model chosen for a new conversation; "" while none is known."""
    offered = offered_models()
    chosen = catalogue.current().default
    return settings.CHATSITE_DEFAULT_MODEL or (chosen if chosen in offered else next(iter(offered), ""))


def stand_in(wished: str) -> str:
    """The model that answers in the place of one that is not offered: its successor, or the default. Itself when it is
    offered; "" while none is known."""
    offered, seen = offered_models(), set[str]()
    while wished and wished not in offered and wished not in seen:
        seen.add(wished)
        wished = catalogue.entry(wished).successor
    return wished if wished in offered else default_model()


def entry(model_name: str) -> Entry:
    """What a model can do on the server in use: less than at home when that is not one of GLM's own."""
    if found := assistant(model_name):
        return replace(catalogue.entry(found.model), name=model_name, is_offered=True)
    source = current()
    if source.is_simulated:
        is_scenario = model_name.startswith(SANDBOX_PREFIX)
        return families.scenario(model_name) if is_scenario else catalogue.entry(model_name)
    known = catalogue.entry(model_name)
    return known.elsewhere(model_name) if known.hosts and source.name not in known.hosts else known


def answers_later() -> bool:
    """Whether the server has the interface for work that is finished later; other makes of server do not, unless the
    settings say so of a gateway."""
    if settings.CHATSITE_LATER != "auto":
        return bool(settings.CHATSITE_LATER == "yes")
    upstream = current()
    return upstream.is_simulated or upstream.name in PUBLIC_HOSTS


def makers(kind: Kind) -> tuple[Entry, ...]:
    """The models on offer that make images, or videos; none where the server has no such interface."""
    if not answers_later():
        return ()
    source = current()
    return catalogue.makers(kind, "" if source.is_simulated else source.name)


def pictures_seen_by(model_name: str) -> int:
    """How many pictures of one request a model takes from us, who have no address from which GLM could fetch them."""
    known = entry(model_name)
    return min(known.image_count or 0, MOST_PICTURES) if known.takes_base64 else 0


def seeing_model() -> str:
    """The first model on offer that sees pictures; "" when none does."""
    return next((name for name in offered_models() if pictures_seen_by(name)), "")


def ask_models(reached: Upstream) -> tuple[str, ...]:
    """What the server lists for its key: a test of both, for commands and administrators. Raises GlmError, and
    ImproperlyConfigured for what cannot be a key or an address."""
    return asyncio.run(_asked_models(reached))


def ask(call: Call[T]) -> T:
    """The result of one request beside chat, for threads without an event loop. Raises GlmError."""
    (found,) = ask_all([call])
    if isinstance(found, BaseException):
        raise found
    return found


def ask_all(calls: Sequence[Call[T]]) -> list[T | BaseException]:
    """The results of several, side by side, each with the error in its place."""
    return asyncio.run(_asked(calls))


async def _asked(calls: Sequence[Call[T]]) -> list[T | BaseException]:
    source = current()
    async with Client(source.base_url, source.key or None, timeouts=PATIENT) as asking:
        return await asyncio.gather(*map(asking.ask, calls), return_exceptions=True)


async def _asked_models(reached: Upstream) -> tuple[str, ...]:
    try:
        asking = Client(reached.base_url, reached.key or None, timeouts=QUICK)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
    async with asking:
        return await asking.models()


async def refresh_models() -> None:
    """Ask a server that we know nothing about for its models; a failure is logged and changes nothing."""
    upstream = current()
    if knows_models():
        return
    try:
        _answered_models[upstream.base_url] = await client().models()
    except GlmError as error:
        logger.warning("%s did not tell its models (%s); set CHATSITE_MODELS.", upstream.name, error)


def _only_key(keys: set[str]) -> str:
    if len(keys) > 1:
        raise ImproperlyConfigured(
            "ZHIPUAI_API_KEY, ZAI_API_KEY and ZHIPU_API_KEY hold different keys; set only one of them."
        )
    key = keys.pop() if keys else ""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ImproperlyConfigured(
            "The API key holds a blank, a line break or a letter that no key has; copy it once more, and nothing else."
        )
    return key


def _only_base(bases: set[str]) -> str:
    if len(bases) > 1:
        raise ImproperlyConfigured("ZHIPUAI_BASE_URL and ZAI_BASE_URL differ; set only one of them.")
    return bases.pop() if bases else ""


def _name(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if host == "bigmodel.cn" or host.endswith(".bigmodel.cn"):
        return "bigmodel.cn"
    if host == "api.z.ai":
        return host
    return f"{host}:{parts.port}" if parts.port else host
