"""How large a request may be, by the address that it goes to."""

import pytest
from django.conf import settings

from conversations.body_limits import largest

CODE = "019a0000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "path",
    [
        f"/c/{CODE}/pictures/",
        "/make/image/",
        "/make/video/",
        "/characters/new/",
        "/characters/card/",
        f"/characters/{CODE}/",
    ],
)
def test_a_form_that_brings_pictures_may_bring_the_largest(path: str) -> None:
    assert largest("POST", path) > settings.CHATSITE_PICTURE_BYTES


def test_a_form_that_brings_documents_may_bring_the_largest() -> None:
    assert largest("POST", f"/knowledge/{CODE}/documents/") > settings.CHATSITE_DOCUMENT_BYTES


@pytest.mark.parametrize(("method", "path"), [("POST", f"/c/{CODE}/messages/"), ("GET", "/make/video/")])
def test_all_others_bring_no_more_than_words(method: str, path: str) -> None:
    assert largest(method, path) == settings.LARGEST_BODY < settings.CHATSITE_PICTURE_BYTES
