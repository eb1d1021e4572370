import uuid
from typing import Any

import pytest

from conversations.models import User
from tests import people
from tests.live.site import served


@pytest.fixture
def ada(db: None) -> User:
    return people.person("ada")


@pytest.fixture
def bob(db: None) -> User:
    return people.person("bob")


@pytest.fixture
def code() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture
def site(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: served(django_capture_on_commit_callbacks)
