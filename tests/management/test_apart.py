"""Work in a copy of the process."""

import subprocess
import sys

import pytest

CASES = {
    "done": ("lambda: held.append(1)", "ok []"),
    "what it raises": ("lambda: {}['名']", "RuntimeError '名'"),
    "killed": ("lambda: os.kill(os.getpid(), 9)", "RuntimeError it was ended from outside"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_work_is_done_elsewhere_and_its_end_is_told(case: str) -> None:
    work, said = CASES[case]
    program = (
        "import os\nfrom conversations.management.serving.apart import apart\nheld = []\n"
        f"try:\n    apart({work})\n    print('ok', held)\n"
        "except RuntimeError as error:\n    print('RuntimeError', error)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == said
