"""The sandbox of a site without a key, as a child of the process that serves."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator

import httpx
import pytest

from chatsite.logs import Json
from conversations.management.serving import sandbox_child
from conversations.management.serving.sandbox_child import SandboxChild
from tests.waiting import eventually


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxChild]:
    monkeypatch.setattr(sandbox_child, "HEAD_START", 0)
    loop = asyncio.new_event_loop()
    found = SandboxChild("id.secret")
    keeping = loop.create_task(found.keep_running())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield found
    loop.call_soon_threadsafe(keeping.cancel)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    found.stop()
    loop.close()


def test_its_lines_are_lines_of_our_log(child: SandboxChild, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "conversations.sandbox")
    httpx.get(f"{child.base_url}/models", timeout=60, trust_env=False)
    (record,) = eventually(lambda: [each for each in caplog.records if "/models" in each.getMessage()])
    told = json.loads(Json().format(record))
    assert (told["logger"], told["level"]) == ("conversations.sandbox", "info")
    assert told["event"].startswith("GET ")
