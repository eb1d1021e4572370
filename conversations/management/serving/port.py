"""The listening socket, taken before anything is made: a taken port leaves nothing behind."""

import errno
import socket

from conversations.management.serving.refusal import CannotServe

BACKLOG = 256


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 lets the system choose. Callers wait in its queue until it is served."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise CannotServe(f"HOST is no address of this machine: {host}.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotServe(_reason(error, host, port)) from None
    return listener


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken; end the other program or set PORT to another number."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this account has; set PORT to 1024 or more."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST is no address of this machine: {host}."
    return f"{host}:{port} cannot be listened on: {error.strerror}."
