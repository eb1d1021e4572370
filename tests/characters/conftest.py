"""Somebody with an empty storage."""

from __future__ import annotations

import pytest
from django.core.files.storage import InMemoryStorage, default_storage

from conversations.models import User
from tests.people import person


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """Of this test alone."""
    own = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", own)
    return own
