"""A page of the web as text, fetched by GLM: nothing goes from this site to the page's own server.

What an address holds reaches that server all the same, so a person is asked first: a page that a model has read might
tell it to carry a conversation away in one.
"""

from __future__ import annotations

import ipaddress
from functools import partial
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations.glm import Source, search
from conversations.hosted import DOMAIN
from conversations.models import Approval, CallKind

from .asking import asked
from .kind import Arguments, Result, Tool, ToolError, Use

EMPTY = gettext_noop("The page holds no text.")
EXCERPT = 300


async def run(arguments: Arguments, use: Use) -> Result:
    url = _checked(arguments["url"])
    page = await asked(use, partial(search.read_page, url), CallKind.READER)
    text = page.content.strip()
    if not text:
        return Result(EMPTY, is_ours=True)
    host = urlsplit(url).hostname or ""
    about = page.description or " ".join(text.split())[:EXCERPT]
    (source,) = use.labels.give([Source(title=page.title or host, link=url, media=host, content=about)])
    return Result(f"[{source.refer}] {page.title}\n\n{text}", (source,))


def _checked(url: str) -> str:
    """An address of the public web: by a name, not a number, and without a password in it."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ToolError(gettext_noop("That is no address.")) from None
    host = parts.hostname or ""
    is_plain = parts.scheme in ("http", "https") and not (parts.username or parts.password)
    if not is_plain or _is_number(host) or not DOMAIN.fullmatch(host):
        words = gettext_noop("Only addresses of the public web can be read: https:// and a name such as example.org.")
        raise ToolError(words)
    return url.strip()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


TOOL = Tool(
    name="read_page",
    label=_("Read a page"),
    explains=_("Has GLM fetch a page and read its text. What stands in the address reaches that page's server."),
    description="Read the text of a web page by its address, such as one that the person names or a search has found.",
    parameters={
        "type": "object",
        "properties": {"url": {"type": "string", "minLength": 8, "maxLength": 2000, "description": "https://…"}},
        "required": ["url"],
        "additionalProperties": False,
    },
    run=run,
    approval=Approval.FIRST,
    seconds=45.0,
    most_characters=24_000,
)
