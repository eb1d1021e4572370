"""A sandbox in a thread of the test's process, and a client that keeps what came over the wire."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from conversations.sandbox.app import Sandbox
from conversations.sandbox.cli import Server
from conversations.sandbox.state import State

DONE = b"data: [DONE]"
SECONDS = 20.0


@contextmanager
def serving(state: State | None = None) -> Iterator[str]:
    """Its address, with everything at full speed unless the state says otherwise."""
    ready = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Server(Sandbox(state or State(usual_rate=0)), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(SECONDS), "the sandbox did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        thread.join()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came: `writes` are the HTTP chunks, `is_broken` says that the body never ended."""

    status: int
    headers: httpx.Headers
    writes: tuple[bytes, ...]
    is_broken: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.writes)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The business code of an error body."""
        return self.json["error"]["code"]

    @property
    def lines(self) -> list[bytes]:
        return self.body.split(b"\n")

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The JSON of all data lines but `[DONE]`."""
        lines = [line for line in self.lines if line.startswith(b"data: ") and line != DONE]
        return [json.loads(line.removeprefix(b"data: ")) for line in lines]

    @property
    def is_done(self) -> bool:
        return DONE in self.lines

    def joined(self, field: str = "content") -> str:
        """One field of all deltas."""
        return "".join(delta.get(field, "") for delta in self.deltas)

    @property
    def deltas(self) -> list[dict[str, Any]]:
        return [choice["delta"] for frame in self.frames for choice in frame.get("choices", [])]

    @property
    def finishes(self) -> list[str]:
        choices = [choice for frame in self.frames for choice in frame.get("choices", [])]
        return [choice["finish_reason"] for choice in choices if "finish_reason" in choice]

    @property
    def usages(self) -> list[dict[str, Any]]:
        return [frame["usage"] for frame in self.frames if "usage" in frame]


class Person:
    """Asks one sandbox over real HTTP."""

    def __init__(self, address: str, key: str = "sandbox.sandbox") -> None:
        self.address = address
        self.base = f"{address}/api/paas/v4"
        # Plain HTTP only: reading the certificates of the world would cost more than any test here.
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"}, timeout=SECONDS, trust_env=False, verify=False
        )

    def ask(self, model: str = "glm-4-flash", prompt: str = "Tell me a story", **fields: Any) -> Answer:
        """One question with the given fields, not streamed unless they say so."""
        messages = [{"role": "user", "content": prompt}]
        return self.send({"model": model, "messages": messages, **fields})

    def stream(self, model: str = "glm-4-flash", prompt: str = "Tell me a story", **fields: Any) -> Answer:
        return self.ask(model, prompt, stream=True, **fields)

    def send(self, body: Any, **headers: str) -> Answer:
        """Any body: bytes as they are, else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self.http.stream("POST", f"{self.base}/chat/completions", content=content, headers=headers) as got:
            writes: list[bytes] = []
            try:
                writes.extend(got.iter_raw())
            except httpx.RemoteProtocolError:
                return Answer(got.status_code, got.headers, tuple(writes), is_broken=True)
            return Answer(got.status_code, got.headers, tuple(writes))

    def gate(self, gate_id: str) -> Any:
        return self.http.get(f"{self.address}/_sandbox/gates/{gate_id}").json()

    def open(self, gate_id: str, **wish: Any) -> Any:
        return self.http.post(f"{self.address}/_sandbox/gates/{gate_id}/open", json=wish).json()
