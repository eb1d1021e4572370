"""The relays before PostgreSQL and Redis, in a process of their own: `python -m bench.drill.relays NAME=HOST:PORT …`.

Prints a port a relay; then takes orders, a line each: `cut NAME`, `mend NAME`, `slow NAME SECONDS`.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack

from tests.relay import Relay


def main(arguments: list[str]) -> None:
    relays = {}
    with ExitStack() as stack:
        for argument in arguments:
            name, _, target = argument.partition("=")
            host, _, port = target.rpartition(":")
            relays[name] = stack.enter_context(Relay(host, int(port)))
        print("relaying on", *(relay.port for relay in relays.values()), flush=True)
        for line in sys.stdin:
            order, name, *values = line.split()
            getattr(relays[name], order)(*map(float, values))
            print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
