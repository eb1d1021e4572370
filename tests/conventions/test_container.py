"""Dockerfile, compose.yaml and nginx's files agree with the program and with each other.

No engine runs where the tests do; what was tried by hand is in docs/operating.md.
"""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from tests.conventions.sources import ROOT
from tests.conventions.test_settings_are_documented import names_read

ADDRESS = re.compile(r"https?://[^/\s'\"]+(/[a-z]+)")
IN_SITE = "/srv/chatsite/"
BUILD_TOOLS = ("python3-venv", "python3-dev", "python3-pip", "build-essential", "gcc", "git", "curl")


def instructions() -> list[tuple[str, str]]:
    """Name and rest of every instruction, lines joined and comments left out."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line]  # type: ignore[misc]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Instructions by stage; that of the image has no name."""
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for instruction, rest in instructions():
        if instruction == "FROM":
            name = rest.partition(" AS ")[2]
            found[name] = []
        found[name].append((instruction, rest))
    return found


def last(instruction: str) -> str:
    return [rest for name, rest in stages()[""] if name == instruction][-1]


def copied() -> set[str]:
    """Everything that is copied from the checkout."""
    return {
        source
        for instruction, rest in instructions()
        if instruction == "COPY" and not rest.startswith("--from")
        for source in shlex.split(rest)[:-1]
    }


def ignored(path: str) -> bool:
    """As .dockerignore has it: the last line that fits decides."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line and not line.startswith("#") and fnmatch(path, line.lstrip("!")):
            verdict = not line.startswith("!")
    return verdict


class TestDockerfile:
    def test_what_is_copied_exists_and_is_not_ignored(self) -> None:
        assert {path for path in copied() if not (ROOT / path).exists() or ignored(path)} == set()

    def test_the_image_has_all_that_the_program_reads(self) -> None:
        wanted = {
            "manage.py",
            "pyproject.toml",
            "uv.lock",
            "chatsite",
            "conversations",
            "locale",
            "static",
            "templates",
        }
        assert wanted <= copied()

    @pytest.mark.parametrize("path", [".git", ".venv", "data", "tests", "bench", ".env", "secret.key", "deploy"])
    def test_everything_else_stays_outside(self, path: str) -> None:
        assert ignored(path)

    def test_stages_stand_on_each_other_and_on_one_system(self) -> None:
        names = set(stages())
        bases = {rest.partition(" AS ")[0] for instruction, rest in instructions() if instruction == "FROM"}
        assert bases - names == {"debian:trixie-slim"}
        taken = re.findall(r"--from=(\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
        assert set(taken) <= names

    def test_uv_is_the_one_of_the_script(self) -> None:
        (version,) = re.findall(r"^UV_VERSION=(\S+)$", (ROOT / "chat").read_text("utf-8"), re.MULTILINE)
        assert re.findall(r"uv==(\S+)", (ROOT / "Dockerfile").read_text("utf-8")) == [version]

    def test_packages_are_the_locked_ones_without_those_for_development(self) -> None:
        (sync,) = [rest for _, rest in stages()["build"] if "uv sync" in rest]
        assert {"--frozen", "--no-dev"} <= set(shlex.split(sync))

    def test_the_image_builds_nothing(self) -> None:
        installed = [rest for stage in ("base", "") for name, rest in stages()[stage] if name == "RUN"]
        assert [tool for tool in BUILD_TOOLS if any(tool in shlex.split(rest) for rest in installed)] == []

    def test_nobody_is_root_there(self) -> None:
        names = [name for name, _ in stages()[""]]
        assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last("USER"))
        assert "--uid " + last("USER").split(":")[0] in " ".join(rest for _, rest in stages()[""])
        assert names.index("USER") > max(at for at, name in enumerate(names) if name in ("RUN", "COPY"))

    def test_files_are_collected_where_they_are_looked_for(self) -> None:
        (collect,) = [rest for _, rest in stages()["build"] if "collectstatic" in rest]
        (place,) = re.findall(r"CHATSITE_STATIC_DIR=(\S+)", last("ENV"))
        assert f"CHATSITE_STATIC_DIR={place} " in collect
        assert place.startswith(IN_SITE)

    def test_it_sets_only_settings(self) -> None:
        names = set(re.findall(r"([A-Z_]+)=", last("ENV"))) - {"PATH"}
        assert names <= names_read()

    def test_it_starts_a_command_of_the_program(self) -> None:
        assert json.loads(last("ENTRYPOINT")) == ["python", "manage.py"]
        assert json.loads(last("CMD"))[0] in get_commands()
        assert known_address(last("HEALTHCHECK"))


def known_address(text: str) -> bool:
    found = ADDRESS.findall(text)
    program = (ROOT / "chatsite" / "asgi.py").read_text("utf-8")
    return bool(found) and all(f'"{path}"' in program for path in found)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


def of_site(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if service["image"] == "chatsite"}


def servers() -> list[str]:
    text = (ROOT / "deploy" / "nginx" / "upstream.inc").read_text("utf-8")
    return re.findall(r"server (\S+) ", text)


class TestCompose:
    def test_there_are_two_web_processes_and_one_that_upgrades(self, compose: dict[str, Any]) -> None:
        assert set(of_site(compose)) == {"upgrade", "web1", "web2", "worker1", "worker2", "clock"}
        assert of_site(compose)["web1"] == of_site(compose)["web2"]

    def test_there_are_two_workers_and_one_clock_of_their_kind(self, compose: dict[str, Any]) -> None:
        site = of_site(compose)
        assert site["worker1"] == site["worker2"]
        assert {site[name]["environment"]["CHATSITE_ROLE"] for name in ("worker1", "clock")} == {"worker"}
        assert (site["worker1"]["command"], site["clock"]["command"]) == (["worker"], ["worker", "--clock"])

    def test_the_proxy_leads_to_all_of_them(self, compose: dict[str, Any]) -> None:
        (port,) = re.findall(r"PORT=(\d+)", last("ENV"))
        assert servers() == [f"{name}:{port}" for name in of_site(compose) if name.startswith("web")]

    def test_it_sets_only_settings(self, compose: dict[str, Any]) -> None:
        assert set(of_site(compose)["web1"]["environment"]) <= names_read()

    def test_commands_are_those_of_the_program(self, compose: dict[str, Any]) -> None:
        given = [service["command"][0] for service in of_site(compose).values() if "command" in service]
        assert set(given) <= set(get_commands())

    def test_the_site_writes_only_where_it_may(self, compose: dict[str, Any]) -> None:
        for service in of_site(compose).values():
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]
            assert {volume.partition(":")[2] for volume in service["volumes"]} == {"/data", "/data/media"}

    def test_what_is_named_exists(self, compose: dict[str, Any]) -> None:
        services, volumes = compose["services"], set(compose["volumes"])
        for service in services.values():
            assert set(service.get("depends_on", {})) <= set(services)
            for volume in service.get("volumes", []):
                source = volume.partition(":")[0]
                assert source in volumes or mounted(volume).exists(), volume

    def test_services_wait_for_health_that_is_asked_for(self, compose: dict[str, Any]) -> None:
        waited = {
            name
            for service in compose["services"].values()
            for name, how in service.get("depends_on", {}).items()
            if how["condition"] == "service_healthy"
        }
        with_check = {name for name, service in compose["services"].items() if "healthcheck" in service}
        assert waited - with_check <= set(of_site(compose))  # the image asks for its own

    def test_the_database_is_of_the_version_of_its_clients(self, compose: dict[str, Any]) -> None:
        (client,) = set(re.findall(r"postgresql-client-(\d+)", (ROOT / "Dockerfile").read_text("utf-8")))
        assert compose["services"]["postgres"]["image"].startswith(f"postgres:{client}-")

    def test_the_proxy_may_read_what_the_site_wrote(self, compose: dict[str, Any]) -> None:
        assert compose["services"]["proxy"]["user"] == last("USER")

    def test_nginx_finds_its_files_where_they_are_mounted(self, compose: dict[str, Any]) -> None:
        targets = [volume.split(":")[-2] for volume in compose["services"]["proxy"]["volumes"]]
        for path in (ROOT / "deploy" / "nginx").glob("*.*"):
            for named in re.findall(r"(?:alias|include|ssl_certificate\w*) (/\S+);", path.read_text("utf-8")):
                assert any(named.startswith(target + "/") for target in targets), named
                if "/etc/nginx/chatsite/" in named:
                    assert (ROOT / "deploy" / "nginx" / Path(named).name).exists()


def mounted(volume: str) -> Path:
    """What lies in the checkout, with the variable's default where there is one."""
    source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume)
    return ROOT / source.split(":")[0]
