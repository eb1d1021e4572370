"""The official clients against the sandbox: they notice nothing odd, and their errors are the right ones.

What each client saw is compared with what the sandbox composes for the same request.
"""

from typing import Any

import pytest

from conversations.sandbox import SANDBOX_MODELS
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.reply import Reply, compose
from tests.clients.environments import Environment

pytestmark = pytest.mark.clients

ZHIPUAI = Environment(("drive_glm.py", "zhipuai"), ("zhipuai==2.1.5.20250825", "sniffio"))
ZAI = Environment(("drive_glm.py", "zai"), ("zai-sdk==0.2.3",))
OPENAI = Environment(("drive_openai.py",), ("openai==3.52.0",))
GLM_CLIENTS = {"zhipuai": ZHIPUAI, "zai-sdk": ZAI}
CLIENTS = {**GLM_CLIENTS, "openai": OPENAI}

PROMPT = "Tell me a story"


class Seen:
    """What each client saw, driven when a test first asks: one process a client."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._found: dict[str, dict[str, Any]] = {}

    def by(self, client: str) -> dict[str, Any]:
        if client not in self._found:
            self._found[client] = CLIENTS[client].drive(self._address)
        return self._found[client]


@pytest.fixture(scope="session")
def seen(sandbox_address: str) -> Seen:
    return Seen(sandbox_address)


def expected(*, reasons: bool = False) -> tuple[Reply, int]:
    """The reply to the drivers' prompt, and its total tokens."""
    asked = Asked("glm", (Said("user", PROMPT),), Prompt(PROMPT), wants_reasoning=reasons)
    reply = compose(asked)
    usage = reply.usage(asked)
    return reply, usage.prompt + usage.completion


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", ["whole", "streamed", "nulls", "quiet", "usage apart"])
def test_text_finish_and_usage_arrive(seen: Seen, client: str, case: str) -> None:
    reply, tokens = expected()
    found = seen.by(client)[case]

    assert (found["text"], found["finish"], found["tokens"]) == (reply.text, "stop", tokens)
    assert not found["reasoning"]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", ["reasoning", "reasoning streamed"])
def test_reasoning_arrives_apart_from_the_text(seen: Seen, client: str, case: str) -> None:
    reply, tokens = expected(reasons=True)
    found = seen.by(client)[case]

    assert (found["reasoning"], found["text"]) == (reply.reasoning, reply.text)
    assert (found["finish"], found["tokens"]) == ("stop", tokens)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_picture_arrives_bare_or_as_a_data_url(seen: Seen, client: str) -> None:
    assert "picture that I cannot open here" in seen.by(client)["image"]["text"]


@pytest.mark.parametrize("client", GLM_CLIENTS)
@pytest.mark.parametrize("case", ["role", "role streamed"])
def test_a_role_is_told_by_meta(seen: Seen, client: str, case: str) -> None:
    assert seen.by(client)[case]["text"].startswith("*Elsa looks up.* “Where are we?”, you say, Lin?")


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_a_role_with_half_of_its_texts_is_refused(seen: Seen, client: str) -> None:
    found = seen.by(client)["half a role"]
    assert (found["status"], "meta.user_info" in found["said"]) == (400, True)


@pytest.mark.parametrize("client", GLM_CLIENTS)
@pytest.mark.parametrize(
    ("case", "block", "given"),
    [
        ("drawing", "DrawingToolBlock", {"image"}),
        ("browsing", "WebBrowserToolBlock", {"title", "link", "content", "error_msg"}),
        ("computing", "CodeInterpreterToolBlock", {"type", "logs", "error_msg"}),
    ],
)
def test_tools_of_an_assistant_are_the_ones_they_know(
    seen: Seen, client: str, case: str, block: str, given: set[str]
) -> None:
    found = seen.by(client)[case]
    assert {name for name, _input, _outputs in found["used"]} == {block}
    assert set(found["used"][-1][2][0]) == given
    assert "".join(piece for _name, piece, _outputs in found["used"])
    assert (found["statuses"], found["finish"]) == (["in_progress", "completed"], "stop")
    assert found["tokens"]


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_an_assistant_goes_on_where_it_was_and_is_listed(seen: Seen, client: str) -> None:
    found = seen.by(client)
    assert found["going on"]["text"] == "Before this you asked: Tell me a story\n"
    assert found["assistants"]["names"][0] == "ChatGLM"
    assert found["assistants"]["used"] > 0


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_an_assistant_says_what_went_wrong(seen: Seen, client: str) -> None:
    found = seen.by(client)
    assert (found["assistant that fails"]["statuses"][-1], found["assistant that fails"]["error"]) == ("failed", "1234")
    assert found["no assistant"]["status"] == 400


@pytest.mark.parametrize("client", CLIENTS)
def test_every_finish_reason_is_told(seen: Seen, client: str) -> None:
    found = seen.by(client)

    assert found["length"]["finish"] == "length"
    assert found["sensitive"]["finish"] == "sensitive"
    assert len(found["sensitive"]["text"]) == 200
    assert found["sensitive"]["tokens"] is None


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_glm_s_clients_know_network_errors_and_other_line_ends(seen: Seen, client: str) -> None:
    found = seen.by(client)

    assert found["network error"]["finish"] == "network_error"
    assert found["carriage returns"]["text"] == expected()[0].text


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_the_request_id_comes_back(seen: Seen, client: str) -> None:
    assert seen.by(client)["whole"]["request_id"] == "request-0001"


@pytest.mark.parametrize("client", GLM_CLIENTS)
@pytest.mark.parametrize("case", ["token", "token streamed", "other key"])
def test_signed_tokens_and_other_raw_keys_are_taken(seen: Seen, client: str, case: str) -> None:
    assert seen.by(client)[case]["text"] == expected()[0].text


@pytest.mark.parametrize("client", GLM_CLIENTS)
@pytest.mark.parametrize(
    ("case", "error", "status", "said"),
    [
        ("wrong token", "APIAuthenticationError", 401, '"code":"1002"'),
        ("blocked", "APIRequestFailedError", 400, '"contentFilter":[{"level":1,"role":"user"}]'),
        ("busy", "APIReachLimitError", 429, '"code":"1302"'),
        ("down", "APIServerFlowExceedError", 503, '"code":"503"'),
        ("error in stream", "APIResponseError", None, "during streaming"),
    ],
)
def test_errors_become_glm_s_exceptions(
    seen: Seen, client: str, case: str, error: str, status: int | None, said: str
) -> None:
    found = seen.by(client)[case]

    assert (found["error"], found["status"]) == (error, status)
    assert said in found["said"]


@pytest.mark.parametrize(("client", "words"), [("zhipuai", "并发请求过多"), ("zai-sdk", "Too many requests at once")])
def test_each_is_told_off_in_its_own_language(seen: Seen, client: str, words: str) -> None:
    assert words in seen.by(client)["busy"]["said"]


@pytest.mark.parametrize(
    ("case", "error", "code", "status"),
    [
        ("blocked", "BadRequestError", "1301", 400),
        ("busy", "RateLimitError", "1302", 429),
        ("unauthorized", "AuthenticationError", "1000", 401),
        ("error in stream", "APIError", "1234", None),
    ],
)
def test_errors_become_openai_s_exceptions(seen: Seen, case: str, error: str, code: str, status: int | None) -> None:
    assert seen.by("openai")[case] == {"error": error, "code": code, "status": status}


def test_openai_s_client_lists_the_models(seen: Seen) -> None:
    assert seen.by("openai")["models"] == list(SANDBOX_MODELS)


KIEL, HUSUM = ["get_weather", {"city": "Kiel"}], ["get_weather", {"city": "Husum"}]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("case", "calls"), [("calls", [KIEL]), ("calls at once", [KIEL, HUSUM])])
def test_calls_arrive_whole_and_what_they_gave_is_answered(
    seen: Seen, client: str, case: str, calls: list[list[Any]]
) -> None:
    found = seen.by(client)[case]

    assert (found["finish"], found["calls"], found["ids"]) == ("tool_calls", calls, len(calls))
    assert all(f"sunny, {number}" in found["answer"] for number in range(len(calls)))


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("case", "calls"),
    [("calls streamed", [KIEL]), ("calls at once streamed", [KIEL, HUSUM]), ("calls in pieces", [KIEL])],
)
def test_calls_arrive_in_a_stream(seen: Seen, client: str, case: str, calls: list[list[Any]]) -> None:
    found = seen.by(client)[case]

    assert (found["finish"], found["calls"]) == ("tool_calls", calls)
    assert (found["pieces"] > len(calls)) == (case == "calls in pieces")


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_the_web_is_searched_without_a_model(seen: Seen, client: str) -> None:
    found = seen.by(client)["search"]

    assert found["refers"] == ["ref_1", "ref_2", "ref_3"]
    assert all(title.startswith("tide times Husum: ") for title in found["titles"])
    assert found["id"]
    assert seen.by(client)["search for nothing"]["error"] == "APIRequestFailedError"


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_the_web_is_searched_by_the_elder_tool(seen: Seen, client: str) -> None:
    assert seen.by(client)["search by pro"] == {"types": ["search_intent", "search_result"], "pages": 2}


@pytest.mark.parametrize("client", GLM_CLIENTS)
def test_the_web_is_searched_in_a_chat(seen: Seen, client: str) -> None:
    found = seen.by(client)["search in chat"]

    assert found["sources"] == 10
    assert "“tides”" in found["text"]


def test_a_page_is_read_by_the_client_that_can(seen: Seen) -> None:
    page = seen.by("zai-sdk")["page"]

    assert (page["title"], page["url"]) == ("A page of the sandbox", "https://example.org/tides")
    assert "example.org/tides" in page["content"]
    assert seen.by("zhipuai")["page"] == {}
