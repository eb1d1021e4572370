"""The one script, on machines that lack something. Programs on its PATH are stand-ins that say what they were asked."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.needs import need_program

SCRIPT = Path(__file__).resolve().parents[1] / "chat"
COMMANDS = SCRIPT.parent / "conversations/management/commands"
TOOLS = ("sh", "cat", "cksum", "rm", "mv", "mkdir", "dirname", "readlink", "sed", "env", "tr")
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
# Stands in for an environment's Python. Both engines answer; $FAILED are tests that fail, $AGAIN is how they end alone.
TESTS = r"""
#!/bin/sh
case "$*" in
*tests.engines*) echo DATABASE=here ;;
*--last-failed*) echo "again ${DATABASE:-nowhere}"; exit "${AGAIN:-0}" ;;
*pytest*)
    for option; do case $option in cache_dir=*) folder=${option#*=} ;; esac; done
    [ -n "${FAILED:-}" ] || exit "${OUTCOME:-0}"
    mkdir -p "$folder/v/cache"
    { echo "{"; for name in $FAILED; do echo "  \"$name\": true,"; done; echo "}"; } >"$folder/v/cache/lastfailed"
    exit "${OUTCOME:-1}" ;;
esac
"""
PROGRAMS = ("chromium", "chromium-headless-shell", "msgfmt", "nginx", "openssl", "pg_dump", "shellcheck")


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


def test_what_python_compiles_is_kept_in_the_environment(ready: Machine) -> None:
    ready.run()
    python = ready.root / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "${PYTHONDONTWRITEBYTECODE-unset} $PYTHONPYCACHEPREFIX"\n')
    assert ready.run(PYTHONDONTWRITEBYTECODE="1").stdout == f"unset {ready.root}/.venv/.compiled\n"


def test_help_names_what_there_is(machine: Machine) -> None:
    helped = machine.run("help")
    named = set(re.findall(r"^  \./chat ([a-z-]+)", helped.stdout, re.MULTILINE))
    commands = {path.stem.replace("_", "-") for path in COMMANDS.glob("[a-z]*.py")}
    assert named == {*commands, "test", "check"} - {"serve", "upgrade"}
    assert "set -eu" not in helped.stdout


def test_a_changed_lock_file_is_installed_into_the_same_environment(ready: Machine) -> None:
    ready.run()
    (ready.root / "uv.lock").write_text("version = 2\n")
    assert "synced" in ready.run().stderr
    assert "synced" not in ready.run().stderr


def test_tests_need_more_and_the_site_does_not_take_it_away(ready: Machine) -> None:
    ready.run()
    assert "--group dev" in ready.run("test").stderr
    assert "synced" not in ready.run().stderr


def test_workers_bring_what_only_they_need(ready: Machine) -> None:
    ready.run()
    done = ready.run("worker", "--clock")
    assert done.stdout == f"ran {ready.root}/manage.py worker --clock\n"
    assert "--no-dev --extra workers" in done.stderr
    assert "synced" not in ready.run().stderr


def test_a_bucket_for_pictures_is_brought_where_it_is_set(ready: Machine) -> None:
    ready.run()
    assert "--no-dev --extra s3" in ready.run(CHATSITE_S3_BUCKET="pictures").stderr
    assert "synced" not in ready.run(CHATSITE_S3_BUCKET="pictures").stderr
    assert "synced" not in ready.run().stderr


def test_all_tests_want_both_engines(ready: Machine) -> None:
    silent = "printf '#!/bin/sh\\n:\\n' >\"$folder/bin/python\""
    for tool in PROGRAMS:
        ready.has(tool, ":")
    ready.has("uv", UV.replace("""printf '#!/bin/sh\\necho "ran $*"\\n' >"$folder/bin/python\"""", silent))
    done = ready.run("test", "--all")
    assert (done.returncode, "need PostgreSQL and Redis" in done.stderr) == (1, True)
    assert "Not run" in ready.run("test").stderr


@pytest.fixture
def tested(ready: Machine) -> Machine:
    """With every program, and an environment whose Python is TESTS."""
    for tool in PROGRAMS:
        ready.has(tool, ":")
    ready.run("test")
    (ready.root / ".venv" / "bin" / "python").write_text(TESTS.lstrip())
    return ready


class TestOnceMore:
    """What fails in a run of all tests, and passes alone."""

    def test_is_told_in_the_last_lines_and_fails_nothing(self, tested: Machine) -> None:
        done = tested.run("test", "--all", FAILED="a.py::test_b[x] c.py::test_d")
        assert (done.returncode, done.stdout) == (0, "again nowhere\nagain here\n")
        places = ("SQLite, everything in memory", "PostgreSQL and Redis")
        names = ("a.py::test_b[x]", "c.py::test_d")
        said = [f"UNSTEADY: {name} failed on {place}, and passed alone. Mend it." for place in places for name in names]
        assert done.stderr.splitlines()[-4:] == said
        assert list((tested.root / ".venv").glob(".failures*")) == []

    def test_is_no_failure_only_if_it_passes(self, tested: Machine) -> None:
        done = tested.run("test", "--all", FAILED="a.py::test_b", AGAIN="1")
        assert (done.returncode, "UNSTEADY" in done.stderr) == (1, False)

    def test_is_no_accident_when_it_is_more_than_a_few(self, tested: Machine) -> None:
        done = tested.run("test", "--all", FAILED=" ".join(f"a.py::test_{number}" for number in range(6)))
        assert (done.returncode, done.stdout) == (1, "")
        assert "6 tests failed, and none is run again" in done.stderr

    @pytest.mark.parametrize("outcome", ["2", "3"])
    def test_is_not_what_ends_a_run_otherwise(self, tested: Machine, outcome: str) -> None:
        done = tested.run("test", "--all", FAILED="a.py::test_b", OUTCOME=outcome)
        assert (done.returncode, done.stdout) == (int(outcome), "")

    def test_is_for_all_tests_alone(self, tested: Machine) -> None:
        done = tested.run("test", "tests/glm", OUTCOME="1")
        assert (done.returncode, done.stdout) == (1, "")


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
