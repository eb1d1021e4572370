"""One served site for the tests of a worker that do not kill it, and fresh ones for those that do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.serving import serving
from tests.served.glm import Glm
from tests.served.kills import MODEL
from tests.served.prepared import Prepared
from tests.served.prepared import prepared as prepared
from tests.served.site import Site, Visitor, signed_in

MODELS = ",".join(
    (MODEL, "sandbox-plain", "sandbox-sensitive-output", "sandbox-gated", "sandbox-huge", "sandbox-flood-5000")
)
# Longer than a test keeps a gate shut on a busy machine, and shorter than the longest wait between two attempts.
READ_TIMEOUT = 8


@pytest.fixture(scope="session")
def glm() -> Iterator[Glm]:
    with serving() as address:
        yield Glm(address)


@pytest.fixture(scope="session")
def shared_site(glm: Glm, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site") / "data"
    with prepared.site(data, **glm.settings, CHATSITE_READ_TIMEOUT=READ_TIMEOUT) as site:
        yield site


@pytest.fixture
def own_site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    with prepared.site(tmp_path / "data", CHATSITE_MODELS=MODELS) as site:
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
