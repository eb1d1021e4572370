"""A backup of a site at work: one moment of it, and the way back is closed while it is served."""

from __future__ import annotations

import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.management.starting import manage
from tests.served.site import Site, Visitor, clean_environment
from tests.waiting import eventually

pytestmark = pytest.mark.served


def send_until(visitor: Visitor, done: list[object]) -> int:
    """Ask in new conversations until something is in `done`; how many were asked."""
    count = 0
    while not done:
        visitor.send(f"Question {count}", "sandbox-echo", str(uuid.uuid4()))
        count += 1
    return count


def test_a_backup_under_load_is_one_moment(ann: Visitor, shared_site: Site, tmp_path: Path) -> None:
    done: list[object] = []
    code = ann.send("Before", "sandbox-echo")
    shared_site.turn_states(code)
    media = shared_site.data / "media"
    media.mkdir(exist_ok=True)
    (media / "picture.png").write_bytes(b"picture")
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(send_until, ann, done)
        eventually(lambda: len(shared_site.rows("SELECT 1 FROM conversations_turn")) > 3)
        done.append(manage(shared_site.environment, "backup", str(tmp_path / "saved.tar")))
        assert sending.result() > 3
    new = {**clean_environment(), "CHATSITE_DATA_DIR": str(tmp_path / "new")}
    restored = manage(new, "restore", str(tmp_path / "saved.tar"))
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "new" / "media" / "picture.png").read_bytes() == b"picture"
    with closing(sqlite3.connect(tmp_path / "new" / "chatsite.sqlite3")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        query = "SELECT count(*) FROM conversations_conversation WHERE code = ?"
        assert database.execute(query, [code.replace("-", "")]).fetchone() == (1,)


def test_the_way_back_is_closed_while_the_site_runs(shared_site: Site, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    assert manage(shared_site.environment, "backup", str(saved)).returncode == 0
    refused = manage(shared_site.environment, "restore", str(saved), "--force")
    assert refused.returncode == 1
    assert "already running" in refused.stderr
    assert not list((shared_site.data / "backups").glob("replaced-*"))
