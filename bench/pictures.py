"""What pictures cost the served site: `python -m bench.pictures`, or some of it: `… reading uploads loop readers`.

Reading one picture of a phone, in each format; 100 uploads while /healthz is asked all the time; the longest lag of
the event loop, measured in the process itself, while replies stream and pictures of a format come in beside them; 100
readers of one large file. Pictures as HEIC are made by `heif-enc`, and left out where there is none.
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from array import array
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from bench.load import Shape, lateness
from bench.process import Process, cores, memory_of
from bench.servers.watched import WORDS
from bench.stage import percentile, together, troubles, viewers_of, warm
from bench.systems.product import CSRF, Product
from bench.systems.viewer import Viewer
from bench.upstream import site
from bench.wire import Wire, fetch
from conversations.imaging import Bounds
from conversations.imaging.decode import decode

ROWS = ("reading", "uploads", "loop", "readers")
UPLOADS, READERS, LARGE = 100, 100, 100_000_000
REPLIES, RATE, SECONDS, AT_ONCE = 20, 50, 30, 2
FORMATS = ("jpeg", "png", "webp", "heic")
REPLY = Shape(RATE * SECONDS, RATE)
PIECE = 1 << 20

STORE_LARGE = f"""
import secrets
from django.conf import settings
from django.utils import timezone
from conversations.models import Picture, User
name = "pictures/" + secrets.token_hex(16) + ".jpg"
path = settings.MEDIA_ROOT / name
path.parent.mkdir(parents=True, exist_ok=True)
with path.open("wb") as file:
    file.truncate({LARGE})
person, now = User.objects.get(username="person0"), timezone.now()
sides = dict(width=1, height=1, small_width=1, small_height=1, byte_count={LARGE})
print(Picture.objects.create(owner=person, digest="0" * 64, state="ready", file=name, small=name,
                             media_type="image/jpeg", created_at=now, used_at=now, **sides).code)
"""


def drawn(number: int, megapixels: int = 12) -> Image.Image:
    """As large as a phone's photograph and of as many details; each another one."""
    width = int((megapixels * 1e6 * 4 / 3) ** 0.5)
    image = Image.effect_noise((width // 4, width * 3 // 16), 20 + number).resize((width, width * 3 // 4))
    return image.convert("RGB")


def photograph(number: int, kind: str = "jpeg") -> bytes:
    if kind == "heic":
        return as_heic(photograph(number))
    target = io.BytesIO()
    drawn(number).save(target, kind, quality=85)
    return target.getvalue()


def as_heic(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "one.jpeg", Path(folder) / "one.heic"
        source.write_bytes(data)
        subprocess.run(["heif-enc", "--quality", "60", "--output", target, source], check=True, capture_output=True)
        return target.read_bytes()


def formats() -> tuple[str, ...]:
    return FORMATS if shutil.which("heif-enc") else FORMATS[:-1]


def reading(kind: str) -> float:
    data = photograph(0, kind)
    decode(io.BytesIO(data), Bounds())
    began = time.process_time()
    decode(io.BytesIO(data), Bounds())
    return time.process_time() - began


async def uploads(client: httpx.AsyncClient, files: list[bytes]) -> int:
    taken = 0
    for number in range(UPLOADS):
        path = f"/c/019a0000-0000-7000-8000-{number:012}/pictures/"
        answer = await client.post(path, files={"picture": (f"{number}.jpg", files[number], "image/jpeg")})
        taken += answer.status_code == 200
    return taken


async def bring(client: httpx.AsyncClient, files: list[bytes], until: asyncio.Future[Any]) -> int:
    """One file after another until that is done; how many were taken."""
    taken = 0
    while not until.done():
        data = files[taken % len(files)] + secrets.token_bytes(8)  # behind its end: another file, the same picture
        answer = await client.post(f"/c/{uuid.uuid4()}/pictures/", files={"picture": ("a.jpg", data, "image/jpeg")})
        taken += answer.status_code == 200
    return taken


async def longest_silence(client: httpx.AsyncClient, until: asyncio.Task[int]) -> list[float]:
    """How long the event loop takes for its shortest answer, meanwhile."""
    waits = []
    while not until.done():
        began = time.monotonic()
        await client.get("/healthz")
        waits.append(time.monotonic() - began)
        await asyncio.sleep(0.005)
    return sorted(waits)


async def read_whole(client: httpx.AsyncClient, path: str, number: int) -> int:
    first = number * (LARGE // READERS) // 2
    async with client.stream("GET", path, headers={"Range": f"bytes={first}-"}) as answer:
        return sum([len(piece) async for piece in answer.aiter_raw(PIECE)])


async def measure(product: Product, rows: tuple[str, ...]) -> None:
    async with client_of(product, 0) as client, client_of(product, 0) as asking:
        if "uploads" in rows:
            await of_uploads(product, client, asking)
        if "readers" in rows:
            await of_readers(product, client)


def client_of(product: Product, number: int) -> httpx.AsyncClient:
    headers = {"Cookie": product.cookie(number), "X-CSRFToken": CSRF, "HX-Request": "true", "Origin": product.address}
    limits = httpx.Limits(max_connections=READERS + 10)
    return httpx.AsyncClient(base_url=product.address, headers=headers, timeout=120, limits=limits)


async def of_uploads(product: Product, client: httpx.AsyncClient, asking: httpx.AsyncClient) -> None:
    server = product.process
    assert server is not None
    files = [photograph(number) for number in range(UPLOADS)]
    await client.post("/c/019a0000-0000-7000-8000-999999999999/pictures/", files={"picture": photograph(200)})
    before, cpu, of_all = server.memory(), server.cpu(), server.cpu_of_all()
    readers = memory_of_readers(server)
    bringing = asyncio.create_task(uploads(client, files))
    waits = await longest_silence(asking, bringing)
    print(f"uploads taken: {bringing.result()} of {UPLOADS}, of 12 megapixels each")
    print(f"processor time each: {(server.cpu_of_all() - of_all) / UPLOADS:.2f} s, "
          f"{(server.cpu() - cpu) / UPLOADS:.2f} s of it the server's own")  # fmt: skip
    print(f"answer of /healthz meanwhile: p95 {waits[int(0.95 * len(waits))] * 1000:.0f} ms, "
          f"longest {waits[-1] * 1000:.0f} ms")  # fmt: skip
    await asyncio.sleep(2)
    print(f"memory grown by {server.memory() - before:.0f} MB, that of readers "
          f"by {memory_of_readers(server) - readers:.0f} to {memory_of_readers(server):.0f} MB")  # fmt: skip


def memory_of_readers(server: Process) -> float:
    return sum(map(memory_of, server.children()))


async def of_loop(product: Product, upstream: Process) -> None:
    """The first picture, which starts a reader; then replies alone, and with pictures of each format beside them: the
    difference is what comes of these."""
    assert product.process is not None
    brought = {kind: [photograph(number, kind) for number in range(4)] for kind in formats()}
    viewers = await viewers_of(product, REPLIES)
    await warm(viewers, Shape(100))
    control = await Wire.open(upstream.port)
    async with client_of(product, REPLIES) as client:
        product.process.asked(WORDS)
        await client.post(f"/c/{uuid.uuid4()}/pictures/", files={"picture": photograph(0)})
        print(f"first picture after the start: longest lag of the loop {product.process.asked(WORDS)}")
        for kind, files in {"": [], **brought}.items():
            product.process.asked(WORDS)
            asking = asyncio.ensure_future(together(viewers, REPLY, 1.0))
            taken = await asyncio.gather(*(bring(client, files, asking) for _ in range(AT_ONCE if files else 0)))
            await asking
            lag, late = product.process.asked(WORDS), [each for v in viewers for each in await late_for(v, control)]
            beside = f"{sum(taken)} pictures as {kind}" if kind else "nothing"
            print(f"{REPLIES - len(troubles(viewers))} of {REPLIES} replies at {RATE} deltas/s, with {beside} "
                  f"beside them: longest lag of the loop {lag}; deltas late p95 "
                  f"{percentile(late, 95) * 1000:.0f} ms, longest {max(late) * 1000:.0f} ms")  # fmt: skip


async def late_for(viewer: Viewer, control: Wire) -> list[float]:
    sent = array("d")
    sent.frombytes((await fetch(control, "GET", f"/log/{viewer.key}", {})).body)
    return lateness(REPLY, sent.tolist(), viewer.arrived)


async def of_readers(product: Product, client: httpx.AsyncClient) -> None:
    """One reads it first, so that what is loaded once is no part of what a reader costs."""
    assert product.process is not None
    code = product.run("manage", "shell", "--no-imports", "-c", STORE_LARGE)[-1]
    await read_whole(client, f"/pictures/{code}/", READERS)
    before, cpu, began = product.process.memory(), product.process.cpu(), time.monotonic()
    peak = asyncio.create_task(highest(product))
    read = await asyncio.gather(*(read_whole(client, f"/pictures/{code}/", n) for n in range(READERS)))
    peak.cancel()
    seconds = time.monotonic() - began
    print(f"{READERS} readers of {LARGE // 10**6} MB: {sum(read) / 1e9:.1f} GB sent in {seconds:.0f} s "
          f"with {product.process.cpu() - cpu:.0f} s of processor time, "
          f"memory grown by {max(Highest.seen, before) - before:.0f} MB at most")  # fmt: skip


class Highest:
    seen = 0.0


async def highest(product: Product) -> None:
    assert product.process is not None
    while True:
        Highest.seen = max(Highest.seen, product.process.memory())
        await asyncio.sleep(0.05)


def main() -> None:
    rows = tuple(sys.argv[1:]) or ROWS
    if "reading" in rows:
        for kind in formats():
            print(f"reading a picture of 12 megapixels as {kind}: {reading(kind):.2f} s of processor time")
    server, load = cores()
    os.sched_setaffinity(0, {load})
    with tempfile.TemporaryDirectory() as folder:
        if "loop" in rows:
            watched(Path(folder) / "watched", server, load)
        product = Product("http://127.0.0.1:9/v1", Path(folder), server)
        try:
            asyncio.run(measure(product, rows))
        finally:
            product.stop()


def watched(folder: Path, server: int, load: int) -> None:
    folder.mkdir()
    with site(folder, server, load, program=("-m", "bench.servers.watched")) as (product, glm):
        asyncio.run(of_loop(product, glm))


if __name__ == "__main__":
    main()
