"""Static files as they are served: sheets in one file and scripts in another, those of rare pages apart, without
comments; names hashed, contents compressed.

Joining waits until files are collected. While debugging nothing is collected, and pages name each file singly.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from chatsite import compact
from conversations.templatetags.chat import joined


class JoinedFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Adds the joined files to those that were collected; from then on they are files like all others."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            for whole, parts in joined().items():
                self._join(whole, parts, paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join(self, whole: str, parts: Sequence[str], paths: dict[str, Any]) -> None:
        self.delete(whole)
        make = compact.sheet if whole.endswith(".css") else compact.script
        content = "\n".join(self._read(part) for part in parts)
        self._save(whole, ContentFile(make(content).encode()))
        paths[whole] = (self, whole)

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            content: bytes = file.read()
        return content.decode()
