"""The file of a backup: what is not exactly as it was saved is refused."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from conversations.management.archive import keys
from conversations.management.archive.bundle import FORMAT, MANIFEST, Bundle, Damaged, Manifest, unpack


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    (tmp_path / "media" / "a").mkdir(parents=True)
    (tmp_path / "media" / "a" / "b.txt").write_text("one")
    (tmp_path / "database").write_bytes(b"rows" * 10_000)
    with Bundle(tmp_path / "saved.tar") as bundle:
        bundle.add_folder(tmp_path / "media")
        bundle.add(tmp_path / "database", "database.sqlite3")
        (tmp_path / "media" / "late.txt").write_text("two")
        bundle.add(tmp_path / "media" / "gone.txt", "media/gone.txt")
        bundle.add_folder(tmp_path / "media")
        bundle.seal(Manifest("sqlite", "2026-11-20T22:00:00Z", [["auth", "0001_initial"]], 3, bundle.files))
    return tmp_path / "saved.tar"


def test_everything_comes_back_once(saved: Path, tmp_path: Path) -> None:
    manifest = unpack(saved, tmp_path / "new")
    found = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*.*")}
    assert found == set(manifest.files) == {"media/a/b.txt", "media/late.txt", "database.sqlite3"}
    assert (tmp_path / "new" / "database.sqlite3").read_bytes() == b"rows" * 10_000
    assert (manifest.people, manifest.migrations) == (3, [["auth", "0001_initial"]])


@pytest.mark.parametrize(("people", "words"), [(0, "0 people"), (1, "1 person"), (4, "4 people")])
def test_people_are_counted_in_words(people: int, words: str) -> None:
    assert Manifest("sqlite", "", [], people).people_counted == words


def test_a_changed_byte_is_found(saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[content.index(b"rowsrows") + 4001] ^= 1
    saved.write_bytes(content)
    with pytest.raises(Damaged, match=r"database\.sqlite3 is not what was saved"):
        unpack(saved, tmp_path / "new")


@pytest.mark.parametrize("left", [0, 100, 20_000, -9_000])
def test_an_end_that_is_missing_is_found(saved: Path, tmp_path: Path, left: int) -> None:
    saved.write_bytes(saved.read_bytes()[:left])
    with pytest.raises(Damaged):
        unpack(saved, tmp_path / "new")


def test_something_else_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear somebody" * 100)
    with pytest.raises(Damaged):
        unpack(tmp_path / "letter.txt", tmp_path / "new")


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    with Bundle(tmp_path / "saved.tar") as bundle:
        bundle.seal(Manifest("sqlite", "", [], 0, {}, FORMAT + 1))
    with pytest.raises(Damaged, match="newer version"):
        unpack(tmp_path / "saved.tar", tmp_path / "new")


@pytest.mark.parametrize(
    ("name", "kind"), [("../out", tarfile.REGTYPE), ("/tmp/out", tarfile.REGTYPE), ("media/link", tarfile.SYMTYPE)]
)
def test_nothing_is_written_outside(saved: Path, tmp_path: Path, name: str, kind: bytes) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
        with tarfile.open(saved) as good:
            manifest = good.getmember(MANIFEST)
            tar.addfile(manifest, good.extractfile(manifest))
    with pytest.raises(Damaged, match="no backup holds"):
        unpack(tmp_path / "evil.tar", tmp_path / "new")


def test_links_are_not_followed_into_a_backup(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "link").symlink_to("/etc/passwd")
    with Bundle(tmp_path / "saved.tar") as bundle:
        bundle.add_folder(tmp_path / "media")
        assert bundle.files == {}


class TestKeys:
    def test_keys_of_this_and_later_kinds_are_found(self, tmp_path: Path) -> None:
        for name in ("secret.key", "evidence.keys", "chatsite.sqlite3", "prepared"):
            (tmp_path / name).write_text(name)
        assert keys.found(tmp_path) == {"secret.key": "secret.key", "evidence.keys": "evidence.keys"}

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"keys": 1}', '{"keys": {"../x.key": ""}}', '{"keys": {"x": ""}}']
    )
    def test_another_file_holds_none(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "file").write_text(text)
        with pytest.raises(ValueError):
            keys.read(tmp_path / "file")

    def test_an_existing_file_is_never_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(FileExistsError):
            keys.save({}, tmp_path / "file")

    def test_a_draft_that_was_left_is_no_hindrance(self, tmp_path: Path) -> None:
        (tmp_path / ".secret.key.new").write_text("left")
        keys.put({"secret.key": "mine"}, tmp_path)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"secret.key": "mine"}
