"""Web search through GLM, for a model that decides itself what to look for."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations.glm import GlmError, search
from conversations.glm.search import Found
from conversations.hosted import BY_DOMAIN, DOMAIN, RECENCIES, engines
from conversations.models import CallKind

from .asking import asked
from .kind import Arguments, Result, Tool, ToolError, Use

USUAL, MOST = 5, 10
NOTHING = gettext_noop("The search found nothing. Try other words, or answer without and say that nothing was found.")
CITE = "Mark what you take from a page with its label, such as [ref_1], right behind the sentence."


async def run(arguments: Arguments, use: Use) -> Result:
    engine, site = engines(use.upstream.name)[0], str(arguments.get("site", "")).lower()
    if site and (engine not in BY_DOMAIN or not DOMAIN.fullmatch(site)):
        raise ToolError(gettext_noop("A site is a name such as example.org; leave it out to search everywhere."))
    make = partial(
        search.web_search,
        arguments["query"],
        engine=engine,
        count=arguments.get("count", USUAL),
        domain=site,
        recency=arguments.get("recency", ""),
    )
    try:
        found = await asked(use, make, CallKind.SEARCH)
    except GlmError:
        return Result(NOTHING, is_ours=True)
    return _result(use, found)


def _result(use: Use, found: Found) -> Result:
    if not found.sources:
        return Result(NOTHING, is_ours=True)
    pages = use.labels.give(found.sources)
    told = "\n\n".join(
        f"[{page.refer}] {page.title}\n{page.link} {page.media} {page.publish_date}\n{page.content}" for page in pages
    )
    return Result(f"{CITE}\n\n{told}", pages)


TOOL = Tool(
    name="web_search",
    label=_("Web search"),
    explains=_("Searches the web through GLM and brings numbered sources. Each search is charged."),
    description=(
        "Search the web for what is new, local or not surely known. Returns pages with labels to cite. "
        "Search once for each question, in the language in which the answer is likely written."
    ),
    parameters={
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "A few words, at most 70 signs",
            },
            "count": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST,
                "description": f"How many pages, {USUAL} usual",
            },
            "recency": {"type": "string", "enum": list(RECENCIES), "description": "Only pages this new"},
            "site": {"type": "string", "maxLength": 253, "description": "Only pages of this site, such as example.org"},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
    run=run,
    seconds=30.0,
    most_characters=16_000,
)
