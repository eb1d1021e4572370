"""What pictures and videos are called where their files have no name."""

import pytest

from conversations.models import Picture
from conversations.templatetags.pictures import picture_name


@pytest.mark.parametrize(
    ("name", "media_type", "called"),
    [("fox.png", "image/png", "fox.png"), ("", "image/png", "picture 3"), ("", "video/webm", "video 3")],
)
def test_a_name(name: str, media_type: str, called: str) -> None:
    assert picture_name(Picture(name=name, media_type=media_type), 3) == called
