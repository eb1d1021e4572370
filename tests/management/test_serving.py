"""The ground `serve` stands on, piece by piece."""

import socket
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from conversations.management.serving import directory, port, stamp
from conversations.management.serving.refusal import CannotServe


class TestDirectory:
    def test_it_is_made_for_its_owner_only(self, tmp_path: Path) -> None:
        with ExitStack() as undo:
            directory.take(tmp_path / "a" / "b", undo)
            assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700

    def test_an_open_one_is_closed_to_others(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        with ExitStack() as undo:
            directory.take(tmp_path, undo)
            assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_what_was_made_is_taken_back(self, tmp_path: Path) -> None:
        with ExitStack() as undo:
            directory.take(tmp_path / "a" / "b", undo)
        assert list(tmp_path.iterdir()) == []

    def test_what_was_there_stays(self, tmp_path: Path) -> None:
        (tmp_path / "kept").touch()
        with ExitStack() as undo:
            directory.take(tmp_path, undo)
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]

    def test_a_second_hand_is_refused_and_the_first_keeps_it(self, tmp_path: Path) -> None:
        with ExitStack() as first, ExitStack() as second:
            directory.take(tmp_path, first)
            for _ in range(2):
                with pytest.raises(CannotServe, match="already running"):
                    directory.take(tmp_path, second)
            second.close()
            assert (tmp_path / "lock").exists()


class TestPort:
    def test_zero_takes_a_free_one(self) -> None:
        with port.listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
            assert listener.getsockname()[1] > 0

    def test_ipv6_is_listened_on_too(self) -> None:
        with port.listen("::1", 0) as listener:
            assert listener.family == socket.AF_INET6

    def test_a_taken_one_is_named(self) -> None:
        with port.listen("127.0.0.1", 0) as first:
            number = first.getsockname()[1]
            with pytest.raises(CannotServe, match=f"Port {number} is taken"):
                port.listen("127.0.0.1", number)

    @pytest.mark.parametrize("host", ["192.0.2.1", "256.1.1.1"])
    def test_a_foreign_address_is_named(self, host: str) -> None:
        with pytest.raises(CannotServe, match=f"HOST is no address of this machine: {host}"):
            port.listen(host, 0)


class TestStamp:
    @pytest.fixture(autouse=True)
    def _own_program(self, settings: Settings, tmp_path: Path) -> None:
        settings.BASE_DIR = settings.CHATSITE_DATA_DIR = tmp_path
        (tmp_path / "static").mkdir()
        (tmp_path / "static" / "a.css").write_text("a{}")
        (tmp_path / "uv.lock").touch()

    def test_a_new_data_directory_is_not_prepared(self) -> None:
        assert not stamp.is_current()

    def test_once_prepared_it_stays_so(self) -> None:
        stamp.renew()
        assert stamp.is_current()

    def test_a_changed_new_or_missing_file_is_seen(self, tmp_path: Path) -> None:
        stamp.renew()
        (tmp_path / "static" / "b.css").touch()
        assert not stamp.is_current()
        stamp.renew()
        (tmp_path / "static" / "b.css").write_text("b{}")
        assert not stamp.is_current()
        stamp.renew()
        (tmp_path / "static" / "b.css").unlink()
        assert not stamp.is_current()
