"""The sandbox as a program of its own."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conversations.sandbox.cli import main
from tests.sandbox.serving import Person, serving

ROOT = Path(__file__).parents[2]
SECONDS = 30


@contextmanager
def running(*options: str, fds: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """The program with those options, ended when the test is over whatever happened."""
    process = subprocess.Popen(
        [sys.executable, "-m", "conversations.sandbox", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=fds,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def base_of(process: subprocess.Popen[str]) -> str:
    """The address in the first line, which comes only when the program listens."""
    assert process.stdout
    line = process.stdout.readline()
    found = re.fullmatch(r"sandbox listening on (http://127\.0\.0\.1:\d+/api/paas/v4)\n", line)
    assert found, line
    return found[1]


def status(base: str, key: str = "sandbox.sandbox") -> int:
    request = urllib.request.Request(f"{base}/models", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        assert json.load(response)["object"] == "list"
        return int(response.status)


def test_it_says_where_it_listens_and_serves_there() -> None:
    with running("--port", "0") as process:
        assert status(base_of(process)) == 200


def test_it_serves_on_an_inherited_socket_that_outlives_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = ("--fd", str(listener.fileno()))
        port = listener.getsockname()[1]
        for _ in range(2):
            with running(*options, fds=(listener.fileno(),)) as process:
                base = base_of(process)
                assert base == f"http://127.0.0.1:{port}/api/paas/v4"
                assert status(base) == 200


def test_it_ends_when_its_input_ends_even_in_mid_reply() -> None:
    with running("--port", "0", "--until-stdin-closes") as process:
        base = base_of(process)
        with socket.create_connection(("127.0.0.1", int(base.split(":")[2].split("/")[0]))) as client:
            body = b'{"model":"sandbox-stall","stream":true,"messages":[{"role":"user","content":"Hi"}]}'
            head = f"POST /api/paas/v4/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            client.sendall(head.encode() + b"Authorization: sandbox.sandbox\r\n\r\n" + body)
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
            assert process.stdin
            _, errors = process.communicate(timeout=SECONDS)
            assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_ends_quietly_on_a_signal(number: int, code: int) -> None:
    with running("--port", "0") as process:
        base_of(process)
        process.send_signal(number)
        assert process.wait(SECONDS) == code
        assert process.stderr
        assert process.stderr.read() == ""


def test_a_fault_of_its_own_is_told_and_a_meant_one_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as address:
        person = Person(address)
        with person.http, pytest.MonkeyPatch.context() as patch:
            assert person.stream("sandbox-cut").is_broken
            assert capsys.readouterr().err == ""
            patch.setattr("conversations.sandbox.endpoints.chat.usual", lambda asked: 1 / 0)
            assert person.ask().status == 500

    assert capsys.readouterr().err.endswith("ZeroDivisionError: division by zero\n")


def test_it_says_one_line_about_each_request_and_no_word_of_its_content() -> None:
    with running("--port", "0") as process:
        status(base_of(process))
        assert process.stderr
        assert process.stderr.readline() == "GET /api/paas/v4/models 200\n"


def test_what_a_client_calls_its_model_cannot_forge_a_line() -> None:
    with running("--port", "0") as process:
        body = json.dumps({"model": "a\nGET /b", "messages": [{"role": "user", "content": "Hi"}]}).encode()
        headers = {"Authorization": "sandbox.sandbox"}
        request = urllib.request.Request(f"{base_of(process)}/chat/completions", body, headers)
        urllib.request.urlopen(request, timeout=SECONDS).close()
        assert process.stderr
        assert process.stderr.readline() == "POST /api/paas/v4/chat/completions a?GET /b answer 200\n"


def test_quiet_it_says_nothing() -> None:
    with running("--port", "0", "--quiet", "--until-stdin-closes") as process:
        status(base_of(process))
        _, errors = process.communicate(timeout=SECONDS)
        assert errors == ""


def test_a_taken_port_is_an_error_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1

    assert "cannot listen: Address already in use" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--key", "nodot"], ["--port", "many"], ["--no-such"]])
def test_wrong_options_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)

    assert ended.value.code == 2
    assert "usage: sandbox" in capsys.readouterr().err


def test_the_list_of_models_costs_no_server_and_no_django() -> None:
    code = (
        "import sys, conversations.sandbox as s; assert 'sandbox-cut' in s.SANDBOX_MODELS;"
        "print({'uvicorn', 'django', 'httpx', 'jwt'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=SECONDS
    )

    assert found.stdout == "set()\n"
