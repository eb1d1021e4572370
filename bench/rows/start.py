"""A fresh clone: from `./chat` to the sign-in page, cold and warm, and what was installed for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from statistics import median

from bench.process import ROOT
from bench.stage import Row, Stage
from bench.systems import Bare, PassThrough, Product

WITHIN = 180  # seconds
SIGN_IN = "/accounts/login/"
PORT = 18765


async def measure(stage: Stage) -> AsyncIterator[Row]:
    clone = stage.folder / "clone"
    subprocess.run(  # noqa: ASYNC221
        ["git", "clone", "--quiet", str(ROOT), str(clone)], check=True
    )
    first = await _start(clone, _environment(stage.folder, is_cold=stage.is_cold))
    if stage.is_cold:
        yield Row("from clone to sign-in page, cold cache", "≤ 30 s", {Product.name: f"{first:.1f} s"})
    starts = [await _start(clone, _environment(stage.folder, is_cold=False)) for _ in range(stage.sizes.starts)]
    yardsticks = {name: await _yardstick(stage, name) for name in (PassThrough.name, Bare.name)}
    yield Row("start to sign-in page, warm", "≤ 2 s", {Product.name: f"{median(starts):.1f} s"} | yardsticks)
    size, count = _installed(clone / ".venv")
    yield Row("installed, runtime only", "≤ 150 MB, ≤ 60 packages", {Product.name: f"{size:.0f} MB, {count} packages"})


async def _yardstick(stage: Stage, name: str) -> str:
    async with stage.running(name) as system:
        return f"{system.process.start_seconds:.1f} s" if system.process else "–"


def _environment(folder: Path, *, is_cold: bool) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    if is_cold:
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        env |= {"HOME": str(home), "UV_CACHE_DIR": str(home / "uv"), "PIP_CACHE_DIR": str(home / "pip")}
        env.pop("XDG_CACHE_HOME", None)
    return env | {"PORT": str(PORT), "CHATSITE_DATA_DIR": str(folder / "clone-data")}


async def _start(clone: Path, env: Mapping[str, str]) -> float:
    """Seconds until the sign-in page answers 200; the site is ended again."""
    began = time.monotonic()
    with (clone.parent / "clone.log").open("ab") as log:
        child = subprocess.Popen(["./chat"], cwd=clone, env=env, stdout=log, stderr=log)  # noqa: ASYNC220
    try:
        while not _is_answering():
            if child.poll() is not None or time.monotonic() - began > WITHIN:
                raise RuntimeError((clone.parent / "clone.log").read_text()[-2000:])
            await asyncio.sleep(0.02)
        return time.monotonic() - began
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(20)


def _is_answering() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{SIGN_IN}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _installed(venv: Path) -> tuple[float, int]:
    """MB (10^6 bytes) and number of distributions."""
    size = sum(path.stat().st_size for path in venv.rglob("*") if path.is_file() and not path.is_symlink())
    return size / 1e6, len(list(venv.glob("lib/python*/site-packages/*.dist-info")))
