"""Pictures in a bucket of an S3-compatible storage, which nobody but this site reads. Loaded only where one is set:
what it needs takes 30 MB of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

# Seconds, and tries in all: a page waits for it.
ANSWERS = {"connect_timeout": 5, "read_timeout": 20, "retries": {"mode": "standard", "total_max_attempts": 3}}


class Bucket(S3Storage):  # type: ignore[misc]
    """What goes wrong is an OSError, as with a disk, and what is not there a FileNotFoundError. With an endpoint of its
    own the bucket is a part of the path, which every storage of this kind understands."""

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(signature_version="s3v4", s3={"addressing_style": style}, **ANSWERS)
        # Names are drawn at random: nothing is ever written over. One thread a file is enough for pictures.
        fixed = {"file_overwrite": True, "default_acl": None, "transfer_config": TransferConfig(use_threads=False)}
        super().__init__(**fixed, client_config=config, **options)

    def open_part(self, name: str, first: int, length: int) -> IO[bytes]:
        """`length` bytes of a file from `first` on, as they come: `open` would fetch the whole of it before."""
        with _as_of_a_disk(name):
            wanted = self.bucket.Object(self._normalize_name(clean_name(name)))
            answer = wanted.get(Range=f"bytes={first}-{first + length - 1}")
        body: IO[bytes] = answer["Body"]
        return body

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with _as_of_a_disk(name):
            file: File[bytes] = super()._open(name, mode)
            _ = file.file  # here, where its failures are told apart
            return file

    def _save(self, name: str, content: Any) -> str:
        with _as_of_a_disk(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_of_a_disk(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_of_a_disk(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _as_of_a_disk(name):
            return int(super().size(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _as_of_a_disk(path):
            folders, files = super().listdir(path)
            return folders, files


@contextmanager
def _as_of_a_disk(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
            raise FileNotFoundError(name) from error
        raise OSError(f"the storage refused {name}: {error.response['Error'].get('Code')}") from error
    except BotoCoreError as error:
        raise OSError(f"the storage did not answer for {name}: {type(error).__name__}") from error
