"""What every test stands on: async tests in the test's own thread, and no network beyond this machine."""

import gc
import inspect
import ipaddress
import os
import signal
import socket
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels import consumer
from channels.generic import websocket
from django.utils import translation
from hypothesis import settings

from conversations import catalogue, db, faults, line, rooms, standing
from conversations.tools import http
from tests import stores
from tests.guards import _flush_lifts_guards as _flush_lifts_guards
from tests.needs import NOT_RUN, everything_is_wanted

LEFT_OUT = pytest.StashKey[str]()
OWN_NAMES = ("CHATSITE_", "ZHIPU", "ZAI_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure() -> None:
    """Who runs in the background is deaf to Ctrl-C, and so would be the programs that tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return None if stores.may_hold_tests(collection_path) else True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests stay in memory to the end. No search for leftovers goes through them, then or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async test through async_to_sync: its database work then happens in the test's transaction."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    async_to_sync(pyfuncitem.obj)(**{name: pyfuncitem.funcargs[name] for name in wanted})
    return True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each run takes its own tests. Drills repeat for minutes: only `--all` runs them."""
    if left := [item for item in items if not stores.belongs_here(item)]:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if stores.belongs_here(item)]
    # One after the other, so that they share a browser; and first, because what is long should not begin last.
    items.sort(key=lambda item: [mark not in item.keywords for mark in ("journey", "served")])
    if not everything_is_wanted():
        for item in items:
            if item.get_closest_marker("drill"):
                item.add_marker(pytest.mark.skip(reason=f"{NOT_RUN}drills, which take minutes"))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reasons = Counter(
        report.longrepr[2].split(NOT_RUN)[1]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and NOT_RUN in report.longrepr[2]
    )
    config.stash[LEFT_OUT] = "; ".join(f"{count} tests: {reason}" for reason, count in sorted(reasons.items()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line says what was not run."""
    if left_out := config.stash.get(LEFT_OUT, ""):
        print(f"Not run ({left_out}). ./chat test --all leaves nothing out.")


@pytest.fixture(autouse=True)
def _database_work_stays_in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "inline", True)


@pytest.fixture(autouse=True)
def _sockets_leave_the_transaction_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Channels closes idle connections before each message, and takes that of a test for one."""

    async def nothing() -> None: ...

    for module in (consumer, websocket):
        monkeypatch.setattr(module, "aclose_old_connections", nothing)


@pytest.fixture(autouse=True)
def _policy_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with the policy as it is shipped, which no query needs to find out."""
    monkeypatch.setattr(standing, "_standing", standing.Standing(version=0))
    monkeypatch.setattr(catalogue, "_current", catalogue.SHIPPED)
    monkeypatch.setattr(http, "_kept", None)


@pytest.fixture(autouse=True)
def _account_has_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_known", ())


@pytest.fixture(autouse=True)
def _everybody_has_left() -> None:
    """No test finds places taken, or people in line, that another has left."""
    rooms.rooms.__init__()  # type: ignore[misc]
    line._places.clear()


@pytest.fixture(autouse=True)
def _words_are_english() -> Iterator[None]:
    """A request leaves its language behind in the thread, which in tests is everybody's."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine; a test that needs one is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
        yield


def _only_here(real: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise PermissionError(f"Tests may not reach {address[0]}.")
        return real(self, address)

    return connect


def _is_here(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment for a child process: ours without any setting of the site."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_NAMES)}
