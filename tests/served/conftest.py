"""One served site for the tests of a worker that do not kill it, and fresh ones for those that do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served.kills import MODEL
from tests.served.site import Site, Visitor, clean_environment, signed_in

# Scenarios with numbers in their names are not in the sandbox's own list.
MODELS = ",".join((MODEL, "sandbox-plain", "sandbox-gated", "sandbox-huge", "sandbox-flood-5000"))


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site") / "data", clean_environment(), CHATSITE_MODELS=MODELS) as site:
        site.add_person("ann")
        site.add_person("bob")
        yield site


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "data", clean_environment(), CHATSITE_MODELS=MODELS) as site:
        site.add_person("ann")
        yield site


@pytest.fixture
def ann(shared_site: Site) -> Iterator[Visitor]:
    with signed_in(shared_site, "ann") as visitor:
        yield visitor


@pytest.fixture
def bob(shared_site: Site) -> Iterator[Visitor]:
    with signed_in(shared_site, "bob") as visitor:
        yield visitor
