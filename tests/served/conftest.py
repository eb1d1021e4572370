"""One served site for the tests of a worker that do not kill it, and fresh ones for those that do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.serving import serving
from tests.served.glm import Glm
from tests.served.kills import MODEL
from tests.served.site import Site, Visitor, clean_environment, signed_in

MODELS = ",".join((MODEL, "sandbox-plain", "sandbox-gated", "sandbox-huge", "sandbox-flood-5000"))
# Longer than a test keeps a gate shut on a busy machine, and shorter than the longest wait between two attempts.
READ_TIMEOUT = 8


@pytest.fixture(scope="session")
def glm() -> Iterator[Glm]:
    with serving() as address:
        yield Glm(address)


@pytest.fixture(scope="session")
def shared_site(glm: Glm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site") / "data"
    settings = {**glm.settings, "CHATSITE_READ_TIMEOUT": READ_TIMEOUT}
    with Site(data, clean_environment(), **settings) as site:
        site.add_people(ann="member", bob="member", carol="member", root="administrator")
        yield site


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "data", clean_environment(), CHATSITE_MODELS=MODELS) as site:
        site.add_person("ann")
        yield site


# Signed in once: the number of sign-ins from one address is limited.
@pytest.fixture(scope="session")
def ann(shared_site: Site) -> Iterator[Visitor]:
    with signed_in(shared_site, "ann") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def bob(shared_site: Site) -> Iterator[Visitor]:
    with signed_in(shared_site, "bob") as visitor:
        yield visitor
