"""Knowledge bases without a memory: ids that any process understands, errors inside a 200."""

import time
from typing import Any

import pytest

from conversations.sandbox import library
from conversations.sandbox.auth import DEFAULT_KEY, Key
from tests.sandbox.serving import Person


class Librarian:
    def __init__(self, person: Person) -> None:
        self._http = person.http
        self._base = f"{person.address}/api/llm-application/open"

    def ask(self, method: str, path: str, **fields: Any) -> Any:
        answer = self._http.request(method, f"{self._base}/{path}", **({"json": fields} if fields else {}))
        assert answer.status_code == 200
        return answer.json()

    def make(self, name: str = "Manuals") -> str:
        return str(self.ask("POST", "knowledge", name=name, embedding_id=11)["data"]["id"])

    def upload(self, base: str, name: str) -> Any:
        files = {"files": (name, b"text", "text/plain")}
        return self._http.post(f"{self._base}/document/upload_document/{base}", files=files).json()["data"]


@pytest.fixture
def librarian(person: Person) -> Librarian:
    return Librarian(person)


def test_a_base_is_made_looked_at_and_deleted(librarian: Librarian) -> None:
    base = librarian.make()
    assert librarian.ask("GET", f"knowledge/{base}")["data"]["name"] == "Manuals"
    assert librarian.ask("DELETE", f"knowledge/{base}")["code"] == 200


@pytest.mark.parametrize(("name", "stage"), [("quick.md", 1), ("quick-fail.md", 2), ("slow.md", 0)])
def test_a_document_says_how_far_it_is(librarian: Librarian, name: str, stage: int) -> None:
    (taken,) = librarian.upload(librarian.make(), name)["successInfos"]
    found = librarian.ask("GET", f"document/{taken['documentId']}")["data"]
    assert (found["name"], found["embedding_stat"], "failInfo" in found) == (name, stage, stage == 2)


def test_a_document_is_done_after_a_while() -> None:
    facts = {"name": "a.md", "at": time.time()}
    assert library.stage(facts, time.time()) == 0
    assert library.stage(facts, time.time() + library.RUNNING_SECONDS) == 1


def test_a_file_may_be_refused_by_itself(librarian: Librarian) -> None:
    data = librarian.upload(librarian.make(), "refuse.exe")
    assert (data["successInfos"], data["failedInfos"][0]["fileName"]) == ([], "refuse.exe")


def test_the_handbook_is_always_there_and_found_by_its_words(librarian: Librarian) -> None:
    assert [base["id"] for base in librarian.ask("GET", "knowledge")["data"]["list"]] == ["handbook"]
    found = librarian.ask(
        "POST", "knowledge/retrieve", query="How warm is the server room?", knowledge_ids=["handbook"]
    )
    assert "21 °C" in found["data"][0]["text"]
    assert librarian.ask("POST", "knowledge/retrieve", query="机房多少度", knowledge_ids=["handbook"])["data"]


def test_ids_are_nobody_else_s_to_make() -> None:
    made = library.sealed(Key("a", "another"), {"kind": "knowledge", "name": "A"})
    with pytest.raises(Exception, match="1214"):
        library.opened(DEFAULT_KEY, made, "knowledge")
    ours = library.sealed(DEFAULT_KEY, {"kind": "document"})
    with pytest.raises(Exception, match="1214"):
        library.opened(DEFAULT_KEY, ours, "knowledge")


@pytest.mark.parametrize(
    ("method", "path", "fields", "code"),
    [
        ("POST", "knowledge", {"name": "", "embedding_id": 11}, 1214),
        ("POST", "knowledge", {"name": "A", "embedding_id": 4}, 1214),
        ("POST", "knowledge", {"name": "[[code-10001]]", "embedding_id": 3}, 10001),
        ("GET", "knowledge/nobodys", {}, 1214),
        ("DELETE", "document/nobodys", {}, 1214),
        ("POST", "knowledge/retrieve", {"query": "q", "knowledge_ids": []}, 1214),
        ("POST", "knowledge/retrieve", {"query": "q" * 1001, "knowledge_ids": ["handbook"]}, 1214),
        ("POST", "knowledge/retrieve", {"query": "q", "knowledge_ids": ["handbook"], "top_k": 21}, 1214),
    ],
)
def test_errors_stand_inside_a_200(
    librarian: Librarian, method: str, path: str, fields: dict[str, Any], code: int
) -> None:
    assert librarian.ask(method, path, **fields)["code"] == code


class TestRetrievalInChat:
    def tools(self, **fields: Any) -> list[dict[str, Any]]:
        return [{"type": "retrieval", "retrieval": fields}]

    def test_answers_out_of_the_base(self, person: Person) -> None:
        answer = person.stream(prompt="How warm is the server room?", tools=self.tools(knowledge_id="handbook"))
        assert "21 °C" in answer.joined()

    def test_says_when_the_documents_do_not(self, person: Person) -> None:
        answer = person.stream(prompt="Who wrote Faust?", tools=self.tools(knowledge_id="handbook"))
        assert "do not say" in answer.joined()

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({}, "1213"),
            ({"knowledge_id": "1", "prompt_template": "Use {{knowledge}} only"}, "1214"),
        ],
    )
    def test_refuses_what_does_not_fit(self, person: Person, fields: dict[str, Any], code: str) -> None:
        assert person.ask(tools=self.tools(**fields)).error == code

    def test_takes_placeholders_with_any_spacing(self, person: Person) -> None:
        template = "In {{knowledge}} find {{  question }}"
        tools = self.tools(knowledge_id="1", prompt_template=template)
        assert person.ask(tools=tools).status == 200
