"""Assistants as GLM has them: what they take, the chunks they answer with, what they remember."""

from typing import Any

import pytest

from tests.sandbox.serving import Answer, Person

CHATGLM = "65940acff94777010aa6b796"


def talk(person: Person, prompt: str = "Tell me a story", **fields: Any) -> Answer:
    messages = [{"role": "user", "content": [{"type": "text", "text": prompt}]}]
    body = {"assistant_id": CHATGLM, "model": "glm-4-assistant", "stream": True, "messages": messages, **fields}
    return post(person, "assistant", {name: value for name, value in body.items() if value is not ...})


def post(person: Person, path: str, body: Any) -> Answer:
    got = person.http.post(f"{person.base}/{path}", json=body)
    return Answer(got.status_code, got.headers, (got.content,))


def blocks(answer: Answer) -> list[dict[str, Any]]:
    return [block for delta in answer.deltas for block in delta.get("tool_calls", [])]


def outputs(answer: Answer) -> list[Any]:
    return [each for block in blocks(answer) for each in block[block["type"]]["outputs"] or []]


class TestChunks:
    def test_each_names_the_conversation_and_how_the_reply_stands(self, person: Person) -> None:
        answer = talk(person)
        assert {frame["assistant_id"] for frame in answer.frames} == {CHATGLM}
        assert len({frame["conversation_id"] for frame in answer.frames}) == 1
        *begun, last = [frame["status"] for frame in answer.frames]
        assert (set(begun), last) == ({"in_progress"}, "completed")
        assert {delta["type"] for delta in answer.deltas} == {"content"}
        assert answer.joined().startswith("## The Lighthouse Clock")
        assert (answer.finishes, answer.is_done) == (["stop"], True)
        assert answer.usages[0]["total_tokens"] > 0

    @pytest.mark.parametrize(
        ("prompt", "kind", "gave"),
        [
            ("Search for tides", "web_browser", {"title", "link", "content", "error_msg"}),
            ("What is 17 * 23?", "code_interpreter", {"type", "logs", "error_msg"}),
            ("Draw a harbour", "drawing_tool", {"image"}),
            ("What does the handbook say of visitors?", "retrieval", {"text", "document"}),
            ("How is the weather?", "function", {"content"}),
        ],
    )
    def test_tools_tell_their_input_in_pieces_and_then_what_came(
        self, person: Person, prompt: str, kind: str, gave: set[str]
    ) -> None:
        answer = talk(person, prompt)
        assert {block["type"] for block in blocks(answer)} == {kind}
        assert set(outputs(answer)[0]) == gave
        assert all(block[kind]["outputs"] is None for block in blocks(answer)[:-1])
        assert answer.joined()

    def test_code_is_really_worked_out(self, person: Person) -> None:
        assert outputs(talk(person, "What is 17 * 23?"))[0]["logs"] == "391"

    def test_what_was_drawn_can_be_fetched(self, person: Person) -> None:
        got = person.http.get(outputs(talk(person, "Draw a harbour"))[0]["image"])
        assert (got.status_code, got.headers["content-type"]) == (200, "image/png")

    def test_a_failure_is_a_status_with_a_reason(self, person: Person) -> None:
        answer = talk(person, "[[error-midstream]] Tell me a story")
        assert answer.frames[-1]["status"] == "failed"
        assert answer.frames[-1]["last_error"]["code"] == "1234"

    def test_a_judgement_ends_it_like_any_reply(self, person: Person) -> None:
        answer = talk(person, "[[sensitive-output]] Tell me a story")
        assert answer.finishes == ["sensitive"]
        assert answer.frames[-1]["content_filter"] == [{"role": "assistant", "level": 1}]


class TestConversations:
    def test_go_on_where_they_are(self, person: Person) -> None:
        name = talk(person, "Tell me a story").frames[0]["conversation_id"]
        answer = talk(person, "What did I ask?", conversation_id=name)
        assert answer.frames[0]["conversation_id"] == name
        assert answer.joined() == "Before this you asked: Tell me a story\n"

    def test_are_listed_with_what_they_used(self, person: Person) -> None:
        name = talk(person).frames[0]["conversation_id"]
        talk(person, conversation_id=name)
        talk(person)
        body = post(person, "assistant/conversation/list", {"assistant_id": CHATGLM, "page_size": 1}).json
        (found,) = body["data"]["conversation_list"]
        assert body["data"]["has_more"]
        assert found["usage"]["total_tokens"] == found["usage"]["prompt_tokens"] + found["usage"]["completion_tokens"]

    @pytest.mark.parametrize("name", ["somebody-elses", "", 7])
    def test_that_nobody_began_are_refused(self, person: Person, name: Any) -> None:
        answer = talk(person, conversation_id=name)
        assert answer.status == (400 if name else 200)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"assistant_id": ...}, "1213"),
        ({"assistant_id": "0"}, "1214"),
        ({"model": "glm-4.6"}, "1211"),
        ({"stream": False}, "1212"),
        ({"messages": []}, "1213"),
        ({"messages": [{"role": "system", "content": [{"type": "text", "text": "Be kind"}]}]}, "1214"),
        ({"messages": [{"role": "user", "content": "Hello"}]}, "1214"),
        ({"user_id": "me"}, "1214"),
    ],
)
def test_takes_a_person_s_texts_and_nothing_else(person: Person, fields: dict[str, Any], code: str) -> None:
    answer = talk(person, **fields)
    assert (answer.status, answer.error) == (400, code)


def test_says_which_there_are(person: Person) -> None:
    listed = post(person, "assistant/list", {}).json["data"]
    assert [each["name"] for each in listed] == ["ChatGLM", "AI 搜索", "数据分析"]
    (one,) = post(person, "assistant/list", {"assistant_id_list": [CHATGLM]}).json["data"]
    assert (one["assistant_id"], one["status"]) == (CHATGLM, "publish")
