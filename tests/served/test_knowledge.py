"""What a killed process had begun about knowledge is ended by the next one, and can be deleted."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import httpx
import pytest

from tests.served.keeper import keeping
from tests.served.prepared import Prepared
from tests.served.site import Site, Visitor, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

BASES = "SELECT name, state, trouble FROM conversations_knowledgebase ORDER BY name"
DOCUMENTS = "SELECT name, state, trouble FROM conversations_knowledgedocument ORDER BY name"
CODES = "SELECT name, code FROM conversations_knowledgebase"


def make(root: Visitor, name: str) -> httpx.Response:
    return root.post("/knowledge/new/", name=name, embedding="11")


def send(root: Visitor, base: str) -> None:
    headers = {"X-CSRFToken": root.http.cookies["csrftoken"], "Referer": root.site.address}
    root.http.post(f"/knowledge/{base}/documents/", files={"documents": ("notes.md", b"text")}, headers=headers)


def delete(root: Visitor, base: str, name: str) -> httpx.Response:
    return root.post(f"/knowledge/{base}/delete/", name=name, reason="outdated")


def codes(site: Site) -> dict[str, str]:
    return {name: str(uuid.UUID(code)) for name, code in site.rows(CODES)}


def test_what_was_half_done_at_a_kill_is_ended(prepared: Prepared, tmp_path: Path) -> None:
    with keeping() as glm:
        settings = {"ZHIPUAI_BASE_URL": glm.address, "ZHIPUAI_API_KEY": "id.secret", "CHATSITE_MODELS": "glm-5.3"}
        with prepared.site(tmp_path / "data", **settings) as site, signed_in(site, "root") as root:
            make(root, "Filled")
            make(root, "Old")
            known = codes(site)
            glm.is_silent.set()
            begun = [
                threading.Thread(target=_cut_off, args=work)
                for work in (
                    (make, root, "New"),
                    (send, root, known["Filled"]),
                    (delete, root, known["Old"], "Old"),
                )
            ]
            for each in begun:
                each.start()
            eventually(lambda: len(glm.asked) == 3, 30)
            assert [state for _, state, _ in site.rows(BASES)] == ["ready", "making", "deleting"]
            assert [state for _, state, _ in site.rows(DOCUMENTS)] == ["sending"]
            site.kill()
            for each in begun:
                each.join()
            glm.is_silent.clear()
            site.start()
            lost = [("Filled", "ready", ""), ("New", "failed", "lost"), ("Old", "failed", "lost")]
            eventually(lambda: site.rows(BASES) == lost, 30)
            eventually(lambda: site.rows(DOCUMENTS) == [("notes.md", "failed", "lost")], 30)

            # GLM had deleted it, and says that it does not know it.
            glm.is_forgetful = True
            page = root.http.get(f"/knowledge/{known['Old']}/").text
            assert "at GLM it may have been done or not" in page
            delete(root, known["Old"], "Old")
            delete(root, codes(site)["New"], "New")
            assert site.rows(BASES) == [("Filled", "ready", ""), ("New", "gone", "lost"), ("Old", "gone", "lost")]


def _cut_off(work: object, *arguments: object) -> None:
    """Ask, and hear that the server is gone."""
    with pytest.raises(httpx.TransportError):
        work(*arguments)  # type: ignore[operator]
