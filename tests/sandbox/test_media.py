"""Pictures and videos that the sandbox makes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from conversations.sandbox import webm
from conversations.sandbox.state import State
from tests.sandbox.serving import serving

HEADERS = {"Authorization": "Bearer sandbox.sandbox", "Accept-Language": "en"}
BASE = "/api/paas/v4"
KEY_FRAME = b"\x9d\x01\x2a"  # of VP8


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with (
        serving() as address,
        httpx.Client(base_url=address, headers=HEADERS, timeout=20, trust_env=False, verify=False) as client,
    ):
        yield client


def image(http: httpx.Client, prompt: str = "A heron", **fields: Any) -> httpx.Response:
    return http.post(f"{BASE}/images/generations", json={"model": "cogview-4", "prompt": prompt, **fields})


def video(http: httpx.Client, prompt: str = "A heron flies", **fields: Any) -> httpx.Response:
    return http.post(f"{BASE}/videos/generations", json={"model": "cogvideox-3", "prompt": prompt, **fields})


def told(http: httpx.Client, prompt: str = "A heron flies", **fields: Any) -> Any:
    return http.get(f"{BASE}/async-result/{video(http, prompt, **fields).json()['id']}").json()


class TestAPicture:
    def test_has_the_size_that_was_asked_for(self, http: httpx.Client) -> None:
        answer = image(http, size="768x1344").json()
        assert answer["content_filter"] == [{"role": "assistant", "level": 3}]
        file = http.get(answer["data"][0]["url"])
        assert file.headers["content-type"] == "image/png"
        with Image.open(BytesIO(file.content)) as found:
            assert (found.format, found.size) == ("PNG", (768, 1344))

    def test_is_the_same_for_the_same_words(self, http: httpx.Client) -> None:
        files = [http.get(image(http, words).json()["data"][0]["url"]).content for words in ("One", "One", "Two")]
        assert files[0] == files[1] != files[2]

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"model": "glm-4.7"}, "1211"),
            ({"model": ""}, "1213"),
            ({"prompt": " "}, "1213"),
            ({"prompt": "x" * 1001}, "1214"),
            ({"size": "500x500"}, "1214"),
            ({"size": "large"}, "1214"),
            ({"model": "cogview-4-250304", "quality": "best"}, "1214"),
            ({"user_id": "x"}, "1214"),
            ({"image_url": "https://example.org/a.png"}, "1214"),
            ({"prompt": "[[blocked]] A heron"}, "1301"),
            ({"prompt": "[[no-money]]"}, "1113"),
            ({"prompt": "[[code-1302]]"}, "1302"),
        ],
    )
    def test_is_refused_as_glm_does(self, fields: dict[str, Any], code: str, http: httpx.Client) -> None:
        assert image(http, **{"prompt": "A heron", **fields}).json()["error"]["code"] == code

    def test_may_be_missing(self, http: httpx.Client) -> None:
        assert image(http, "[[media-null]]").json()["data"] == []

    def test_may_be_flagged(self, http: httpx.Client) -> None:
        assert image(http, "[[media-flagged]]").json()["content_filter"] == [{"role": "assistant", "level": 0}]


class TestAVideo:
    def test_is_a_webm_with_a_cover(self, http: httpx.Client) -> None:
        answer = told(http, request_id="request-1", size="1280x720")
        assert (answer["task_status"], answer["id"], answer["request_id"]) == ("SUCCESS", None, "request-1")
        made = answer["video_result"][0]
        file = http.get(made["url"])
        assert file.headers["content-type"] == "video/webm"
        assert file.content.startswith(b"\x1a\x45\xdf\xa3")
        assert b"webm" in file.content[:160]
        assert file.content.count(KEY_FRAME) == 24
        with Image.open(BytesIO(http.get(made["cover_image_url"]).content)) as cover:
            assert cover.size == (1280, 720)

    def test_is_asked_for_until_it_is_done(self, http: httpx.Client) -> None:
        answer = told(http, "[[later-slow]] A heron")
        assert (answer["task_status"], answer["model"], answer["video_result"]) == ("PROCESSING", None, None)

    def test_may_wait_for_a_gate(self) -> None:
        with (
            serving(State()) as address,
            httpx.Client(base_url=address, headers=HEADERS, timeout=20, trust_env=False, verify=False) as http,
        ):
            task = video(http, "[[plain]] wait:0 gate:film A heron").json()["id"]
            assert http.get(f"{BASE}/async-result/{task}").json()["task_status"] == "PROCESSING"
            http.post("/_sandbox/gates/film/open", json={"all": True})
            assert http.get(f"{BASE}/async-result/{task}").json()["task_status"] == "SUCCESS"

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("later-fail", {}),
            ("later-fail-error", {"error": {"code": "1234", "message": "生成失败（模拟）"}}),
            ("later-fail-message", {"message": "生成失败（模拟）"}),
            ("later-fail-words", {"error": "生成失败（模拟）"}),
        ],
    )
    def test_may_fail_in_all_shapes(self, name: str, fields: dict[str, Any], http: httpx.Client) -> None:
        answer = told(http, f"[[{name}]] A heron")
        assert answer["task_status"] == "FAIL"
        assert {key: answer[key] for key in fields} == fields

    def test_may_name_no_file(self, http: httpx.Client) -> None:
        assert told(http, "[[media-null]]")["video_result"] is None

    def test_may_have_a_dead_link(self, http: httpx.Client) -> None:
        made = told(http, "[[media-dead]]")["video_result"][0]
        assert [http.get(made[name]).status_code for name in ("url", "cover_image_url")] == [404, 200]

    def test_may_be_another_thing_than_it_says(self, http: httpx.Client) -> None:
        file = http.get(told(http, "[[media-page]]")["video_result"][0]["url"])
        assert (file.headers["content-type"], file.content[:9]) == ("video/webm", b"<!DOCTYPE")

    def test_may_be_huge(self, http: httpx.Client) -> None:
        with http.stream("GET", told(http, "[[media-huge-3]]")["video_result"][0]["url"]) as file:
            assert "content-length" not in file.headers
            assert sum(map(len, file.iter_raw())) == 3_000_000

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"prompt": "x" * 513}, "1214"),
            ({"prompt": ""}, "1213"),
            ({"fps": 24}, "1214"),
            ({"duration": 7}, "1214"),
            ({"quality": "hd"}, "1214"),
            ({"with_audio": "yes"}, "1214"),
            ({"image_url": ["a", "b", "c"]}, "1214"),
            ({"model": "viduq1-text", "style": "oil"}, "1214"),
            ({"model": "vidu2-start-end", "image_url": "a"}, "1214"),
            ({"model": "cogview-4"}, "1211"),
            ({"prompt": "[[overloaded]]"}, "1305"),
        ],
    )
    def test_is_refused_as_glm_does(self, fields: dict[str, Any], code: str, http: httpx.Client) -> None:
        assert video(http, **{"prompt": "A heron", **fields}).json()["error"]["code"] == code

    def test_needs_no_words_with_a_picture(self, http: httpx.Client) -> None:
        assert video(http, "", image_url="data:image/png;base64,AAAA").json()["task_status"] == "PROCESSING"


def test_an_address_that_nobody_signed_leads_nowhere(http: httpx.Client) -> None:
    assert http.get("/made/abc.def").json()["error"]["code"] == "1214"


def test_clusters_are_found_where_the_cues_say() -> None:
    file = webm.written([b"frame-%d" % n for n in range(5)], 16, 16, 2)
    segment = file.index(b"\x18\x53\x80\x67") + 12
    places = [int.from_bytes(piece[8:16], "big") for piece in file.split(b"\xf1")[1:]]
    assert len(places) == 3
    assert all(file[segment + place :].startswith(b"\x1f\x43\xb6\x75") for place in places)
