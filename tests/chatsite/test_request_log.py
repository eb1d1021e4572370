import json
import logging
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from chatsite.logs import Json

PATTERN = "/c/<uuid:code>/"


@pytest.fixture
def lines(settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, object]]]:
    """What the log says, one object a line; complete once the test has ended its requests."""
    settings.CHATSITE_LOG_REQUESTS = True
    caplog.set_level(logging.INFO, "chatsite")
    said: list[dict[str, object]] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(json.loads(Json().format(record)))  # type: ignore[method-assign]
    logger = logging.getLogger("chatsite.request_log")
    logger.addHandler(handler)
    yield said
    logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_number(lines: list[dict[str, object]]) -> None:
    code = uuid.uuid4()
    answer = Client().get(f"/c/{code}/?before=words")
    (line,) = lines
    assert (line["method"], line["route"], line["code"], line["status"]) == ("GET", PATTERN, str(code), 302)
    assert line["request"] == answer["X-Request-ID"]
    assert isinstance(line["ms"], float)


@pytest.mark.django_db
def test_neither_tokens_nor_searches_nor_unknown_paths_are_named(lines: list[dict[str, object]]) -> None:
    visitor = Client()
    visitor.get("/setup/secret-token/")
    visitor.get("/accounts/login/?next=/secret-search/")
    visitor.get("/secret-path/")
    assert [line["route"] for line in lines] == ["/setup/<str:token>/", "/accounts/login/", None]
    assert "secret" not in json.dumps(lines)


@pytest.mark.django_db
def test_it_is_off_unless_wanted(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.CHATSITE_LOG_REQUESTS = False
    caplog.set_level(logging.INFO, "chatsite")
    Client().get("/accounts/login/")
    assert caplog.messages == []
