"""Every text of the program is in the catalogue of every language, and the compiled catalogue is that one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT
from tests.needs import need_program

LANGUAGES = ("zh_Hans",)
PARTS = ("chatsite", "conversations", "templates", "locale", "manage.py")


def catalogue(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def compiled(source: Path, target: Path) -> str:
    """Compile and return what msgfmt counted: "12 translated messages."."""
    command = [need_program("msgfmt"), "--check", "--statistics", "-o", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str, tmp_path: Path) -> None:
    source = catalogue(ROOT, language)
    compiled(source, tmp_path / "django.mo")
    assert source.with_suffix(".mo").read_bytes() == (tmp_path / "django.mo").read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_or_doubtful(language: str, tmp_path: Path, clean_environment: dict[str, str]) -> None:
    need_program("xgettext")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    collect = [sys.executable, "manage.py", "makemessages", "-l", language, "--no-location", "--no-obsolete"]
    subprocess.run(collect, cwd=tmp_path, env=clean_environment, check=True, capture_output=True)
    counted = compiled(catalogue(tmp_path, language), tmp_path / "django.mo")
    assert "untranslated" not in counted
    assert "fuzzy" not in counted
