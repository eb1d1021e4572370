"""The settings module as a whole, each time in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json, sys
from chatsite import settings
print(json.dumps([str(getattr(settings, name)) for name in sys.argv[1:]]))
"""


@pytest.fixture
def base(clean_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**clean_environment, "CHATSITE_DATA_DIR": str(tmp_path / "data")}


def show(environment: dict[str, str], *names: str) -> list[Any]:
    command = [sys.executable, "-c", SHOW, *names]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    values: list[Any] = json.loads(done.stdout)
    return values


def refusal(environment: dict[str, str]) -> str:
    """What `manage.py` says when it refuses these settings."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_reading_the_settings_makes_nothing(base: dict[str, str], tmp_path: Path) -> None:
    assert show(base, "HOST", "PORT", "DEBUG") == ["127.0.0.1", "8000", "False"]
    assert not (tmp_path / "data").exists()


def test_the_secret_key_is_the_one_in_the_data_directory(base: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text("kept\n")
    assert show(base, "SECRET_KEY") == ["kept"]


def test_without_the_file_each_process_has_a_strong_key_of_its_own(base: dict[str, str]) -> None:
    first, second = show(base, "SECRET_KEY")[0], show(base, "SECRET_KEY")[0]
    assert first != second
    assert len(first) >= 50


def test_a_public_https_address_makes_everything_strict(base: dict[str, str]) -> None:
    base |= {"CHATSITE_PUBLIC_URL": "https://chat.example.org/", "CHATSITE_TRUSTED_PROXIES": "1"}
    hosts, origins, secure, hsts = show(
        base, "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS"
    )
    assert "chat.example.org" in hosts
    assert origins == "['https://chat.example.org']"
    assert (secure, hsts) == ("True", "31536000")


def test_assistants_are_named_like_models(base: dict[str, str]) -> None:
    told = {"CHATSITE_ASSISTANTS": "ChatGLM=65940acff94777010aa6b796, glm-4-alltools:AI 搜索=659e54b1b8006379b4b2abd6"}
    assert show({**base, **told}, "CHATSITE_ASSISTANTS") == [
        "{'glm-4-assistant:ChatGLM': '65940acff94777010aa6b796', 'glm-4-alltools:AI 搜索': '659e54b1b8006379b4b2abd6'}"
    ]


def test_a_wrong_setting_ends_in_one_line_that_names_it(base: dict[str, str]) -> None:
    assert refusal({**base, "PORT": "http"}) == "PORT must be a whole number, not 'http'."


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"CHATSITE_LEASE": "4", "CHATSITE_HEARTBEAT": "2"}, "CHATSITE_LEASE"),
        ({"CHATSITE_CHECKPOINT": "0.1", "CHATSITE_FRAME_INTERVAL": "1"}, "CHATSITE_CHECKPOINT"),
        ({"CHATSITE_REPLY_DEADLINE": "10"}, "CHATSITE_REPLY_DEADLINE"),
        ({"CHATSITE_MODELS": "a,b", "CHATSITE_DEFAULT_MODEL": "c"}, "CHATSITE_DEFAULT_MODEL"),
        ({"CHATSITE_ASSISTANTS": "ChatGLM"}, "CHATSITE_ASSISTANTS"),
        ({"CHATSITE_ASSISTANTS": "glm-4.6:A=1"}, "CHATSITE_ASSISTANTS"),
        ({"CHATSITE_ASSISTANTS": "A=1,A=2"}, "CHATSITE_ASSISTANTS"),
        ({"CHATSITE_TIME_ZONE": "Mars/Base"}, "CHATSITE_TIME_ZONE"),
        ({"CHATSITE_LANGUAGE": "tlh"}, "CHATSITE_LANGUAGE"),
        ({"ZAI_API_KEY": "a", "ZAI_API_KEY_FILE": "/nowhere"}, "ZAI_API_KEY_FILE"),
    ],
)
def test_contradictions_are_refused(base: dict[str, str], wrong: dict[str, str], named: str) -> None:
    said = refusal(base | wrong)
    assert named in said
    assert len(said.splitlines()) == 1
