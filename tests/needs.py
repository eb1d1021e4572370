"""What a test needs from the machine: without it the test is not run, and with `--all` that is a failure."""

import os
import shutil

import pytest

NOT_RUN = "not run: "


def everything_is_wanted() -> bool:
    return os.environ.get("CHATSITE_TEST_ALL") == "1"


def need_program(name: str) -> str:
    """The path of a program."""
    path = shutil.which(name)
    if path is None:
        need(False, f"{name} is not installed")
    return str(path)


def need(is_here: bool, otherwise: str) -> None:
    if is_here:
        return
    if everything_is_wanted():
        pytest.fail(f"--all leaves nothing out, but {otherwise}")
    pytest.skip(NOT_RUN + otherwise)
