"""What becomes a link, where a bare address ends, and where links lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown import render
from conversations.markdown.links import allowed, bare_links

BARE = [
    ("see https://a.org/b?c=d#e now", "https://a.org/b?c=d#e"),
    ("(https://a.org/b)", "https://a.org/b"),
    ("https://a.org/b_(c) d", "https://a.org/b_(c)"),
    ("https://a.org/b.", "https://a.org/b"),
    ("https://a.org/b?!", "https://a.org/b"),
    ("“https://a.org”", "https://a.org"),
    ("查看https://a.org/b，然后", "https://a.org/b"),
    ("网址是https://a.org/b。", "https://a.org/b"),
    ("http://localhost:8000/x", "http://localhost:8000/x"),
    ("HTTPS://A.org", "HTTPS://A.org"),
    ("www.a.org/b", "http://www.a.org/b"),
    ("mail a.b+c@d-e.org.", "mailto:a.b+c@d-e.org"),
    ("**https://a.org**", "https://a.org"),
    ("| https://a.org |\n|-|", "https://a.org"),
]
NOT_BARE = [
    "a.org",
    "README.md and main.rs",
    "xhttps://a.org",
    "https://",
    "https:// a.org",
    "ftp://a.org",
    "a@b",
    "@someone",
    "`https://a.org`",
    "    https://a.org",
    "javascript://a.org",
    "awww.b",
]


def _addresses(html: str) -> list[str]:
    return [piece.split('"')[0] for piece in html.split('href="')[1:]]


@pytest.mark.parametrize(("text", "address"), BARE)
def test_a_bare_address_is_a_link(text: str, address: str) -> None:
    assert _addresses(render(text)) == [address]


@pytest.mark.parametrize("text", NOT_BARE)
def test_other_words_are_not(text: str) -> None:
    assert "<a" not in render(text)


@given(st.text(st.sampled_from("aw./:@h tps()?,_*查~"), max_size=40))
def test_no_character_is_lost_around_bare_addresses(text: str) -> None:
    assert "".join(shown for shown, _ in bare_links(text)) == text


def test_a_bare_address_within_a_link_is_its_text() -> None:
    assert _addresses(render("[see https://a.org](https://b.org)")) == ["https://b.org"]


@pytest.mark.parametrize("address", ["https://a.org", "http://a.org/x", "MAILTO:a@b.org", "https://[::1]/"])
def test_web_and_mail_are_allowed(address: str) -> None:
    assert allowed(address)


@pytest.mark.parametrize(
    "address",
    ["", "#top", "/admin", "//a.org", "a.html", "http:a", "http:/a", "https:\\\\a", "tel:1", "javascript:1", "mailto:"],
)
def test_nothing_else_is(address: str) -> None:
    assert not allowed(address)
    assert render(f"[words]({address})") == '<p dir="auto">words</p>'


def test_a_link_leaves_the_site_in_a_tab_of_its_own() -> None:
    assert render('[a](https://b.org "t")') == (
        '<p dir="auto"><a href="https://b.org" title="t" target="_blank" rel="noopener noreferrer nofollow">a</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("![a *b*](https://c.org/d.png)", "https://c.org/d.png", ">a b</a>"),
        ("![](https://c.org/d.png)", "https://c.org/d.png", ">https://c.org/d.png</a>"),
        ("[![a](https://c.org/d.png)](https://e.org)", "https://e.org", ">a</a>"),
    ],
)
def test_a_picture_is_a_link_to_it(text: str, address: str, shown: str) -> None:
    html = render(text)
    assert _addresses(html) == [address]
    assert shown in html


def test_a_picture_without_an_address_we_allow_is_its_description() -> None:
    assert render("![a & b](data:image/png;base64,AAAA)") == '<p dir="auto">a &amp; b</p>'
