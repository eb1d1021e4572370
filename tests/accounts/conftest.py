import pytest

from conversations.accounts import add_person
from conversations.models import User

PASSWORD = "correct horse battery"


@pytest.fixture
def root(db: None) -> User:
    return add_person("root", PASSWORD, "administrator")


@pytest.fixture
def ann(db: None) -> User:
    return add_person("ann", PASSWORD, "member")
