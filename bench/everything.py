"""`python -m bench.everything`: every measurement, one after the other, in one run.

It takes about an hour, wants the machine for itself, and needs PostgreSQL and Redis where the tests look for them,
nginx, Chromium, and with `--lighthouse` Lighthouse. What fails or takes too long stops nothing, and is named at the
end. The drills with outages and those of jobs under kill are not in it: `bench.drill`, `bench.drill_jobs`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from tests.own_database import own_database

from .process import ROOT
from .report import machine
from .rows import MEASURES

AT_MOST = 15 * 60  # seconds for one of them


@dataclass(frozen=True, slots=True)
class Step:
    """A command of `bench`; `on_postgres`: with an empty database of its own as `DATABASE_URL`, else without one."""

    module: str
    arguments: tuple[str, ...] = ()
    on_postgres: bool = False

    @property
    def words(self) -> str:
        return " ".join((self.module, *self.arguments)) + (" (PostgreSQL)" if self.on_postgres else "")

    def run(self) -> str:
        """What went wrong, or nothing. The output goes where that of this process goes."""
        with own_database() if self.on_postgres else nullcontext("") as url:
            environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            environment |= {"DATABASE_URL": url} if url else {}
            command = [sys.executable, "-m", self.module, *self.arguments]
            try:
                done = subprocess.run(command, cwd=ROOT, env=environment, timeout=AT_MOST)
            except subprocess.TimeoutExpired:
                return f"took longer than {AT_MOST // 60} minutes"
        return f"ended with {done.returncode}" if done.returncode else ""


def steps(lighthouse: str | None) -> Sequence[Step]:
    """The quickest to disturb come first."""
    of_site = [Step("bench", ("--only", name)) for name in MEASURES]
    of_review = [Step("bench.review", (name,)) for name in ("withdrawal", "words", "swap", "queue", "chain")]
    return (
        *of_site,
        *([Step("bench.lighthouse", ("--program", lighthouse))] if lighthouse else []),
        Step("bench.several"),
        *of_review,
        *(Step("bench.review", (name,), on_postgres=True) for name in ("queue", "chain")),
        Step("bench.desk"),
        Step("bench.desk", on_postgres=True),
        Step("bench.pictures"),
        Step("bench.prompt"),
        Step("bench.usage"),
        Step("bench.usage", on_postgres=True),
        Step("bench.drill_jobs", ("400", "embedded", "--calm")),
        Step("bench.drill_jobs", ("400", "workers", "--calm")),
        Step("bench.waiting_jobs"),
        Step("bench.copying"),
        Step("bench.client"),
        Step("bench.kills", ("100",)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.everything", description=__doc__)
    parser.add_argument("--lighthouse", metavar="PROGRAM", help="path of the lighthouse program")
    parser.add_argument("--only", action="append", metavar="WORD", help="steps with this word in their names")
    options = parser.parse_args()
    print(machine("every measurement"), flush=True)
    failed = []
    for step in steps(options.lighthouse):
        if options.only and not any(word in step.words for word in options.only):
            continue
        began = time.monotonic()
        print(f"\n== {step.words}", flush=True)
        if wrong := step.run():
            failed.append(f"{step.words}: {wrong}")
        print(f"-- {time.monotonic() - began:.0f} s {wrong}".rstrip(), flush=True)
    print("\n" + machine("every measurement"), *failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
