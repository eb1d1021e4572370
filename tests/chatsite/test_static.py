import gzip
from pathlib import Path
from typing import Any

import pytest

from chatsite.static import StaticFiles

HASHED = "app.0123456789ab.css"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / HASHED).write_text("body{}" * 100)
    (tmp_path / f"{HASHED}.gz").write_bytes(gzip.compress(b"body{}" * 100))
    (tmp_path / "plain.txt").write_text("hello")
    return tmp_path


class Answer:
    def __init__(self, sent: list[dict[str, Any]]) -> None:
        start, body = sent
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = body["body"]


async def get(files: StaticFiles, name: str, method: str = "GET", **headers: str) -> Answer:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    wire = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await files({"path": f"/static/{name}", "method": method, "headers": wire}, None, send)
    return Answer(sent)


@pytest.fixture
def files(folder: Path) -> StaticFiles:
    return StaticFiles([folder], "/static/")


async def test_a_hashed_file_may_be_kept_for_ever(files: StaticFiles) -> None:
    answer = await get(files, HASHED)
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_plain_name_is_asked_for_again_soon(files: StaticFiles) -> None:
    answer = await get(files, "plain.txt")
    assert answer.headers["cache-control"] == "max-age=60, public"
    assert answer.body == b"hello"


async def test_the_compressed_variant_goes_to_who_can_read_it(files: StaticFiles) -> None:
    compressed = await get(files, HASHED, accept_encoding="gzip, br")
    plain = await get(files, HASHED)
    assert compressed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(compressed.body) == plain.body
    assert plain.headers["vary"] == compressed.headers["vary"] == "Accept-Encoding"


async def test_what_the_browser_has_is_not_sent_again(files: StaticFiles) -> None:
    known = (await get(files, HASHED)).headers["etag"]
    answer = await get(files, HASHED, if_none_match=known)
    assert (answer.status, answer.body) == (304, b"")


async def test_head_has_the_headers_alone(files: StaticFiles) -> None:
    answer = await get(files, "plain.txt", "HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "5")


async def test_a_part_can_be_asked_for(files: StaticFiles) -> None:
    answer = await get(files, "plain.txt", range="bytes=1-2")
    assert (answer.status, answer.body) == (206, b"el")


@pytest.mark.parametrize("name", ["none.css", "../manage.py", "%2e%2e/manage.py", "", "plain.txt/", ".."])
@pytest.mark.parametrize("live", [False, True])
async def test_anything_else_is_not_found(folder: Path, name: str, live: bool) -> None:
    inner = folder / "inner"
    inner.mkdir()
    answer = await get(StaticFiles([inner], "/static/", live=live), name)
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


async def test_a_post_is_refused(files: StaticFiles) -> None:
    assert (await get(files, "plain.txt", "POST")).status == 405


async def test_while_working_on_files_changes_show_at_once(folder: Path) -> None:
    files = StaticFiles([folder], "/static/", live=True)
    await get(files, "plain.txt")
    (folder / "plain.txt").write_text("changed")
    (folder / "new.txt").write_text("new")
    assert (await get(files, "plain.txt")).body == b"changed"
    assert (await get(files, "new.txt")).body == b"new"


def test_a_missing_folder_is_an_empty_one(tmp_path: Path) -> None:
    StaticFiles([tmp_path / "none"], "/static/")
