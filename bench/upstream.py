"""The GLM of the measurements, as fast as a socket, and a site that asks it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.process import Process, cores
from bench.systems.product import Product


@contextmanager
def upstream(folder: Path, core: int) -> Iterator[Process]:
    """`bench.servers.upstream`, with its log in `folder`, for as long as it is entered."""
    process = Process([sys.executable, "-m", "bench.servers.upstream"], folder / "upstream.log", core)
    try:
        yield process
    finally:
        process.end()


def base_of(process: Process) -> str:
    """The address that a site asks it by."""
    return f"http://127.0.0.1:{process.port}/api/paas/v4"


@contextmanager
def site(
    folder: Path, server_core: int, load_core: int, program: Sequence[str] = ("manage.py",)
) -> Iterator[tuple[Product, Process]]:
    """The site in `folder`, and its upstream on the core of the load."""
    with upstream(folder, load_core) as glm:
        product = Product(base_of(glm), folder, server_core, program=program)
        try:
            yield product, glm
        finally:
            product.stop()


@contextmanager
def fresh_site() -> Iterator[tuple[Product, Process]]:
    """The same in a folder that goes afterwards; the caller is on the core of the load from here on."""
    server_core, load_core = cores()
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder:
        os.sched_setaffinity(0, {load_core})
        with site(Path(folder), server_core, load_core) as (product, glm):
            yield product, glm
