"""The one script, on machines that lack something. Programs on its PATH are stand-ins that say what they were asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.needs import need_program

SCRIPT = Path(__file__).resolve().parents[1] / "chat"
TOOLS = ("sh", "cat", "cksum", "rm", "mv", "mkdir", "dirname", "readlink", "sed", "env")
NEW_PYTHON = 'case "$*" in *version_info*) exit 0;; *ensurepip*) exit {venv};; esac; echo "python $*"'
OLD_PYTHON = 'case "$*" in --version) echo Python 3.9.2;; *) exit 1;; esac'
# Stands in for uv: makes the environment it is asked for, whose Python only repeats its arguments.
UV = """
case "$1" in
cache) echo "${0%/*}/cache" ;;
venv) for folder; do :; done; mkdir -p "$folder/bin"
      printf '#!/bin/sh\\necho "ran $*"\\n' >"$folder/bin/python"; /bin/chmod +x "$folder/bin/python" ;;
sync) echo "synced $*" >&2; exit "${SYNC_FAILS:-0}" ;;
esac
"""


class Machine:
    """A folder with the script, and a PATH with nothing but what is put on it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "site", folder / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        shutil.copy(SCRIPT, self.root / "chat")
        (self.root / "uv.lock").write_text("version = 1\n")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(need_program(tool))

    def has(self, name: str, script: str) -> "Machine":
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return self

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.root / "chat", *arguments],
            cwd="/",
            env={"PATH": str(self.bin), "HOME": str(self.root.parent), **environment},
            capture_output=True,
            text=True,
        )

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir() if path.name.startswith(".venv"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    return machine.has("python3", NEW_PYTHON.format(venv=0)).has("uv", UV)


def test_a_python_that_is_too_old_is_named(machine: Machine) -> None:
    done = machine.has("python3", OLD_PYTHON).has("uv", UV).run()
    assert (done.returncode, done.stderr) == (1, "./chat: Python 3.11 or newer is needed; found Python 3.9.2.\n")
    assert machine.left == []


def test_without_any_python_it_says_so(machine: Machine) -> None:
    done = machine.run()
    assert (done.returncode, done.stderr) == (1, "./chat: Python 3.11 or newer is needed; found no Python.\n")


def test_without_uv_and_venv_it_names_the_package(machine: Machine) -> None:
    done = machine.has("python3", NEW_PYTHON.format(venv=1)).run()
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert machine.left == []


def test_a_first_run_installs_and_starts_from_anywhere(ready: Machine) -> None:
    done = ready.run()
    assert done.stdout == f"ran {ready.root}/manage.py serve\n"
    assert "--frozen --no-dev" in done.stderr
    assert ready.left == [".venv"]


def test_a_second_run_asks_nobody(ready: Machine) -> None:
    ready.run()
    (ready.bin / "uv").unlink()
    (ready.bin / "python3").unlink()
    done = ready.run("adduser", "two words")
    assert (done.stdout, done.stderr) == (f"ran {ready.root}/manage.py adduser two words\n", "")


def test_a_changed_lock_file_is_installed_into_the_same_environment(ready: Machine) -> None:
    ready.run()
    (ready.root / "uv.lock").write_text("version = 2\n")
    assert "synced" in ready.run().stderr
    assert "synced" not in ready.run().stderr


def test_tests_need_more_and_the_site_does_not_take_it_away(ready: Machine) -> None:
    ready.run()
    assert "--group dev" in ready.run("test").stderr
    assert "synced" not in ready.run().stderr


def test_a_failed_installation_leaves_nothing_behind(ready: Machine) -> None:
    done = ready.run(SYNC_FAILS="1")
    assert done.returncode == 1
    assert "Is the network there?" in done.stderr
    assert ready.left == []
    assert ready.run().returncode == 0


def test_a_cache_that_cannot_be_written_is_done_without(ready: Machine) -> None:
    (ready.bin / "cache").write_text("a file where a folder should be")
    assert "--no-cache" in ready.run().stderr


def test_a_link_to_the_script_finds_its_home(ready: Machine, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ready.root / "chat")
    done = subprocess.run([tmp_path / "link", "help"], capture_output=True, text=True, env={"PATH": str(ready.bin)})
    assert "./chat test [--all]" in done.stdout


def test_the_shell_finds_no_fault() -> None:
    done = subprocess.run([need_program("shellcheck"), SCRIPT], capture_output=True, text=True)
    assert done.stdout == ""


def test_ci_calls_the_script_and_nothing_cleverer() -> None:
    steps = (SCRIPT.parent / ".ci" / "run").read_text().splitlines()
    assert steps[-2:] == ["./chat check", "./chat test --all"]
    assert os.access(SCRIPT.parent / ".ci" / "run", os.X_OK)
