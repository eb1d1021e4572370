"""What has to be on the disk is brought there once for all who wait."""

import os
import threading
from pathlib import Path

import pytest

from chatsite.sqlite import write_ahead
from chatsite.sqlite.write_ahead import WriteAheadLog
from tests.waiting import eventually


class Disk:
    """Stands for the slow part; `files` are the inodes that it was asked for."""

    def __init__(self, *, is_slow: bool = False) -> None:
        self.files: list[int] = []
        self.may_go_on = threading.Event()
        if not is_slow:
            self.may_go_on.set()

    def take(self, descriptor: int) -> None:
        self.files.append(os.fstat(descriptor).st_ino)
        assert self.may_go_on.wait(10)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "site.sqlite3-wal").write_bytes(b"frames")
    return tmp_path / "site.sqlite3"


def test_the_log_is_brought_to_the_disk_each_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, log = Disk(), WriteAheadLog(str(file))
    monkeypatch.setattr(write_ahead, "to_disk", disk.take)
    log.sync()
    log.sync()
    assert disk.files == [Path(f"{file}-wal").stat().st_ino] * 2


def test_those_who_come_meanwhile_share_the_next_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That which is under way may have begun before they had written."""
    disk, log = Disk(is_slow=True), WriteAheadLog(str(file))
    monkeypatch.setattr(write_ahead, "to_disk", disk.take)
    threads = [threading.Thread(target=log.sync) for _ in range(6)]
    threads[0].start()
    eventually(lambda: disk.files)
    for each in threads[1:]:
        each.start()
    eventually(lambda: log._asked == len(threads))
    assert all(each.is_alive() for each in threads)
    disk.may_go_on.set()
    for each in threads:
        each.join()
    assert len(disk.files) == 2


def test_a_failure_is_everybodys_own(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("broken")

    log = WriteAheadLog(str(file))
    monkeypatch.setattr(write_ahead, "to_disk", fail)
    for _ in range(2):
        with pytest.raises(OSError, match="broken"):
            log.sync()


def test_without_a_log_all_is_on_the_disk_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    monkeypatch.setattr(write_ahead, "to_disk", disk.take)
    WriteAheadLog(str(tmp_path / "site.sqlite3")).sync()
    assert disk.files == []


def test_a_new_log_keeps_its_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[int] = []
    log = WriteAheadLog(str(file))
    monkeypatch.setattr(os, "fsync", lambda descriptor: folders.append(os.fstat(descriptor).st_ino))
    monkeypatch.setattr(write_ahead, "to_disk", Disk().take)
    log.sync()
    log.sync()
    assert folders == [file.parent.stat().st_ino]
