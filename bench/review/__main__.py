"""`python -m bench.review [NAME …]`: each measurement in a process of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module

NAMES = ("withdrawal", "words", "swap", "queue", "chain")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.review", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    if len(names) == 1:
        print(import_module(f"bench.review.{names[0]}").measure())
        return 0
    return max(subprocess.run([sys.executable, "-m", "bench.review", name]).returncode for name in names)


if __name__ == "__main__":
    sys.exit(main())
