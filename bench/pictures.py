"""What pictures cost the served site: `python -m bench.pictures`, or some of it: `… reading uploads loop readers`.

Reading one picture of a phone; 100 uploads while /healthz is asked all the time; the longest lag of the event loop,
measured in the process itself, while replies stream and pictures come in beside them; 100 readers of one large file.
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
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
from bench.process import Process, cores
from bench.servers.watched import WORDS
from bench.stage import percentile, together, troubles, viewers_of, warm
from bench.systems.product import CSRF, Product
from bench.systems.viewer import Viewer
from bench.wire import Wire, fetch
from conversations.imaging import Bounds, prepare

ROWS = ("reading", "uploads", "loop", "readers")
UPLOADS, READERS, LARGE = 100, 100, 100_000_000
REPLIES, RATE, SECONDS, AT_ONCE = 20, 50, 30, 2
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


def photograph(number: int, megapixels: int = 12) -> bytes:
    """As large as a phone's and of as many details; each another one."""
    width = int((megapixels * 1e6 * 4 / 3) ** 0.5)
    image = Image.effect_noise((width // 4, width * 3 // 16), 20 + number).resize((width, width * 3 // 4))
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=85)
    return target.getvalue()


def reading() -> float:
    data = photograph(0)
    prepare(io.BytesIO(data), Bounds())
    began = time.process_time()
    prepare(io.BytesIO(data), Bounds())
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
    assert product.process is not None
    files = [photograph(number) for number in range(UPLOADS)]
    await client.post("/c/019a0000-0000-7000-8000-999999999999/pictures/", files={"picture": photograph(200)})
    before, cpu = product.process.memory(), product.process.cpu()
    bringing = asyncio.create_task(uploads(client, files))
    waits = await longest_silence(asking, bringing)
    print(f"uploads taken: {bringing.result()} of {UPLOADS}, of 12 megapixels each")
    print(f"processor time each: {(product.process.cpu() - cpu) / UPLOADS:.2f} s")
    print(f"answer of /healthz meanwhile: p95 {waits[int(0.95 * len(waits))] * 1000:.0f} ms, "
          f"longest {waits[-1] * 1000:.0f} ms")  # fmt: skip
    await asyncio.sleep(2)
    print(f"memory grown by {product.process.memory() - before:.0f} MB")


async def of_loop(product: Product, upstream: Process) -> None:
    """The first picture, which loads the decoders; then replies alone, and with pictures beside them: the difference is
    what comes of these."""
    assert product.process is not None
    files = [photograph(number) for number in range(8)]
    viewers = await viewers_of(product, REPLIES)
    await warm(viewers, Shape(100))
    control = await Wire.open(upstream.port)
    async with client_of(product, REPLIES) as client:
        product.process.asked(WORDS)
        await client.post(f"/c/{uuid.uuid4()}/pictures/", files={"picture": files[0]})
        print(f"first picture after the start: longest lag of the loop {product.process.asked(WORDS)}")
        for at_once in (0, AT_ONCE):
            product.process.asked(WORDS)
            asking = asyncio.ensure_future(together(viewers, REPLY, 1.0))
            taken = await asyncio.gather(*(bring(client, files, asking) for _ in range(at_once)))
            await asking
            lag, late = product.process.asked(WORDS), [each for v in viewers for each in await late_for(v, control)]
            print(f"{REPLIES - len(troubles(viewers))} of {REPLIES} replies at {RATE} deltas/s, with {sum(taken)} "
                  f"pictures beside them: longest lag of the loop {lag}; deltas late p95 "
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
        print(f"reading a picture of 12 megapixels: {reading():.2f} s of processor time")
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
    upstream = Process([sys.executable, "-m", "bench.servers.upstream"], folder / "upstream.log", load)
    try:
        base = f"http://127.0.0.1:{upstream.port}/api/paas/v4"
        product = Product(base, folder, server, program=("-m", "bench.servers.watched"))
        try:
            asyncio.run(of_loop(product, upstream))
        finally:
            product.stop()
    finally:
        upstream.end()


if __name__ == "__main__":
    main()
