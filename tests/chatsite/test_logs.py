import logging

import pytest
import structlog

from chatsite.logs import as_line

logger = structlog.get_logger("conversations.some")


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
