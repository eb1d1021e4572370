"""Icons refer to pictures that their page brings itself."""

import re
from pathlib import Path

from conversations.templatetags.chat import icon

TEMPLATES = Path("templates")
DRAWN = set(re.findall(r'<symbol id="icon-([\w-]+)"', (TEMPLATES / "_icons.html").read_text("utf-8")))


def test_an_icon_has_no_words_and_is_drawn_in_the_colour_of_its_text() -> None:
    assert icon("copy") == '<svg class="icon" aria-hidden="true"><use href="#icon-copy"/></svg>'
    assert icon("copy", "small").startswith('<svg class="icon icon--small" ')


def test_what_a_template_names_is_drawn() -> None:
    named = {
        name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))
    }
    assert "copy" in named
    assert named - DRAWN == set()


def test_each_page_that_has_icons_brings_them() -> None:
    pages = {path for path in TEMPLATES.rglob("*.html") if "<body" in path.read_text("utf-8")}
    without = {path for path in pages if "_icons.html" not in path.read_text("utf-8")}
    # Neither Django's pages of records nor the page without a site have any.
    assert {path.relative_to(TEMPLATES).as_posix() for path in without} == {"install/offline.html"}
