"""GLM's models as this process knows them: what is shipped and what administrators changed, read once for each version.

    entry = catalogue.entry("glm-4.6v")         # never fails: an unknown name gets cautious abilities
    entry.sees, entry.context_tokens, entry.thinks, entry.efforts, entry.successor, entry.concurrency
    catalogue.offered("bigmodel.cn")            # the entries of a host that a conversation may choose, in order
    catalogue.current().entries                 # everything, retired and other kinds too

Nothing here asks the database but `refresh`, which the background does every few seconds: the path of a reply and the
event loop may ask at any time. Until the first refresh it is the shipped catalogue. `upstream` adds to this what the
server in use is and what the settings say; pages should ask there: `upstream.entry(name)`, `upstream.offered_models()`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from conversations import families
from conversations.families import Entry, Kind
from conversations.models import CatalogueModel, Policy

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`entries` by name, in the order of their offer. `default` is the name that an administrator chose, or ""."""

    version: int
    entries: Mapping[str, Entry] = field(default_factory=dict)
    default: str = ""


SHIPPED = Catalogue(version=-1, entries=families.SHIPPED)

_current = SHIPPED
_refreshing = threading.Lock()


def current() -> Catalogue:
    return _current


def entry(model_name: str) -> Entry:
    """What is known of a model. A name of open weights is found by the model it is of; anything else is `unknown`."""
    return families.find(model_name, _current.entries) or families.unknown(model_name)


def offered(host: str = "") -> tuple[Entry, ...]:
    """The models that people may choose for a conversation, best first; with `host`, those that it serves, and those of
    which nobody said who does."""
    return _at(host, (each for each in _current.entries.values() if each.is_offered and each.is_for_chat))


def makers(kind: Kind, host: str = "") -> tuple[Entry, ...]:
    """The same of models that make images, or videos."""
    return _at(host, (each for each in _current.entries.values() if each.is_offered and each.kind is kind))


def _at(host: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(each for each in entries if not (host and each.hosts) or host in each.hosts)


def refresh() -> Catalogue:
    """Read the catalogue again if the policy has another version than what is known; one query when it has not."""
    global _current
    with _refreshing:
        version = Policy.current().version
        if _current.version != version:
            _current = _read(version)
    return _current


def _read(version: int) -> Catalogue:
    rows = list(CatalogueModel.objects.all())
    entries = {row.name: each for row in rows if (each := _entry_of(row)) is not None}
    return Catalogue(version, entries, default=next((row.name for row in rows if row.is_default), ""))


def _entry_of(row: CatalogueModel) -> Entry | None:
    """A row that cannot be understood is the same as none: its model gets cautious abilities."""
    try:
        return row.entry
    except (ValueError, TypeError, ArithmeticError) as error:
        logger.error("a row of the catalogue cannot be used", model=row.name, error=str(error))
        return None
