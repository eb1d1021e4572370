"""The command line: takes or makes a listening socket, serves on it, says where."""

import argparse
import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence

import uvicorn

from .app import Sandbox
from .auth import DEFAULT_KEY, Key
from .endpoints.route import BASE
from .pace import USUAL_RATE
from .state import State

_BACKLOG = 2048
_GRACE_SECONDS = 1


class Server(uvicorn.Server):
    """A server that calls back once it accepts connections."""

    def __init__(self, app: Sandbox, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                access_log=False,
                log_level="error",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    def stop(self) -> None:
        """Ends at once, open replies included; may be called from another thread."""
        self.force_exit = self.should_exit = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is told to stop; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        listener = _listener(options)
    except OSError as error:
        print(f"sandbox: cannot listen: {error.strerror}", file=sys.stderr)
        return 1
    address = _address(listener)
    app = Sandbox(State(key=options.key, usual_rate=options.rate), None if options.quiet else _note)
    server = Server(app, lambda: print(f"sandbox listening on {address}{BASE}", flush=True))
    if options.until_stdin_closes:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A simulated GLM server with named scenarios, listed in docs/sandbox.md."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8788, help="port, 0 for a free one (default %(default)s)")
    parser.add_argument("--fd", type=int, help="serve on this inherited listening socket instead")
    parser.add_argument(
        "--key", type=Key.parse, default=DEFAULT_KEY, help="id.secret of the key whose tokens are accepted"
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=USUAL_RATE,
        help="deltas a second, 0 for full speed (default %(default)s)",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input ends")
    parser.add_argument("--quiet", action="store_true", help="say nothing about requests")
    return parser


def _listener(options: argparse.Namespace) -> socket.socket:
    if options.fd is not None:
        return socket.socket(fileno=options.fd)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    return socket.create_server((options.host, options.port), family=family, backlog=_BACKLOG)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_news(record: logging.LogRecord) -> bool:
    """Replies that end too early are meant here, and so is ending with replies still open."""
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
        return False
    message = record.getMessage()
    return "without completing response" not in message and "graceful shutdown exceeded" not in message


def _note(line: str) -> None:
    # Paths and model ids are the client's words, and must not write lines of their own.
    print("".join(each if each.isprintable() else "?" for each in line), file=sys.stderr, flush=True)


def _stop_at_end_of_input(server: Server) -> None:
    # Unbuffered on purpose: a thread inside sys.stdin would hold its lock while the interpreter ends.
    while os.read(0, 4096):
        pass
    server.stop()
