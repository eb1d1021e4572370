"""The processes that read pictures: how they are asked, what they may, and what becomes of it when they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from conversations.imaging import Bounds, Broken, Encoded, NoReader, TooHard, readers
from conversations.imaging.readers import Readers
from conversations.imaging.wire import Order
from tests.waiting import eventually

from .files import photograph, picture, saved

ORDER = Order("prepare", 2, Bounds())
HOLDS = "import time; child.WORKS['prepare'] = lambda file, bounds: time.sleep(600)"
KILLS_ITSELF = "import os; child.WORKS['prepare'] = lambda file, bounds: os.abort()"
RUNS_ON = "child.SECONDS = 0; child.WORKS['prepare'] = lambda file, bounds: [None for each in iter(int, 1)]"
IS_POOR = "child.BASE, child.A_PIXEL = 40_000_000, 0"
TAKES_TWO = "child.PICTURES = 2"
GOES_TO_REST = "child.RESTS_AFTER = 0.01"

Changed = Callable[[str], Readers]


@pytest.fixture
def own() -> Iterator[Readers]:
    made = Readers()
    yield made
    while made._resting:
        made._resting.pop().end()


@pytest.fixture
def changed(own: Readers, monkeypatch: pytest.MonkeyPatch) -> Changed:
    """Readers whose processes are the real ones, but for a line that is run in each before it begins."""

    def with_line(line: str) -> Readers:
        program = f"from conversations.imaging import child; {line}; child.main()"
        monkeypatch.setattr(readers, "PROGRAM", ("-c", program))
        return own

    return with_line


@pytest.fixture
def said(own: Readers, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Readers]:
    """Readers that answer with these bytes, whatever they are asked."""

    def saying(data: bytes) -> Readers:
        program = f"import socket; link = socket.socket(fileno=0); link.recv(9999); link.sendall({data!r})"
        monkeypatch.setattr(readers, "PROGRAM", ("-c", program))
        return own

    return saying


def read_by(asked: Readers, data: bytes = photograph()) -> list[Encoded]:
    return asked.ask(ORDER, BytesIO(data))


def pid_of(asked: Readers) -> int:
    return asked._resting[-1]._process.pid


def is_there(pid: int) -> bool:
    """A dead one that nobody has waited for is there, too."""
    return Path(f"/proc/{pid}").exists()


class TestOneAfterTheOther:
    def test_the_same_process_reads_the_next_one(self, own: Readers) -> None:
        read_by(own)
        first = pid_of(own)
        with pytest.raises(Broken):
            read_by(own, photograph()[:300])
        full, small = read_by(own)
        assert (full.media_type, small.media_type) == ("image/jpeg", "image/webp")
        assert pid_of(own) == first

    def test_after_some_it_is_another(self, changed: Changed) -> None:
        own = changed(TAKES_TWO)
        read_by(own)
        first = pid_of(own)
        read_by(own)
        assert pid_of(own) == first
        read_by(own)
        assert pid_of(own) != first
        eventually(lambda: not is_there(first))

    def test_one_that_went_to_rest_is_gone_and_the_next_picture_is_read(self, changed: Changed) -> None:
        own = changed(GOES_TO_REST)
        read_by(own)
        first = pid_of(own)
        eventually(lambda: not is_there(first))
        assert read_by(own)

    def test_two_read_at_once_and_the_third_waits(self, changed: Changed) -> None:
        own = changed(HOLDS)
        with ThreadPoolExecutor(3) as threads:
            asked = [threads.submit(read_by, own) for _ in range(3)]
            eventually(lambda: len(running()) == 2)
            first, second = running()
            os.kill(first, signal.SIGKILL)
            eventually(lambda: running() - {first, second})
            for pid in running():
                os.kill(pid, signal.SIGKILL)
            for each in asked:
                assert isinstance(each.exception(), TooHard | NoReader)  # as far as it had come


def running() -> set[int]:
    """The readers of this test."""
    children = Path(f"/proc/self/task/{threading.main_thread().native_id}/children").read_text().split()
    for thread in threading.enumerate():
        path = Path(f"/proc/self/task/{thread.native_id}/children")
        children += path.read_text().split() if path.exists() else []
    return {int(pid) for pid in children if HOLDS.encode() in command_of(pid)}


def command_of(pid: str | int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class TestFiles:
    def test_one_on_disk_is_handed_over_as_it_is(self, own: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(photograph())
            monkeypatch.setattr(tempfile, "TemporaryFile", None)
            assert own.ask(ORDER, file)

    def test_no_room_for_a_copy_of_one_in_memory_is_told(self, own: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
        def full() -> Any:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(tempfile, "TemporaryFile", full)
        with pytest.raises(OSError, match="No space left"):
            read_by(own)
        monkeypatch.undo()
        assert read_by(own)


class TestWhatAReaderMay:
    def test_decoders_are_loaded_in_it_alone(self) -> None:
        program = (
            "import sys; from io import BytesIO; from conversations.imaging import Bounds, prepare;"
            "prepare(BytesIO(sys.stdin.buffer.read()), Bounds()); print({'PIL', 'pi_heif'} & set(sys.modules))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], input=photograph(), capture_output=True, cwd=readers.ROOT
        )
        assert (done.stdout, done.stderr) == (b"set()\n", b"")

    def test_it_knows_no_keys(self, own: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ZHIPUAI_API_KEY", "id.secret")
        read_by(own)
        names = {line.partition("=")[0] for line in Path(f"/proc/{pid_of(own)}/environ").read_text().split("\0")}
        assert names - {""} == set(readers.ENVIRONMENT)

    def test_it_writes_no_files_and_has_bounds(self, own: Readers) -> None:
        read_by(own)
        limits = {line[:26].strip(): line[26:].split()[:2] for line in lines_of(own, "limits")}
        assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
        assert limits["Max open files"] == ["16", "16"]
        assert limits["Max data size"][0] == str(200_000_000 + 24 * 50_000_000)
        assert 30 <= int(limits["Max cpu time"][0]) <= 32

    def test_it_ends_by_itself_and_not_because_a_service_is_told_to_end(self, own: Readers) -> None:
        read_by(own)
        first = pid_of(own)
        os.kill(first, signal.SIGTERM)
        os.kill(first, signal.SIGINT)
        read_by(own)
        assert pid_of(own) == first

    def test_it_gives_way(self, own: Readers) -> None:
        read_by(own)
        assert lines_of(own, "oom_score_adj") == ["500"]
        assert os.getpriority(os.PRIO_PROCESS, pid_of(own)) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)

    def test_it_ends_with_whoever_started_it(self) -> None:
        program = (
            "import sys, time; from io import BytesIO; from conversations import imaging;"
            "imaging.prepare(BytesIO(sys.stdin.buffer.read()), imaging.Bounds());"
            "print(imaging._readers._resting[0]._process.pid, flush=True); time.sleep(600)"
        )
        command = [sys.executable, "-c", program]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=readers.ROOT) as started:
            assert started.stdin is not None
            assert started.stdout is not None
            started.stdin.write(photograph())
            started.stdin.close()
            reader = int(started.stdout.readline())
            assert is_there(reader)
            started.kill()
        eventually(lambda: not is_there(reader) or command_of(reader) == b"")  # of one that nobody waited for


def lines_of(asked: Readers, name: str) -> list[str]:
    return lines_of_pid(pid_of(asked), name)


def lines_of_pid(pid: int, name: str) -> list[str]:
    return Path(f"/proc/{pid}/{name}").read_text().splitlines()


class TestWhenItGoesWrong:
    @pytest.mark.parametrize("line", [KILLS_ITSELF, RUNS_ON, IS_POOR])
    def test_a_picture_that_ends_its_reader_is_refused_and_the_next_is_read(
        self, changed: Changed, line: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = changed(line)
        with pytest.raises(TooHard):
            read_by(own, saved(picture(4000, 3000, colour="red"), "PNG", compress_level=1))
        monkeypatch.undo()
        assert read_by(own)

    def test_one_that_takes_too_long_is_refused_and_its_reader_ended(
        self, changed: Changed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = changed(HOLDS)
        monkeypatch.setattr(readers, "READ_WITHIN", 0.05)
        with pytest.raises(TooHard, match="-9"):
            read_by(own)
        assert not own._resting
        eventually(lambda: not running())

    @pytest.mark.parametrize(
        "answer",
        [
            b"+",
            b"+\0\0\0\2{}",
            b"+\xff\xff\xff\xff",
            b"+\0\0\0\2[[",
            b'+\0\0\0\x0b{"made":[]}',
            b'+\0\0\0\x24{"refused":"SystemExit","told":[0]}   ',
        ],
    )
    def test_what_no_reader_says_is_not_believed(self, said: Callable[[bytes], Readers], answer: bytes) -> None:
        with pytest.raises(TooHard):
            read_by(said(answer))

    def test_one_that_does_not_start_is_no_fault_of_the_picture(self, said: Callable[[bytes], Readers]) -> None:
        with pytest.raises(NoReader, match="exit code 0"):
            read_by(said(b""))

    def test_nor_is_one_that_is_not_there(self, own: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(NoReader, match="No such file"):
            read_by(own)
        monkeypatch.undo()
        assert read_by(own)
