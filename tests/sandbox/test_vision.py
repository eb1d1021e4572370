"""What the sandbox says about pictures is true."""

from __future__ import annotations

import pytest
from PIL import Image

from conversations.sandbox.answers import answer
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.vision import look
from tests.imaging.files import bomb, saved

RED = saved(Image.new("RGB", (300, 200), (215, 35, 35)), "PNG")
NIGHT = saved(Image.new("RGB", (20, 40), (5, 5, 5)), "JPEG")


def told(text: str, *images: bytes | None) -> str:
    return answer(Asked("glm-4.6v", (Said("user", text, images),), Prompt(text))).text


def test_size_colour_and_light_are_measured() -> None:
    seen = look(RED)
    assert seen is not None
    assert (seen.width, seen.height) == (300, 200)
    assert seen.colours == ((("red", "红色"), 1.0),)
    assert 0.2 < seen.light < 0.4


def test_several_colours_are_named_by_their_share() -> None:
    image = Image.new("RGB", (100, 100), "white")
    image.paste((35, 75, 215), (0, 0, 100, 30))
    seen = look(saved(image, "PNG"))
    assert seen is not None
    assert [names[0] for names, _ in seen.colours] == ["white", "blue"]
    assert seen.colours[1][1] == pytest.approx(0.3, abs=0.03)


def test_it_is_told_in_the_language_of_the_question() -> None:
    assert "A wide picture of 300 × 200 pixels, mostly red (100%)" in told("What is this?", RED)
    assert "横向的图片，300 × 200 像素，主要颜色是红色（100%）" in told("这是什么？", RED)


def test_each_of_several_is_told() -> None:
    text = told("Compare", RED, NIGHT)
    assert "**Picture 1**: a wide picture" in text
    assert "**Picture 2**: a tall picture of 20 × 40 pixels, mostly black (100%), dark" in text


@pytest.mark.parametrize("data", [b"no picture", bomb(20_000, 20_000), None, RED[:40]])
def test_what_cannot_be_opened_is_said(data: bytes | None) -> None:
    assert "cannot open" in told("What is this?", data)
