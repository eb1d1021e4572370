"""What the served site's log tells of a question: its number everywhere, and never a word of it."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served.glm import Glm
from tests.served.prepared import Prepared
from tests.served.site import Visitor, signed_in

pytestmark = pytest.mark.served

SECRET = "xylophone"
SCENARIOS = ("sandbox-no-money", "sandbox-cut", "sandbox-sensitive-output", "sandbox-echo", "sandbox-error-midstream")


@pytest.fixture
def own_ann(glm: Glm, prepared: Prepared, tmp_path: Path) -> Iterator[Visitor]:
    logs = {"CHATSITE_LOG_FORMAT": "json", "CHATSITE_LOG_REQUESTS": "true"}
    with prepared.site(tmp_path / "data", **glm.settings, **logs) as site, signed_in(site, "ann") as visitor:
        yield visitor


def test_a_number_leads_from_the_answer_to_the_turn_and_no_line_has_content(own_ann: Visitor) -> None:
    numbers = {}
    for model in SCENARIOS:
        code = str(uuid.uuid4())
        answer = own_ann.ask(f"{SECRET} for {model}", model, code)
        numbers[model] = answer.headers["X-Request-ID"]
        own_ann.site.turn_states(code)
        own_ann.page(code)
    output = own_ann.site.output
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert SECRET not in output
    failed = [line for line in lines if line["event"] == "upstream error"]
    assert [line["code"] for line in failed if line["request"] == numbers["sandbox-no-money"]] == ["1113"]
    asked = [line for line in lines if line["event"] == "request" and line["request"] == numbers["sandbox-echo"]]
    assert [(line["method"], line["status"]) for line in asked] == [("POST", 200)]
