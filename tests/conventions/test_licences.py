"""What an operator installs: few packages, and none whose licence binds the whole program."""

import re
import tomllib
from importlib import metadata

import pytest

from tests.conventions.sources import ROOT

MOST_PACKAGES = 60
EXTRAS = ("s3", "workers")
BINDING = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def runtime_packages(*own_extras: str) -> set[str]:
    """Names in the lock file that the program itself leads to, without development groups."""
    locked = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]}
    found: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [("chatsite", own_extras)]
    while waiting:
        wanted = waiting.pop()
        if wanted not in found:
            found.add(wanted)
            package, extras = locked[wanted[0]], wanted[1]
            needs = [package.get("dependencies", [])]
            needs += [package.get("optional-dependencies", {}).get(extra, []) for extra in extras]
            waiting += [(each["name"], tuple(each.get("extra", ()))) for group in needs for each in group]
    return {name for name, _ in found} - {"chatsite"}


def licence(name: str) -> str:
    about = metadata.metadata(name)
    classifiers = [each for each in about.get_all("Classifier", []) if each.startswith("License")]
    return " ".join([about.get("License-Expression") or about.get("License") or "", *classifiers])


def test_the_runtime_stays_small() -> None:
    assert 20 < len(runtime_packages()) <= MOST_PACKAGES


def test_extras_bring_what_only_some_need() -> None:
    assert {"boto3", "celery"} <= runtime_packages(*EXTRAS) - runtime_packages()


def test_no_runtime_package_is_under_the_gpl() -> None:
    installed = {each.name.lower().replace("_", "-") for each in metadata.distributions()}
    bound = {
        name: licence(name) for name in runtime_packages(*EXTRAS) & installed if BINDING.search(licence(name)[:400])
    }
    assert bound == {}


@pytest.mark.parametrize(
    "text", ["GPL-3.0-only", "GNU General Public License v2", "AGPL-3.0", "GNU Affero General Public"]
)
def test_binding_licences_are_recognised(text: str) -> None:
    assert BINDING.search(text)


@pytest.mark.parametrize("text", ["LGPL-3.0", "MIT", "GNU Lesser General Public License v3", "Apache-2.0"])
def test_others_are_let_through(text: str) -> None:
    assert not BINDING.search(text)
