"""What Markdown becomes: GitHub's dialect in the design's markup, without a word of any language."""

import pytest

from conversations.markdown import Stream, render

CASES = [
    ("plain words", "plain words", '<p dir="auto">plain words</p>'),
    ("headings begin at the third level", "# One\n\n## Two", '<h3 dir="auto">One</h3><h4 dir="auto">Two</h4>'),
    ("whatever its signs, the first is of the third", "### Three", '<h3 dir="auto">Three</h3>'),
    ("no level is left out", "# One\n\n### Three", '<h3 dir="auto">One</h3><h4 dir="auto">Three</h4>'),
    ("equal signs are equal levels", "## A\n\n### B\n\n## C", '<h4 dir="auto">B</h4><h3 dir="auto">C</h3>'),
    ("a higher one begins anew", "### A\n\n# B\n\n## C", '<h3 dir="auto">B</h3><h4 dir="auto">C</h4>'),
    ("the lowest heading is the sixth", "# 1\n## 2\n### 3\n#### 4\n##### Five", '<h6 dir="auto">Five</h6>'),
    ("emphasis", "*a* **b** ~~c~~", "<em>a</em> <strong>b</strong> <del>c</del>"),
    ("HTML is text", "<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ("a fence with a language", "```python\nx = 1\n```", '<span class="code__name">Python</span>'),
    ("mermaid stays code", "```mermaid\ngraph TD\n```", "graph TD"),
    ("inline maths", "$a^2$", "<math"),
    ("display maths", "$$\\int x$$", 'display="block"'),
    ("money is no maths", "It costs $5, or $6.", "It costs $5, or $6."),
    ("a broken formula is shown as written", "$\\frac{$", "\\frac{"),
    ("an ordered list from another number", "3. c", '<ol start="3">'),
    ("tables scroll alone", "|a|b|\n|-|-:|\n|1|2|", '<div class="scroll"'),
    ("columns align by class", "|a|b|\n|-|-:|\n|1|2|", 'class="end"'),
    ("addresses become links", "see https://example.org/x now", 'href="https://example.org/x"'),
    ("links say that they lead away", "[a](https://example.org)", "noopener"),
    ("a picture elsewhere becomes a link", "![boat](https://example.org/b.png)", ">boat</a>"),
    ("a finished task", "- [x] done", "checked"),
]


@pytest.mark.parametrize(("markdown", "html"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert html in render(markdown).replace("\n", "")


def test_a_picture_elsewhere_is_not_loaded() -> None:
    assert "<img" not in render("![a](https://example.org/a.png) ![b](data:image/png;base64,AAAA)")


def test_words_of_both_scripts_stay_as_they_are() -> None:
    assert "中文 and العربية 🚢" in render("中文 and العربية 🚢")


def test_code_loses_no_character() -> None:
    source = "def f(a):\n\treturn f'<{a}>' # é\n"
    html = render(f"```python\n{source}```")
    text = html.partition("<code>")[2].partition("</code>")[0]
    for tag in ("k", "f", "c", "s", "m"):
        text = text.replace(f'<span class="{tag}">', "")
    shown = text.replace("</span>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")
    assert shown.replace("&#39;", "'").rstrip("\n") == source.rstrip("\n")


def test_an_unknown_language_is_plain() -> None:
    assert "<span" not in render("```klingon\nif x: y\n```").partition("<pre")[2]


def test_footnotes_of_two_messages_do_not_meet() -> None:
    first, second = render("a[^1]\n\n[^1]: one"), render("b[^1]\n\n[^1]: two")
    ids = [{part.split('"')[0] for part in html.split(' id="')[1:]} for html in (first, second)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_nul_and_lone_surrogates_do_not_get_through() -> None:
    html = render("a\x00b \ud800 c")
    html.encode()
    assert "\x00" not in html


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_becomes_nothing(text: str) -> None:
    assert render(text).strip() == ""


def test_a_quote_says_its_language() -> None:
    assert '<blockquote lang="zh" dir="auto">' in render("He wrote:\n\n> 天下大势，分久必合")
    assert '<blockquote lang="fr" dir="auto">' in render("> > Je ne sais pas ce que vous voulez dire")
    assert '<blockquote dir="auto">' in render("> 1 + 1")


def test_a_quote_that_still_grows_does_not() -> None:
    stream = Stream()
    stream.feed("> 天下大势，\n> 分久")
    assert "lang" not in (stream.update().tail or "")
    stream.feed("必合\n\nSo")
    assert 'lang="zh"' in stream.update().sealed
