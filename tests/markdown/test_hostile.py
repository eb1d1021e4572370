"""Nothing in a reply runs, loads or hides; whatever it is, it is rendered in bounded time."""

from html.parser import HTMLParser

import pytest

from conversations.markdown import Stream, render

pytestmark = pytest.mark.usefixtures("_not_for_ever")

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.y></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//x>",
    "<base href=//x>",
    "<form action=//x><input name=q>",
    "<object data=x>",
    "<embed src=x>",
    "<meta http-equiv=refresh content=0>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
    "<math><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<a href='javascript:alert(1)'>x</a>",
    "<div hx-get=/x hx-trigger=load>",
    "<details open ontoggle=alert(1)>",
    "<video src=x onerror=alert(1)>",
    "<p style='position:fixed;inset:0'>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>1</script>",
]
LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](ws://evil.example)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](https://evil.example/pixel.png)",
    '!["onerror=alert(1)](https://x.y "t")',
    '[x](https://x.y "a\\" onmouseover=alert(1) b")',
    "[x](https://x.y 'a\" onclick=alert(1)')",
    "[a<b onclick=alert(1)>](https://x.y)",
    'https://x.y/"onmouseover="alert(1)',
    "https://x.y/<script>alert(1)</script>",
    'www.x.y"onclick=alert(1)',
    'a@b.c"onclick=alert(1)',
    "[x](mailto:a@b.c?subject=<script>)",
    "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    '[^"><script>]\n\n[^"><script>]: x',
]
MATHS = [
    "$\\href{javascript:alert(1)}{x}$",
    "$\\href{https://x.y}{x}$",
    "$\\url{javascript:alert(1)}$",
    "$\\style{color:red;position:fixed}{x}$",
    "$\\class{evil}{x}$",
    "$\\cssId{cursor}{x}$",
    "$\\includegraphics{https://x.y/a.png}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\mathrm{<img src=x onerror=alert(1)>}$",
    "$\\unicode{x3c}script>$",
    "$$\\begin{matrix}<svg onload=alert(1)>\\end{matrix}$$",
    "\\(<script>alert(1)</script>\\)",
    "\\[\\text{</math><script>alert(1)</script>}\\]",
    '$\\color{red" onclick="alert(1)}{x}$',
]
CODE = [
    "```<script>alert(1)</script>\nx\n```",
    '```py" onclick="alert(1)\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "~~~svg\n<svg onload=alert(1)>\n~~~",
]
TABLES = ["|<script>|\n|-|\n|<img src=x onerror=alert(1)>|", "|a|\n|-|\n|[x](javascript:alert(1))|"]
VECTORS = [*SCRIPTS, *LINKS, *MATHS, *CODE, *TABLES]
# Written down again, and not taken from the renderer: what it lets through is what is tested.
TAGS = frozenset({
    "a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h3", "h4", "h5", "h6", "hr",
    "input", "label", "li", "ol", "p", "pre", "section", "span", "strong", "table", "tbody", "td", "th", "thead",
    "tr", "ul", "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
    "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover", "menclose", "none",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "accent", "accentunder", "checked", "class", "columnalign", "columnlines", "dir", "disabled", "display",
    "displaystyle", "fence", "form", "height", "href", "id", "largeop", "linebreak", "linethickness", "lspace",
    "mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rel", "role", "rowlines",
    "rspace", "scope", "scriptlevel", "separator", "start", "stretchy", "symmetric", "tabindex", "target", "title",
    "type", "width", "depth",
})  # fmt: skip
SCHEMES = ("https://", "http://", "mailto:", "#")

LONG = {
    "deep quotes": ">" * 50_000 + "a",
    "deep lists": "".join("  " * level + "- a\n" for level in range(1_000)),
    "brackets": "[" * 100_000,
    "open links": "[a](" * 30_000,
    "images in images": "![" * 50_000,
    "half emphasis": "*a " * 50_000,
    "nested emphasis": "*a **b " * 20_000,
    "underscores": "_" * 100_000,
    "ladders of backticks": " ".join("`" * size for size in range(1, 450)),
    "less than": "<" * 100_000,
    "comments": "<!--" * 30_000,
    "wide table": "|a" * 10_000 + "|\n" + "|-" * 10_000 + "|\n" + "|b" * 10_000 + "|",
    "long table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 15_000,
    "dollars": "$" * 50_000,
    "formulas": "$x_1$ " * 20_000,
    "deep formula": "$" + "{" * 900 + "}" * 900 + "$",
    "one line": "x" * 1_000_000,
    "addresses": "http://a.b/" * 20_000,
    "mail": "a@" * 50_000,
    "digits": "1. " * 50_000,
    "entities": "&amp;" * 100_000,
    "footnotes": "".join(f"[^{n}] " for n in range(5_000)) + "".join(f"\n\n[^{n}]: x" for n in range(5_000)),
    "definitions": "".join(f"[{n}]: x\n" for n in range(20_000)),
    "lines": "\n" * 500_000,
    "code": "```python\n" + "'\"" * 100_000,
    "two megabytes": "A paragraph of words.\n\n" * 95_000,
}


class Inspector(HTMLParser):
    """Finds everything in a page that the allow-list does not have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            self._look(tag, name, value or "")

    def _look(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.wrong.append(f"{tag} {name}")
        if name in ("href", "src") and not value.startswith(SCHEMES):
            self.wrong.append(f"{tag} {name}={value}")


def _wrong(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.wrong


@pytest.mark.parametrize("text", VECTORS)
def test_nothing_gets_past_the_allow_list(text: str) -> None:
    assert _wrong(render(text)) == []


@pytest.mark.parametrize("text", VECTORS)
def test_nor_while_it_is_written(text: str) -> None:
    stream = Stream()
    for character in text:
        stream.feed(character)
        update = stream.update()
        assert _wrong(update.sealed) == []
        assert _wrong(stream.tail) == []
        assert "<" not in update.append


@pytest.mark.parametrize("name", LONG)
def test_every_input_is_rendered_in_bounded_time(name: str) -> None:
    assert _wrong(render(LONG[name])[:200_000]) == []


@pytest.mark.parametrize("name", ["brackets", "half emphasis", "dollars", "code", "wide table", "deep quotes"])
def test_a_growing_input_is_bounded_too(name: str) -> None:
    text = LONG[name][:40_000]
    stream = Stream()
    for at in range(0, len(text), 400):
        stream.feed(text[at : at + 400])
        stream.update()
    stream.close()
    assert stream.sealed == render(text)
