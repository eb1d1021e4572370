"""What a server may answer instead of a file, and what becomes of the job then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from conversations import upstream
from conversations.glm import GlmError
from conversations.jobs import Stopped, copying
from conversations.models import Job

URL = "https://files.test/v.mp4"


def answers(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    @contextmanager
    def sent(*_args: Any, **_more: Any) -> Iterator[Any]:
        yield SimpleNamespace(status=status, media_type="text/html")

    monkeypatch.setattr(copying.blocking, "sent", sent)
    monkeypatch.setattr(upstream, "_sandbox_base", "http://127.0.0.1:9/api/paas/v4")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_trouble_of_the_server_passes(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, status)
    with pytest.raises(GlmError), copying.copied(Job(), URL):
        pass


@pytest.mark.parametrize("status", [408, 429, 503])
def test_trouble_that_does_not_pass_is_the_end(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, status)
    with pytest.raises(Stopped) as stopped, copying.copied(Job(failure_count=copying.PATIENCE), URL):
        pass
    assert (stopped.value.trouble, stopped.value.trouble_code) == (copying.LINK_DEAD, str(status))


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 404, 410])
def test_a_link_that_is_dead_is_not_tried_again(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, status)
    with pytest.raises(Stopped) as stopped, copying.copied(Job(), URL):
        pass
    assert (stopped.value.trouble, stopped.value.trouble_code) == (copying.LINK_DEAD, str(status))
