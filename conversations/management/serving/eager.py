"""Connections that send at once what the kernel takes.

Twisted keeps what is written until its reactor comes round: for a frame of a reply that is two more calls to the kernel
and a turn of the event loop, as much again as the sending itself.
"""

from __future__ import annotations

from twisted.internet import tcp


class EagerServer(tcp.Server):  # type: ignore[misc] # twisted's types know no reactor but its own
    """The server's end of a connection."""

    def write(self, data: bytes) -> None:
        """Send now what goes at once, in order; the reactor sends the rest, and finds out about a lost connection."""
        if self._is_free:
            sent = self.writeSomeData(data)
            if isinstance(sent, int):
                data = data[sent:]
        if data:
            super().write(data)

    @property
    def _is_free(self) -> bool:
        """Whether nothing waits to be sent before it, and nobody waits to be asked for more when it has been sent."""
        waits = self._tempDataLen > 0 or len(self.dataBuffer) > self.offset
        is_asking = self.producer is not None and not self.streamingProducer
        return bool(self.connected) and not (waits or is_asking or self.disconnecting or self._writeDisconnected)
