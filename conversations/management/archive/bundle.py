"""The file of a backup: a tar with the database, the media and, as its last member, a manifest with checksums.

A tar without its manifest was not finished; one whose sums do not fit was damaged. Both are refused before anything of
the site is touched.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"
PIECE = 1 << 20


class Damaged(Exception):
    """The text says what is wrong with a backup."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: `files` are sizes and sums by name; `migrations` and `people` as far as they are known."""

    engine: str
    made_at: str
    migrations: list[list[str]]
    people: int | None
    files: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def people_counted(self) -> str:
        """How many people, in words: "1 person", "4 people"."""
        return "1 person" if self.people == 1 else f"{self.people} people"


class Summed(io.RawIOBase):
    """Passes on what is read and keeps its sum."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._sum = source, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        self._sum.update(data)
        return data

    @property
    def sum(self) -> str:
        return self._sum.hexdigest()


class Bundle:
    """A backup being written."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed with us
        self.files: dict[str, list[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._tar.close()

    def add(self, path: Path, name: str) -> None:
        """Add a file; one that is gone by now is passed over."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            member = self._tar.gettarinfo(arcname=name, fileobj=source)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            summed = Summed(source)
            self._tar.addfile(member, summed)
        self.files[name] = [member.size, summed.sum]

    def add_folder(self, folder: Path) -> None:
        """Add the files below a folder that are not in the backup yet."""
        for path in sorted(folder.rglob("*")):
            name = f"{MEDIA}/{path.relative_to(folder).as_posix()}"
            if name not in self.files and path.is_file() and not path.is_symlink():
                self.add(path, name)

    def seal(self, manifest: Manifest) -> None:
        text = json.dumps(asdict(manifest), indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(text)
        self._tar.addfile(member, io.BytesIO(text))


def unpack(path: Path, folder: Path) -> Manifest:
    """Write what a backup holds below `folder`, every sum compared; raises Damaged."""
    try:
        with tarfile.open(path) as tar:
            manifest = _manifest(tar)
            found = {member.name: _extract(tar, member, folder) for member in _members(tar)}
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(f"it is damaged ({error})") from error
    if found != manifest.files:
        wrong = sorted(name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name))
        raise Damaged(f"it is damaged ({wrong[0]} is not what was saved)")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    try:
        source = tar.extractfile(MANIFEST)
        assert source is not None  # noqa: S101 - a regular file
        facts = json.load(source)
    except KeyError:
        raise Damaged("it is no backup of this program, or was never finished") from None
    if facts["format"] > FORMAT:
        raise Damaged("it comes from a newer version of this program")
    return Manifest(**{**facts, "files": {name: list(each) for name, each in facts["files"].items()}})


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        if member.name != MANIFEST:
            path = PurePosixPath(member.name)
            if not member.isfile() or path.is_absolute() or ".." in path.parts:
                raise Damaged(f"it holds something that no backup holds ({member.name})")
            yield member


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> list[Any]:
    source = tar.extractfile(member)
    assert source is not None  # noqa: S101 - a regular file
    summed, path = Summed(source), folder / member.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as target:
        while data := summed.read(PIECE):
            target.write(data)
    path.chmod(0o600)
    return [member.size, summed.sum]
