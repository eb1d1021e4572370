"""Jobs under kill -9: none is lost, and none is handed over twice. `python -m bench.drill_jobs N [embedded|workers]`.

N jobs are ordered; the one process (embedded), or two workers with their clock (workers, on PostgreSQL and Redis), are
killed at random moments again and again, started again, and at last left alone. At the end every job is done, or waits
as unknown for a person, and the server they were handed over to has seen each order once; what the kills met is told.
A drill goes on for as long as something happens. With `--calm` nobody is
killed and the steps a second are told. With `--outage SECONDS` (workers) nobody is killed either, but while the jobs
are at work Redis is away for so long, and then the database.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.own_database import own_database
from tests.relay import Relay
from tests.served.later import Later, serving

ROOT = Path(__file__).parents[1]
QUICK = {
    "CHATSITE_JOB_POLL": "0.2",
    "CHATSITE_JOB_TIMEOUT": "1",
    "CHATSITE_CONNECT_TIMEOUT": "1",
    "CHATSITE_JOBS_AT_ONCE": "10000",
    "CHATSITE_JOBS_PER_PERSON": "100000",
    "CHATSITE_JOBS_WAITING": "100000",
    "CHATSITE_TITLES": "false",
    "CHATSITE_LOG_FORMAT": "line",
}
PATIENCE = 600.0  # seconds in which nothing at all happens; a start takes minutes where many want the processor


class Crew:
    """The processes that take the steps; `mortal` are those that are killed, `relays` what can be cut."""

    def __init__(
        self, environment: dict[str, str], commands: list[list[str]], mortal: int, relays: Mapping[str, Relay]
    ) -> None:
        self._environment, self._commands, self._mortal, self.relays = environment, commands, mortal, relays
        self._running: list[subprocess.Popen[bytes] | None] = [None] * len(commands)

    def start(self) -> None:
        for place, command in enumerate(self._commands):
            if self._running[place] is None:
                self._running[place] = subprocess.Popen(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT,
                    env={**self._environment, "PORT": str(_free_port())},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._running if process is not None]

    def processor_seconds(self) -> float:
        """What the running processes have used so far."""
        used = 0
        for process in self._running:
            if process is not None:
                fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
                used += int(fields[11]) + int(fields[12])
        return used / os.sysconf("SC_CLK_TCK")

    def kill_one(self) -> None:
        place = random.randrange(self._mortal)
        self._end(place)

    def end(self) -> None:
        for place in range(len(self._commands)):
            self._end(place)

    def _end(self, place: int) -> None:
        process = self._running[place]
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            self._running[place] = None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def stage(mode: str, address: str, *, is_cut: bool = False, **more: str) -> Iterator[Crew]:
    """A site of its own, with Django set up in this process to look at it, past the relays where there are some."""
    with ExitStack() as undo:
        folder = undo.enter_context(tempfile.TemporaryDirectory(prefix="drill-jobs-"))
        settings = {**QUICK, "CHATSITE_DATA_DIR": folder, "ZHIPUAI_BASE_URL": address, "ZHIPUAI_API_KEY": "id.secret"}
        settings |= more
        settings["CHATSITE_JOB_THREADS"] = "8" if mode == "embedded" else "4"
        commands = [["serve"]]
        if mode == "workers":
            settings["DATABASE_URL"] = undo.enter_context(own_database())
            settings["REDIS_URL"] = os.environ.get("CHATSITE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
            settings["CHATSITE_REDIS_PREFIX"] = f"drill:{secrets.token_hex(4)}"
            commands = [["worker"], ["worker"], ["worker", "--clock"]]
        os.environ.update(settings)
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatsite.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        environment = dict(os.environ)
        environment.pop("CHATSITE_ROLE", None)
        relays: dict[str, Relay] = {}
        for name, port in {"REDIS_URL": 6379, "DATABASE_URL": 5432}.items() if is_cut else ():
            relays[name] = undo.enter_context(Relay.before(environment[name], port))
            environment[name] = relays[name].address(environment[name])
        crew = Crew(environment, commands, min(2, len(commands)), relays)
        undo.callback(crew.end)
        yield crew


def order(count: int) -> None:
    from conversations.models import User
    from conversations.turns import delegated, start
    from conversations.turns.orders import Order

    people = [User.objects.create_user(f"person{n}", password=None) for n in range(10)]
    for n in range(count):
        wish = Order(people[n % 10], "glm-5.3", None, delegated.delegate)
        start.send(wish, uuid.uuid4(), f"Answer order-{n}, please.")


def states() -> Counter[str]:
    from django.db import close_old_connections

    from conversations.models import Job

    close_old_connections()
    return Counter(Job.objects.values_list("state", flat=True))


def is_over(found: Counter[str], count: int) -> bool:
    return found["succeeded"] + found["unknown"] + found["failed"] + found["expired"] == count


def at_work() -> Counter[str]:
    """The states of those of which a step is under way, or taken."""
    from conversations.models import Job

    return Counter(Job.objects.filter(lease_until__isnull=False, ended_at=None).values_list("state", flat=True))


def finished(glm: Later, count: int) -> Counter[str]:
    """How the jobs have ended, or where they stand once nothing has happened for too long."""
    seen, since = (-1, Counter[str]()), time.monotonic()
    while not is_over(found := states(), count) and time.monotonic() - since < PATIENCE:
        if seen != (glm.step_count, found):
            seen, since = (glm.step_count, found), time.monotonic()
        time.sleep(0.1)
    return found


def wait_for_a_step(glm: Later, count: int) -> None:
    before, since = glm.step_count, time.monotonic()
    while glm.step_count == before and not is_over(states(), count) and time.monotonic() - since < PATIENCE:
        time.sleep(0.05)


def drill(mode: str, count: int, kills: int) -> bool:
    met: Counter[str] = Counter()
    with serving(Later(seconds=0.02, polls=2)) as glm, stage(mode, glm.address) as crew:
        order(count)
        began = time.monotonic()
        for _ in range(kills):
            crew.start()
            wait_for_a_step(glm, count)
            time.sleep(random.uniform(0, 0.6))
            crew.kill_one()
            met += at_work()
        crew.start()
        found = finished(glm, count)
        print(f"{mode}: steps that the kills met: {dict(met)}")
        return told(mode, count, kills, glm, found, time.monotonic() - began)


def outage(count: int, seconds: float) -> bool:
    """Redis and then the database are away while all jobs are at work."""
    glm = Later(seconds=0.02, polls=sys.maxsize)  # until it is over
    with serving(glm), stage("workers", glm.address, is_cut=True) as crew:
        order(count)
        began = time.monotonic()
        crew.start()
        while states()["submitted"] < count:
            time.sleep(0.25)
        for name, relay in crew.relays.items():
            relay.cut()
            time.sleep(seconds)
            relay.mend()
            mended, asked = time.monotonic(), glm.asked.total()
            while glm.asked.total() == asked:
                time.sleep(0.05)
            print(f"{name} was away for {seconds:.0f} s; the next step came {time.monotonic() - mended:.1f} s after")
        glm.polls = 2
        return told("workers", count, 0, glm, finished(glm, count), time.monotonic() - began)


def calm(mode: str, count: int) -> bool:
    with serving(Later(seconds=0.005, polls=2)) as glm, stage(mode, glm.address) as crew:
        order(count)
        crew.start()
        while glm.step_count == 0:
            time.sleep(0.01)
        began, used, first = time.monotonic(), crew.processor_seconds(), glm.step_count
        found = finished(glm, count)
        seconds, used, steps = time.monotonic() - began, crew.processor_seconds() - used, glm.step_count - first
        each = f"{1000 * used / steps:.1f} ms of processor time each"
        print(f"{mode}: {steps} steps in {seconds:.1f} s, {steps / seconds:.0f} steps/s, {each}")
        return told(mode, count, 0, glm, found, seconds)


def told(mode: str, count: int, kills: int, glm: Later, found: Counter[str], seconds: float) -> bool:
    twice = sorted(mark for mark, times in glm.orders.items() if times > 1)
    lost = count - found["succeeded"] - found["unknown"]
    print(
        f"{mode}: {count} jobs, {kills} kills, {seconds:.0f} s: {dict(found)}; "
        f"handed over twice {len(twice)}, lost {lost}, orders {glm.orders.total()}"
    )
    if twice:
        print(f"twice: {', '.join(twice)}")
    return not twice and not lost


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.drill_jobs", description=__doc__)
    parser.add_argument("count", type=int, help="jobs")
    parser.add_argument("mode", nargs="?", default="embedded", choices=["embedded", "workers"])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--calm", action="store_true", help="kill nobody, tell steps a second")
    parser.add_argument("--outage", type=float, metavar="SECONDS", help="kill nobody, cut Redis and the database")
    options = parser.parse_args()
    if options.outage is not None:
        is_well = outage(options.count, options.outage)
    elif options.calm:
        is_well = calm(options.mode, options.count)
    else:
        is_well = drill(options.mode, options.count, options.kills)
    sys.exit(not is_well)


if __name__ == "__main__":
    main()
