"""Search, reading a page and knowledge: what goes out, and what is made of an answer."""

import json
from typing import Any

import pytest

from conversations.glm import AnswerError, Call, GlmError, Kind, Source, Upload, knowledge, search
from conversations.glm.knowledge import Document, Slice, Stage, Uploaded

from .asking import connected, saying
from .server import answer

BASE = "https://open.bigmodel.cn/api/paas/v4/"


def body_of(call: Call[Any]) -> Any:
    return json.loads(call.encoded() or b"null")


def failure(call: Call[Any], body: dict[str, Any], status: int = 200) -> GlmError:
    with pytest.raises(GlmError) as caught:
        call.result(json.dumps(body), status)
    return caught.value


class TestSearching:
    def test_tells_only_what_was_chosen(self) -> None:
        call = search.web_search("tide times Husum", count=5, recency="oneWeek")
        assert (call.method, call.url(BASE)) == ("POST", "web_search")
        assert body_of(call) == {
            "search_query": "tide times Husum",
            "search_engine": "search_std",
            "search_intent": False,
            "count": 5,
            "search_recency_filter": "oneWeek",
            "request_id": call.request_id,
        }

    @pytest.mark.parametrize(
        ("query", "sent"),
        [
            ("  two\n words ", "two words"),
            ("word " * 20, ("word " * 14).strip()),
            ("字" * 100, "字" * 70),
            ("a " + "b" * 100, "a " + "b" * 68),
        ],
    )
    def test_asks_no_more_than_fits(self, query: str, sent: str) -> None:
        assert search.fitting(query) == sent
        assert len(sent) <= search.LONGEST_QUERY

    def test_gives_pages_and_what_glm_made_of_the_question(self) -> None:
        page = {"title": "Elbe", "link": "https://example.org", "refer": "ref_1", "content": None, "icon": 3}
        told = {"id": "2026", "search_result": [page, "nonsense"], "search_intent": [{"query": "elbe"}]}
        found = search.web_search("Elbe").result(json.dumps(told), 200)
        assert found.sources == (Source("ref_1", "Elbe", "https://example.org"),)
        assert (found.queries, found.id) == (("elbe",), "2026")

    def test_without_results_gives_none(self) -> None:
        assert search.web_search("Elbe").result("{}", 200).sources == ()

    @pytest.mark.parametrize(
        ("code", "kind"), [("1701", Kind.BUSY), ("1702", Kind.DISTURBED), ("1703", Kind.DISTURBED)]
    )
    def test_that_is_refused_in_a_200_raises(self, code: str, kind: Kind) -> None:
        error = failure(search.web_search("Elbe"), {"error": {"code": code, "message": "no"}})
        assert (error.code, error.kind) == (code, kind)


def test_a_page_is_read_as_text_without_pictures() -> None:
    call = search.read_page("https://example.org/a")
    assert body_of(call)["url"] == "https://example.org/a"
    assert (body_of(call)["return_format"], body_of(call)["retain_images"]) == ("markdown", False)
    page = call.result('{"reader_result": {"content": "# A", "title": "A", "url": "https://example.org/a"}}', 200)
    assert (page.content, page.title, page.description) == ("# A", "A", "")


class TestKnowledge:
    @pytest.mark.parametrize(
        "base",
        [BASE, "https://open.bigmodel.cn/api/coding/paas/v4", "https://open.bigmodel.cn/api/paas/v4"],
    )
    def test_lives_beside_chat_on_the_same_host(self, base: str) -> None:
        assert knowledge.look("a/b").url(base) == ("https://open.bigmodel.cn/api/llm-application/open/knowledge/a%2Fb")

    def test_is_made_with_a_model_for_its_texts(self) -> None:
        call = knowledge.create("n" * 200, "a" * 900)
        assert body_of(call) == {"embedding_id": 11, "name": "n" * 100, "description": "a" * 500}
        assert call.result('{"code": 200, "data": {"id": "17"}}', 200) == "17"

    @pytest.mark.parametrize(
        ("body", "code"),
        [({"code": 401, "msg": "no", "success": False}, "401"), ({"code": 1214, "message": "no"}, "1214")],
    )
    def test_tells_its_errors_inside_a_200(self, body: dict[str, Any], code: str) -> None:
        error = failure(knowledge.delete("17"), body)
        assert isinstance(error, AnswerError)
        assert error.code == code

    def test_full_is_a_matter_for_an_administrator(self) -> None:
        assert failure(knowledge.create("a"), {"code": 10001, "message": "no"}).rule.is_alarming

    def test_lists_come_plain_or_by_pages(self) -> None:
        bases = [{"id": 17, "name": "A", "document_size": 2}]
        for data in (bases, {"list": bases, "total": 1}):
            (base,) = knowledge.bases().result(json.dumps({"code": 200, "data": data}), 200)
            assert (base.id, base.name, base.document_count, base.word_count) == ("17", "A", 2, None)

    @pytest.mark.parametrize(
        ("told", "stage"),
        [(0, Stage.RUNNING), (1, Stage.DONE), ("2", Stage.FAILED), (None, Stage.RUNNING), (9, Stage.RUNNING)],
    )
    def test_documents_say_how_far_they_are(self, told: object, stage: Stage) -> None:
        data = {"id": "d", "name": "a.md", "embedding_stat": told, "failInfo": {"embedding_code": 10001}}
        found = knowledge.document("d").result(json.dumps({"code": 200, "data": data}), 200)
        assert found == Document("d", "a.md", stage, "10001")

    def test_uploads_are_taken_or_refused_file_by_file(self) -> None:
        data = {
            "successInfos": [{"documentId": "d", "fileName": "a.md"}],
            "failedInfos": [{"fileName": "b.exe", "failReason": "format"}],
        }
        call = knowledge.upload("17", Upload("a.md", b"A"))
        assert call.result(json.dumps({"code": 200, "data": data}), 200) == Uploaded(
            (Document("d", "a.md"),), (("b.exe", "format"),)
        )

    def test_passages_come_with_where_they_stand(self) -> None:
        told = {"text": "T", "score": 0.5, "metadata": {"doc_id": "d", "doc_name": "a.md", "knowledge_id": "17"}}
        call = knowledge.retrieve("q" * 2000, ["17"], most=50)
        assert (len(body_of(call)["query"]), body_of(call)["top_k"]) == (1000, 20)
        found = call.result(json.dumps({"code": 200, "data": [told, {"score": True}]}), 200)
        assert found == (Slice("T", 0.5, "d", "a.md", "", "17"), Slice(""))


async def test_the_client_sends_a_file_as_a_form() -> None:
    said = json.dumps({"code": 200, "data": {"successInfos": []}}).encode()
    async with connected(saying(answer("200 OK", said))) as (server, client):
        assert await client.ask(knowledge.upload("17", Upload("手册.md", b"# A", "text/markdown"))) == Uploaded((), ())
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/llm-application/open/document/upload_document/17 ")
    assert b"multipart/form-data; boundary=" in head
    assert b"# A" in body
    assert b'name="files"' in body


async def test_an_error_says_where_it_happened_and_not_the_key() -> None:
    said = json.dumps({"error": {"code": "1701", "message": "a1b2c3d4e5f6.s3cr3ts3cr3t"}}).encode()
    async with connected(saying(answer("200 OK", said, x_log_id="log-7"))) as (_, client):
        call = search.web_search("Elbe")
        with pytest.raises(GlmError) as caught:
            await client.ask(call)
    error = caught.value
    assert (error.log_id, error.request_id, error.http_status) == ("log-7", call.request_id, 200)
    assert "s3cr3t" not in error.raw
