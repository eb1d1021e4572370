"""Tools of the organisation: its rows as tools, and the two of the sandbox while that answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy, gettext_noop

from conversations import shipped_tools, standing, upstream
from conversations.crypto import CannotUnlock
from conversations.http_tools import NOTHING, Definition, Failed, Method, Outcome, Secrets, Unfit, call, host_of
from conversations.http_tools import host_fits as fits
from conversations.models import HttpTool, User
from conversations.models.tool_rule import Approval

from .kind import Arguments, Result, Run, Tool, ToolError, Use, Words

logger = structlog.get_logger(__name__)

MARGIN = 2.0  # seconds: the request has its own clock, which says more when it is over


@dataclass(frozen=True, slots=True)
class Rows:
    """Those that are on, in order, as of a version of the policy."""

    version: int
    rows: tuple[HttpTool, ...]


_kept: Rows | None = None


def provided(person: User) -> Iterator[Tool]:
    """The tools that this person may use. Asks the database when an administrator has changed something since, and for
    the person's groups when they matter."""
    rows = _rows()
    groups = _groups(person) if any(row.group_names for row in rows) else frozenset[str]()
    for row in rows:
        if is_at_hand(row) and (not row.group_names or groups & set(row.group_names)):
            yield tool_of(row)


def tool_of(row: HttpTool) -> Tool:
    return Tool(
        name=row.name,
        label=words(row, row.label),
        explains=words(row, row.explains),
        description=row.description,
        parameters=row.parameters,
        run=_runner(row),
        approval=Approval(row.approval),
        seconds=row.seconds + MARGIN,
        most_characters=row.most_characters,
    )


def definition_of(row: HttpTool) -> Definition:
    """Its request. What came with the program asks the sandbox of this process, and only that can."""
    return Definition(
        name=row.name,
        method=Method(row.method),
        url=row.url,
        body=row.body,
        hosts=tuple(row.hosts.split()),
        seconds=row.seconds,
        most_bytes=row.most_kilobytes * 1000,
        base=_sandbox() if is_demo(row) else "",
    )


async def ask(row: HttpTool, arguments: Arguments) -> Outcome:
    """Ask its server once. Raises Failed, with words for the model."""
    tool = definition_of(row)
    try:
        if not is_demo(row) and not operator_allows(host_of(tool)):
            raise Failed(gettext_noop("The operator of this site does not let tools ask that server."))
        return await call(tool, arguments, secrets_of(row))
    except (Unfit, CannotUnlock) as error:
        logger.error("an HTTP tool cannot be used", tool=row.name, error=type(error).__name__)
        raise Failed(gettext_noop("This tool is not set up rightly; an administrator can mend it.")) from None


def secrets_of(row: HttpTool) -> Secrets:
    """Raises `crypto.CannotUnlock` when their key is gone."""
    return Secrets.of(row.secrets.open() if row.secrets else None)


def is_demo(row: HttpTool) -> bool:
    """Whether it asks the sandbox, as it came with the program; no other row can."""
    return row.shipped_version is not None and row.url == shipped_url(row.name)


def shipped_url(name: str) -> str:
    """The address that a tool came with, "" for one of the organisation's own."""
    return next((str(each["url"]) for each in shipped_tools.TOOLS if each["name"] == name), "")


def is_at_hand(row: HttpTool) -> bool:
    """Whether there is a server that could answer it."""
    return upstream.current().is_simulated and bool(_sandbox()) if is_demo(row) else True


def operator_allows(host: str) -> bool:
    """Whether the one who runs the site lets tools ask this server; without the setting every public one."""
    return not settings.CHATSITE_TOOL_HOSTS or fits(host, settings.CHATSITE_TOOL_HOSTS)


def refresh() -> None:
    """Read the rows again at their next use."""
    global _kept
    _kept = None


def _rows() -> Iterable[HttpTool]:
    global _kept
    version = standing.current().version
    if _kept is None or _kept.version != version:
        _kept = Rows(version, tuple(HttpTool.objects.filter(is_offered=True)))
    return _kept.rows


def _runner(row: HttpTool) -> Run:
    async def run(arguments: Arguments, use: Use) -> Result:
        try:
            text = (await ask(row, arguments)).text
            return Result(text, is_ours=text == NOTHING)
        except Failed as failed:
            logger.info("http tool failed", tool=row.name, status=failed.status, why=failed.why)
            raise ToolError(failed.words, **failed.values) from None

    return run


def words(row: HttpTool, words: str) -> Words:
    """What came with the program is known in every language, as long as nobody has changed it."""
    return gettext_lazy(words) if is_demo(row) and words else words


def _sandbox() -> str:
    """Where the sandbox of this process listens, without a path; "" when there is none."""
    reached = upstream.current()
    parts = urlsplit(reached.base_url if reached.is_simulated else "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _groups(person: User) -> frozenset[str]:
    return frozenset(person.groups.values_list("name", flat=True))
