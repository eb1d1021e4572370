"""An S3-compatible storage as a process of its own, with an empty bucket for each test."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator

import httpx
import pytest
from django.core.files.storage import default_storage

from chatsite.s3 import Bucket
from tests.served.site import free_port
from tests.waiting import eventually

KEY_ID, SECRET, REGION = "a-key", "a-secret", "us-east-1"


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/moto-api/", timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def new_bucket(address: str, name: str = "") -> Bucket:
    options = {"endpoint_url": address, "region_name": REGION, "access_key": KEY_ID, "secret_key": SECRET}
    made = Bucket(bucket_name=name or f"pictures-{uuid.uuid4().hex[:8]}", location="site", **options)
    if not name:
        made.connection.create_bucket(Bucket=made.bucket_name)
    return made


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            eventually(lambda: answers(address), 60)
            yield address
        finally:
            process.terminate()


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Where the pictures of this test lie."""
    made = new_bucket(s3_address)
    monkeypatch.setattr(default_storage, "_wrapped", made)
    return made
