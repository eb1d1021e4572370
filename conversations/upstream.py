"""GLM as this installation reaches it: which server, with which key, which client, which models."""

import asyncio
import logging
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from conversations.glm import Client, GlmError, Timeouts
from conversations.sandbox import SANDBOX_MODELS

BIGMODEL_BASE = "https://open.bigmodel.cn/api/paas/v4"
ZAI_BASE = "https://api.z.ai/api/paas/v4"
SANDBOX_KEY = "sandbox.sandbox"

# What both public hosts offer for chat, best first. GET /models lists only part of it (observed).
SHIPPED_MODELS = (
    "glm-5.3",
    "glm-5.2",
    "glm-5.1",
    "glm-5",
    "glm-4.7",
    "glm-4.7-flash",
    "glm-4.6",
    "glm-4.6v",
    "glm-4.5",
    "glm-4.5-air",
    "glm-4.5-flash",
    "glm-4-plus",
    "glm-4-flash-250414",
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upstream:
    """A GLM server. `name` is what records keep: sandbox, bigmodel.cn, api.z.ai or host[:port]."""

    name: str
    base_url: str
    is_simulated: bool
    key: str = field(default="", repr=False)


_sandbox_base = ""
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Upstream, Client]] = WeakKeyDictionary()
_answered_models: dict[str, tuple[str, ...]] = {}


def use_sandbox_at(base_url: str) -> None:
    """Say where the sandbox of this process listens; `serve` does, before anything asks."""
    global _sandbox_base
    _sandbox_base = base_url


def current() -> Upstream:
    """The upstream that the settings name; contradictions raise ImproperlyConfigured."""
    key, base = _only_key(), _only_base()
    if not key and not base:
        return Upstream("sandbox", _sandbox_base, is_simulated=True, key=SANDBOX_KEY)
    if not base:
        base = ZAI_BASE if _only_zai_key_is_set() else BIGMODEL_BASE
    return Upstream(_name(urlsplit(base)), base, is_simulated=False, key=key)


def client() -> Client:
    """The client of the running event loop, made on first use: the one seam that tests replace."""
    loop = asyncio.get_running_loop()
    upstream = current()
    made_for, made = _clients.get(loop, (None, None))
    if made is None or made_for != upstream:
        made = new_client(upstream)
        _clients[loop] = (upstream, made)
    return made


async def close() -> None:
    """Close the client of the running event loop."""
    _, made = _clients.pop(asyncio.get_running_loop(), (None, None))
    if made is not None:
        await made.aclose()


def new_client(upstream: Upstream) -> Client:
    timeouts = Timeouts(connect=settings.CHATSITE_CONNECT_TIMEOUT, read=settings.CHATSITE_READ_TIMEOUT)
    return Client(upstream.base_url, upstream.key or None, timeouts=timeouts)


def offered_models() -> tuple[str, ...]:
    """The models a person may choose, best first; empty while an unknown server has not told its own."""
    upstream = current()
    if settings.CHATSITE_MODELS:
        return tuple(settings.CHATSITE_MODELS)
    if upstream.is_simulated:
        return SANDBOX_MODELS
    if upstream.base_url in (BIGMODEL_BASE, ZAI_BASE) or upstream.name in ("bigmodel.cn", "api.z.ai"):
        return SHIPPED_MODELS
    return _answered_models.get(upstream.base_url, ())


def default_model() -> str:
    """The model chosen for a new conversation; "" while none is known."""
    offered = offered_models()
    return settings.CHATSITE_DEFAULT_MODEL or (offered[0] if offered else "")


async def refresh_models() -> None:
    """Ask a server that we know nothing about for its models; a failure is logged and changes nothing."""
    upstream = current()
    if offered_models():
        return
    try:
        _answered_models[upstream.base_url] = await client().models()
    except GlmError as error:
        logger.warning("%s did not tell its models (%s); set CHATSITE_MODELS.", upstream.name, error)


def _only_key() -> str:
    keys = {settings.ZHIPUAI_API_KEY, settings.ZAI_API_KEY, settings.ZHIPU_API_KEY} - {""}
    if len(keys) > 1:
        raise ImproperlyConfigured(
            "ZHIPUAI_API_KEY, ZAI_API_KEY and ZHIPU_API_KEY hold different keys; set only one of them."
        )
    return keys.pop() if keys else ""


def _only_zai_key_is_set() -> bool:
    return bool(settings.ZAI_API_KEY) and not (settings.ZHIPUAI_API_KEY or settings.ZHIPU_API_KEY)


def _only_base() -> str:
    bases = {settings.ZHIPUAI_BASE_URL, settings.ZAI_BASE_URL} - {""}
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
