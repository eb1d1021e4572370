"""`python -m bench`: measures the site beside three yardsticks, in one run, on this machine only."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from . import report
from .process import Process, cores
from .rows import MEASURES
from .stage import FULL, QUICK, Row, Stage
from .upstream import upstream
from .wire import Wire


def main() -> int:
    options = _options()
    server_core, load_core = cores()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder:
        os.sched_setaffinity(0, {load_core})
        with upstream(Path(folder), load_core) as glm:
            failed = uvloop.run(_measure(options, Path(folder), glm, server_core, rows))
    print("\n" + report.table(rows))
    if options.write:
        report.write(rows, mode="quick" if options.quick else "full")
    return 1 if failed else 0


async def _measure(options: argparse.Namespace, folder: Path, glm: Process, core: int, rows: list[Row]) -> list[str]:
    """Fill `rows`; returns the names of the measurements that failed. One that fails does not stop the others."""
    control = await Wire.open(glm.port)
    sizes = QUICK if options.quick else FULL
    stage = Stage(folder, glm, core, sizes, control, is_cold=options.cold)
    failed = []
    for name in options.only or MEASURES:
        try:
            async for row in MEASURES[name](stage):
                rows.append(row)
                print(row.figure, row.values, flush=True)
        except (RuntimeError, OSError) as error:
            failed.append(name)
            print(f"{name} was not measured: {error}", file=sys.stderr, flush=True)
    return failed


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller counts: a first look in a few minutes")
    parser.add_argument(
        "--cold", action="store_true", help="also start from a clone with empty caches: fetches packages"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--only", action="append", choices=MEASURES, metavar="NAME", help=", ".join(MEASURES))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
