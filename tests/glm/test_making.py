"""Orders for images and videos, and the answers to them."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from conversations.glm import AnswerError, BlockingClient, ContentRefused, ProtocolError, TaskState, making
from conversations.glm.making import Made, Order

DONE = {"created": 1, "data": [{"url": "https://cdn.example/i.png"}], "content_filter": [{"role": "user", "level": 3}]}


def client(answer: httpx.Response, seen: list[httpx.Request]) -> BlockingClient:
    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    return BlockingClient("http://glm.test/api/paas/v4", "id.secret", transport=httpx.MockTransport(answered))


class TestAnOrder:
    def test_says_what_was_chosen_and_nothing_else(self) -> None:
        order = Order("cogvideox-3", "A heron", {"fps": 60, "with_audio": False}, request_id="r-123456")
        assert order.body() == {
            "model": "cogvideox-3",
            "prompt": "A heron",
            "fps": 60,
            "with_audio": False,
            "request_id": "r-123456",
        }

    @pytest.mark.parametrize(
        ("images", "lists", "told"),
        [(("a",), False, "a"), (("a",), True, ["a"]), (("a", "b"), False, ["a", "b"])],
    )
    def test_has_pictures_alone_or_in_a_list(self, images: tuple[str, ...], lists: bool, told: Any) -> None:
        assert Order("m", images=images, lists_images=lists).body()["image_url"] == told

    def test_is_not_escaped(self) -> None:
        assert "白鹭".encode() in Order("cogview-4", "白鹭").encoded()

    def test_has_no_parameter_that_glm_does_not_know(self) -> None:
        with pytest.raises(ValueError, match="colour"):
            Order("m", "A heron", {"colour": "red"})


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("value", "found"),
        [
            (DONE, (Made("https://cdn.example/i.png"),)),
            ({"id": None, "video_result": [{"url": "v", "cover_image_url": "c"}]}, (Made("v", "c"),)),
            ({"video_result": [{"url": "v", "cover_image_url": None}]}, (Made("v"),)),
            ({"image_result": [{"url": "i"}], "video_result": None}, (Made("i"),)),
            ({"video_result": None, "data": None}, ()),
            ({"video_result": []}, ()),
            ({"video_result": [{"url": None}, {"url": ""}, 3, None]}, ()),
            ({"video_result": "later"}, ()),
        ],
    )
    def test_names_what_was_made(self, value: dict[str, Any], found: tuple[Made, ...]) -> None:
        assert making.made(value) == found

    def test_that_is_the_result_is_a_task_that_is_done(self) -> None:
        seen: list[httpx.Request] = []
        response = httpx.Response(200, json=DONE, headers={"x-log-id": "log-1"})
        with client(response, seen) as glm:
            task = glm.make(making.IMAGES, Order("cogview-4", "A heron").encoded(), "r-123456", "en-US,en")
        assert (task.state, task.log_id, making.made(task.value)) == (
            TaskState.SUCCESS,
            "log-1",
            (Made("https://cdn.example/i.png"),),
        )
        assert [(each.role, each.level) for each in making.levels(task.value)] == [("user", 3)]
        assert seen[0].url.path == "/api/paas/v4/images/generations"
        assert seen[0].headers["accept-language"] == "en-US,en"
        assert json.loads(seen[0].content) == {"model": "cogview-4", "prompt": "A heron"}

    @pytest.mark.parametrize("told", [{}, {"id": "task-1", "task_status": "PROCESSING"}, [1]])
    def test_that_tells_of_no_image_is_none(self, told: Any) -> None:
        with client(httpx.Response(200, json=told), []) as glm, pytest.raises(ProtocolError):
            glm.make(making.IMAGES, b"{}", "r-123456")

    def test_that_says_no_is_that_error(self) -> None:
        told = {"error": {"code": "1301", "message": "no"}, "contentFilter": [{"role": "user", "level": 1}]}
        with client(httpx.Response(400, json=told), []) as glm, pytest.raises(ContentRefused) as caught:
            glm.make(making.IMAGES, b"{}", "r-123456")
        assert caught.value.request_id == "r-123456"
        with client(httpx.Response(200, json={"error": {"code": "1113"}}), []) as glm, pytest.raises(AnswerError):
            glm.make(making.IMAGES, b"{}", "r-123456")
