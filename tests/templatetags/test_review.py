"""Words of the reviewer's desk."""

from typing import Any

import pytest
from django.utils import translation

from conversations.models import UpstreamCall
from conversations.templatetags.review import judged, parameters


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"v": 1, "temperature": 0.5, "stop": ["END"]}, "stop END, temperature 0.5"),
        ({"v": 1, "tool_stream": True, "tools": ["get_weather", "clock"]}, "tool_stream true, tools get_weather clock"),
        (
            {"v": 1, "thinking": {"type": "disabled"}, "size": "1024x1024"},
            'size 1024x1024, thinking {"type": "disabled"}',
        ),
        ({"v": 1, "text": None, "watermark": ["说", 1]}, 'text null, watermark ["说", 1]'),
        ({"v": 1}, ""),
    ],
)
def test_what_was_sent_stands_as_glm_was_told_it(sent: dict[str, Any], words: str) -> None:
    assert parameters(UpstreamCall(parameters=sent)) == words


@pytest.mark.parametrize(
    ("role", "words"), [("history", "关于前文"), ("assistant", "关于回复"), ("of-a-gateway", "of-a-gateway")]
)
def test_what_a_flag_is_about_is_told_in_words(role: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert judged(role) == words
