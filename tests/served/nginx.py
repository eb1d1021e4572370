"""Debian's nginx with the files of deploy/nginx, before processes of this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.needs import need_program
from tests.served.site import ROOT, Site, free_port
from tests.waiting import eventually

MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; image/png png; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    include {folder}/{kind}.conf;
}}
"""


class Nginx:
    """`kind` is http or https; `upstreams` are the ports that stand for web1, web2."""

    def __init__(self, folder: Path, upstreams: Sequence[int], kind: str = "http") -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        self.address = f"{kind}://127.0.0.1:{self.tls_port if kind == 'https' else self.port}"
        self._kind, self._upstreams = kind, upstreams
        (folder / "media").mkdir(parents=True, exist_ok=True)
        for path in (ROOT / "deploy" / "nginx").glob("*.*"):
            (folder / path.name).write_text(self._adapted(path.read_text("utf-8")), "utf-8")
        shutil.copytree(ROOT / "deploy" / "nginx" / "pages", folder / "pages")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "main.conf").write_text(MAIN.format(folder=folder, kind=kind, user=user), "utf-8")

    def __enter__(self) -> Self:
        command = [need_program("nginx"), "-c", str(self.folder / "main.conf"), "-e", str(self.folder / "error.log")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: (self.folder / "pid").exists() or self._process.poll() is not None)
        assert self._process.poll() is None, (self.folder / "error.log").read_text()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)

    @property
    def pids(self) -> list[int]:
        """The master's and its workers'."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [self._process.pid, *map(int, listed.split())]

    @property
    def lines(self) -> str:
        """What it logged of requests."""
        return (self.folder / "access.log").read_text("utf-8")

    def _adapted(self, text: str) -> str:
        changes = {
            r"listen 8080": f"listen 127.0.0.1:{self.port}",
            r"listen 8443": f"listen 127.0.0.1:{self.tls_port}",
            r"https://\$host": f"https://$host:{self.tls_port}",
            r"/etc/nginx/chatsite/": f"{self.folder}/",
            r"/srv/": f"{self.folder}/",
            r"/dev/stdout": f"{self.folder}/access.log",
            r"/dev/stderr": f"{self.folder}/error.log",
        }
        for number, port in enumerate(self._upstreams, 1):
            changes[rf"web{number}:8000"] = f"127.0.0.1:{port}"
        changes[r"server web\d:8000[^\n]*"] = ""
        for pattern, replacement in changes.items():
            text = re.sub(pattern, replacement, text)
        return text


class Behind:
    """A served site as people reach it through a proxy."""

    def __init__(self, site: Site, address: str) -> None:
        self._site, self.address = site, address

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)
