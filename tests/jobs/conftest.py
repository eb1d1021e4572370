from __future__ import annotations

from collections.abc import Callable

import pytest

from conversations import upstream
from conversations.models import User
from tests import people
from tests.jobs.fake_later import Answer, FakeLater


@pytest.fixture
def ada(db: None) -> User:
    return people.person("ada")


@pytest.fixture
def glm(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeLater]:
    """Make the GLM that all jobs are handed to."""

    def make(*answers: Answer) -> FakeLater:
        fake = FakeLater(*answers)
        monkeypatch.setattr(upstream, "blocking_client", lambda: fake.client)
        return fake

    return make
