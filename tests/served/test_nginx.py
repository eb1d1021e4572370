"""The proxy as compose.yaml has it: what it passes on, what it keeps back, and what it says when nobody answers."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import httpx
import pytest

from tests.imaging.files import picture, saved
from tests.needs import need_program
from tests.served.follower import Follower
from tests.served.glm import Glm
from tests.served.nginx import Behind, Nginx
from tests.served.prepared import Prepared
from tests.served.site import SCRIPTED, Site, Visitor, free_port, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

PICTURE = bytes(range(256)) * 4000


@pytest.fixture(scope="module")
def site(glm: Glm, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("behind") / "data"
    with prepared.site(data, **glm.settings, CHATSITE_TRUSTED_PROXIES=1) as served:
        yield served


@pytest.fixture(scope="module")
def nginx(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with Nginx(tmp_path_factory.mktemp("nginx"), [site.port]) as running:
        yield running


@pytest.fixture(scope="module")
def ann(site: Site, nginx: Nginx) -> Iterator[Visitor]:
    with signed_in(cast(Site, Behind(site, nginx.address)), "ann") as visitor:
        yield visitor


def test_a_question_and_its_reply_come_through(ann: Visitor) -> None:
    code = ann.send("Hello", "sandbox-echo")
    with Follower(ann, code) as follower:
        follower.until("Hello")
    assert ann.site.turn_states(code) == ["completed"]


def test_a_line_names_the_number_and_no_address(ann: Visitor, nginx: Nginx) -> None:
    answer = ann.http.get("/conversations/?q=words", headers={"X-Request-ID": "chosen-by-a-visitor"})
    number = answer.headers["X-Request-ID"]
    eventually(lambda: number in nginx.lines)  # written once the answer is sent
    (line,) = [json.loads(line) for line in nginx.lines.splitlines() if number in line]
    assert (line["request"], line["method"], line["status"]) == (number, "GET", HTTPStatus.OK)
    assert "chosen-by-a-visitor" not in (number, nginx.lines)
    assert "conversations" not in nginx.lines
    assert "words" not in nginx.lines


def test_health_is_for_all_and_readiness_for_those_inside(nginx: Nginx) -> None:
    assert httpx.get(f"{nginx.address}/healthz").text == "ok\n"
    assert httpx.get(f"{nginx.address}/readyz").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("size", [6, 33])
def test_what_is_too_large_is_refused_in_words(ann: Visitor, size: int) -> None:
    """By the site, or, where even keeping it meanwhile would be too much, by the proxy."""
    own = {"X-CSRFToken": ann.http.cookies["csrftoken"], "Referer": ann.site.address}
    answer = ann.http.post("/c/none/messages/", content=b"x" * size * 1_000_000, headers=own)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "too large" in answer.text


def test_pages_of_the_proxy_are_its_own_affair(nginx: Nginx) -> None:
    for path in ("/_proxy/away.html", "/_media/a.png"):
        assert httpx.get(nginx.address + path).status_code == HTTPStatus.NOT_FOUND


def test_while_nobody_answers_it_says_so_in_both_languages(tmp_path: Path) -> None:
    with Nginx(tmp_path / "nginx", [free_port(), free_port()]) as nginx:
        answer = httpx.get(f"{nginx.address}/c/any/")
    assert answer.status_code == HTTPStatus.BAD_GATEWAY
    assert "Back in a moment" in answer.text
    assert "马上回来" in answer.text
    assert answer.headers["Retry-After"] == "10"


class Upstream(BaseHTTPRequestHandler):
    """Stands for a web process that sends a file, and for one that dies while it is asked."""

    dies = False
    asked: list[str]

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("X-Accel-Redirect", "/_media/ab/picture.png")
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        if self.dies:
            self.close_connection = True
            return
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def upstream(*, dies: bool = False) -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    handler = type("Own", (Upstream,), {"dies": dies, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def test_files_go_straight_from_the_disk_in_parts_too(tmp_path: Path) -> None:
    with upstream() as (port, _), Nginx(tmp_path / "nginx", [port]) as nginx:
        (nginx.folder / "media" / "ab").mkdir()
        (nginx.folder / "media" / "ab" / "picture.png").write_bytes(PICTURE)
        whole = httpx.get(f"{nginx.address}/c/any/files/1/")
        part = httpx.get(f"{nginx.address}/c/any/files/1/", headers={"Range": "bytes=1000-1999"})
    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, PICTURE, "image/png")
    assert (part.status_code, part.content) == (206, PICTURE[1000:2000])
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_picture_goes_from_the_disk_to_whom_the_site_lets_see_it(
    glm: Glm, prepared: Prepared, tmp_path: Path
) -> None:
    settings = {"CHATSITE_TRUSTED_PROXIES": 1, "CHATSITE_ACCEL": "/_media/"}
    with (
        prepared.site(tmp_path / "data", **glm.settings, **settings) as site,
        Nginx(tmp_path / "nginx", [site.port]) as nginx,
        signed_in(cast(Site, Behind(site, nginx.address)), "ann") as ann,
    ):
        headers = {**SCRIPTED, "X-CSRFToken": ann.http.cookies["csrftoken"], "Referer": nginx.address}
        brought = {"picture": ("one.png", saved(picture(300, 200), "PNG"), "image/png")}
        box = ann.http.post(f"/c/{uuid.uuid4()}/pictures/", files=brought, headers=headers)
        address = re.findall(r'href="(/pictures/[^"]+/)"', box.text)[0]
        (nginx.folder / "media" / "pictures").symlink_to(site.data / "media" / "pictures")
        (stored,) = (site.data / "media" / "pictures").glob("*/*.png")
        whole = ann.http.get(address)
        part = ann.http.get(address, headers={"Range": "bytes=10-19"})
        strange = httpx.get(nginx.address + address)
    assert (whole.content, whole.headers["Content-Type"]) == (stored.read_bytes(), "image/png")
    assert (part.status_code, part.content) == (HTTPStatus.PARTIAL_CONTENT, stored.read_bytes()[10:20])
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert strange.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("path", "status", "again"), [("/c/any/messages/", 204, 1), ("/admin/people/add/", 502, 0)])
def test_a_command_that_a_dying_process_took_is_given_again_where_that_does_no_harm(
    tmp_path: Path, path: str, status: int, again: int
) -> None:
    with (
        upstream(dies=True) as (dying, asked),
        upstream() as (living, asked_again),
        Nginx(tmp_path / "nginx", [dying, living]) as nginx,
    ):
        for session in map(str, range(100)):  # nginx decides which process is whose
            asked_again.clear()
            answer = httpx.post(nginx.address + path, data={"text": "once"}, cookies={"sessionid": session})
            if asked:
                break
    assert (answer.status_code, len(asked), len(asked_again)) == (status, 1, again)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    folder = tmp_path / "nginx" / "certificates"
    folder.mkdir(parents=True)
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    command = [need_program("openssl"), "req", *options, *named, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "fullchain.pem"


def test_with_tls_it_is_secure_throughout(site: Site, tmp_path: Path, certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with Nginx(tmp_path / "nginx", [site.port], "https") as nginx, httpx.Client(verify=trust) as visitor:
        page = visitor.get(f"{nginx.address}/accounts/login/")
        assert page.status_code == HTTPStatus.OK
        moved = visitor.get(f"http://127.0.0.1:{nginx.port}/c/any/?a=b")
        assert moved.status_code == HTTPStatus.PERMANENT_REDIRECT
        assert moved.headers["Location"] == f"{nginx.address}/c/any/?a=b"
