import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus

import pytest
import structlog
from django.test import Client
from structlog.contextvars import bound_contextvars

from chatsite.logs import LINE, HideAddress, Json, Line, NameRequest, as_line
from conversations import first_run
from tests.people import person

logger = structlog.get_logger("conversations.some")
CODE = "01a2223e-3d85-702a-a73a-a68b111d0475"


def test_an_event_is_one_line_with_its_facts(caplog: pytest.LogCaptureFixture) -> None:
    logger.warning("turn ended", turn=3, state="100 %s")
    assert caplog.messages == ["turn ended turn=3 state='100 %s'"]
    assert caplog.records[0].name == "conversations.some"


def test_a_level_that_is_off_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "conversations.some")
    logger.warning("turn ended")
    assert caplog.messages == []


def test_an_exception_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        logger.exception("work failed")
    assert "ValueError: odd" in caplog.text


def test_a_line_break_in_a_fact_cannot_forge_a_line() -> None:
    (line,), _ = as_line(None, "info", {"event": "said", "text": "a\nb"})
    assert "\n" not in line


ROWS = """psycopg.errors.NotNullViolation: null value in column "depth" violates not-null constraint
DETAIL:  Failing row contains (1, my secret
on two lines, null).
"""


def failed_with_a_row() -> logging.LogRecord:
    """Django's error around PostgreSQL's, which tells the row."""
    try:
        try:
            raise ValueError(ROWS)
        except ValueError as error:
            raise RuntimeError(ROWS) from error
    except RuntimeError:
        return logging.makeLogRecord({"msg": "not stored", "exc_info": sys.exc_info(), "of_request": ""})


@pytest.mark.parametrize("formatter", [Line(LINE), Json()], ids=["line", "json"])
def test_rows_of_the_database_stay_out_of_tracebacks(formatter: logging.Formatter) -> None:
    line = formatter.format(failed_with_a_row())
    assert "secret" not in line
    assert "two lines" not in line
    assert line.count("null value in column") == 2
    assert "RuntimeError" in line


def test_json_has_the_facts_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    with bound_contextvars(request="01JD7-QK2MX"):
        logger.warning("turn ended", turn=3, level="high", name="月亮")
    line = json.loads(Json().format(caplog.records[0]))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert line == {
        "level": "warning",
        "logger": "conversations.some",
        "event": "turn ended",
        "turn": 3,
        "name": "月亮",
        "request": "01JD7-QK2MX",
    }


def test_lines_of_other_loggers_are_objects_too() -> None:
    record = logging.makeLogRecord({"msg": "took %d s\n", "args": (3,), "levelname": "ERROR", "name": "daphne"})
    with bound_contextvars(request="01JD7-QK2MX"):
        text = Json().format(record)
        assert NameRequest().filter(record)
    assert "\n" not in text
    assert (json.loads(text)["event"], json.loads(text)["request"]) == ("took 3 s\n", "01JD7-QK2MX")
    assert record.of_request == " request='01JD7-QK2MX'"


def test_warnings_are_objects_too() -> None:
    script = "import warnings, django; django.setup(); warnings.warn('so\\nso')"
    settings = {"DJANGO_SETTINGS_MODULE": "chatsite.settings", "CHATSITE_LOG_FORMAT": "json"}
    ran = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **settings}, capture_output=True, check=True
    )
    (line,) = ran.stderr.splitlines()
    told = json.loads(line)
    assert (told["logger"], told["level"]) == ("py.warnings", "warning")
    assert "so\nso" in told["event"]


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What Django's loggers say, behind the filter of the log."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(HideAddress())
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security.csrf")]
    for each in loggers:
        each.addHandler(handler)
    yield lines
    for each in loggers:
        each.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/setup/secret-token/", "Not Found: /setup/<token>/"),
        ("/invitation/secret-token/", "Not Found: /invitation/<token>/"),
        ("/secret-token/", "Not Found: an address that leads nowhere"),
        (f"/pictures/{CODE}/secret/", "Not Found: an address that leads nowhere"),
    ],
)
def test_an_address_is_named_by_its_route(path: str, told: str, said: list[str]) -> None:
    Client().get(path)
    assert said == [told]


@pytest.mark.django_db
def test_codes_are_named(said: list[str]) -> None:
    client = Client()
    client.force_login(person("ada"), "conversations.web.account.AccountBackend")
    client.get(f"/c/{CODE}/usage/")
    assert said == [f"Not Found: /c/{CODE}/usage/"]


@pytest.mark.django_db
def test_a_forged_form_names_no_token(said: list[str]) -> None:
    Client(enforce_csrf_checks=True).post("/setup/secret-token/")
    assert said
    assert all(line.endswith(": /setup/<token>/") for line in said)


@pytest.mark.django_db
def test_what_people_were_told_is_not_told_again(said: list[str]) -> None:
    token = first_run.current_token()
    answer = Client().post(f"/setup/{token}/", {"username": "ada", "password": "short"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said == []
