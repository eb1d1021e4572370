"""Code keeps every character, gets only the style sheet's classes, and costs no more however hostile it is."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.markdown import render
from conversations.markdown.code import figure
from conversations.markdown.highlight import highlight
from conversations.markdown.languages import Language, language, shown_name

LANGUAGES = [
    "bash", "c", "cpp", "csharp", "css", "dart", "dockerfile", "elixir", "go", "haskell", "html", "ini", "java",
    "javascript", "json", "kotlin", "latex", "lisp", "lua", "makefile", "matlab", "nginx", "perl", "php", "powershell",
    "protobuf", "python", "r", "ruby", "rust", "scala", "sql", "swift", "terraform", "toml", "typescript", "yaml",
]  # fmt: skip
HOSTILE = [
    '"', "'", "`", "\\", '"\\', "/*", "/* *", "<!--", "<!-- -", "#", "#|", "{-", "--[[", "$", "${", "$(", "@", "@a",
    "a.", "a ", "a-", "-", "_", "1", "1.", "0x", "1e", "\n", "\n ", "\n\t", '\n"', "\n#", "\n[", "\n-", "'''\n",
    '"""', 'r"', 'f"{', '"a" ', "<a ", "</", "a=", "a: ", ":a", "::", "%", "#[", "{{", "<?", "[[", "中",
]  # fmt: skip


def _known(alias: str) -> Language:
    found = language(alias)
    assert found is not None
    return found


def _text(marked: str) -> str:
    return html.unescape(re.sub(r"</?span[^>]*>", "", marked))


def _spans(marked: str) -> list[tuple[str, str]]:
    return re.findall(r'<span class="(.)">([^<]*)</span>', marked)


@pytest.mark.usefixtures("_not_for_ever")
@pytest.mark.parametrize("alias", LANGUAGES)
def test_hostile_code_is_read_once_and_loses_nothing(alias: str) -> None:
    known = _known(alias)
    for piece in HOSTILE:
        source = (piece * 8_000)[:8_000]
        assert _text(highlight(known, source)) == source, piece


@settings(max_examples=60)
@given(st.sampled_from(LANGUAGES), st.text(st.sampled_from("a1 \n\t\"'`#/*-<>&{}()[]$@:=.\\|_é中"), max_size=80))
def test_any_code_keeps_every_character(alias: str, source: str) -> None:
    marked = highlight(_known(alias), source)
    assert _text(marked) == source
    assert {name for name, _ in _spans(marked)} <= set("kfcsm")


@pytest.mark.parametrize(
    ("alias", "source", "spans"),
    [
        (
            "python",
            "def f(x):  # why\n    return 'a' + 0x1F",
            [("k", "def"), ("f", "f"), ("c", "# why"), ("k", "return")],
        ),
        (
            "python",
            '@cached\nclass A:\n    """Doc."""',
            [("f", "@cached"), ("k", "class"), ("f", "A"), ("s", '"""Doc."""')],
        ),
        ("rust", "fn main<'a>() { let c = 'x'; }", [("k", "fn"), ("f", "main"), ("k", "let"), ("s", "'x'")]),
        ("c", "#include <x.h>\nint a = 1; /* b */", [("k", "#include"), ("k", "int"), ("m", "1"), ("c", "/* b */")]),
        ("json", '{"a": "b", "c": null}', [("f", '"a"'), ("s", '"b"'), ("f", '"c"'), ("k", "null")]),
        ("yaml", "key: 'v' # c\n- x: 1", [("f", "key"), ("s", "'v'"), ("c", "# c"), ("f", "- x"), ("m", "1")]),
        ("toml", '[a.b]\nkey = "v"', [("k", "[a.b]"), ("f", "key"), ("s", '"v"')]),
        ("sql", "SELECT a FROM b -- c", [("k", "SELECT"), ("k", "FROM"), ("c", "-- c")]),
        (
            "bash",
            'for f in "$x"; do echo $y; done # z',
            [("k", "for"), ("k", "in"), ("s", '"$x"'), ("k", "do"), ("f", "$y")],
        ),
        ("css", "a { color: red; } /* b */", [("f", "color"), ("c", "/* b */")]),
        ("js", "const f = `a${b}`; // c", [("k", "const"), ("s", "`a${b}`"), ("c", "// c")]),
        ("lua", "--[[ a\nb ]] local x", [("c", "--[[ a\nb ]]"), ("k", "local")]),
        ("latex", r"\frac{a}{b} % c", [("k", r"\frac"), ("c", "% c")]),
    ],
)
def test_syntax_is_marked(alias: str, source: str, spans: list[tuple[str, str]]) -> None:
    found = [(name, html.unescape(text)) for name, text in _spans(highlight(_known(alias), source))]
    assert [span for span in found if span in spans] == spans


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("py", "Python"),
        ("C++", "C++"),
        ("c#", "C#"),
        ("TSX", "TypeScript"),
        ("mermaid", "Mermaid"),
        ("text", ""),
        ("", ""),
    ],
)
def test_a_language_has_one_name_under_all_its_aliases(word: str, name: str) -> None:
    assert shown_name(word) == name


def test_an_unknown_language_keeps_its_name_within_limits() -> None:
    assert shown_name("<b>" + "x" * 100) == "<b>" + "x" * 37
    assert "&lt;b&gt;" in figure("<b>", "x", highlighted=True)


def test_the_figure_is_that_of_the_style_sheet() -> None:
    assert render("```py\nx = 1\n```") == (
        '<figure class="code"><figcaption class="code__bar"><span class="code__name">Python</span></figcaption>'
        '<pre class="code__text" tabindex="0"><code>x = <span class="m">1</span></code></pre></figure>'
    )


@pytest.mark.parametrize("text", ["```\n\n  a\n\n```", "    \n\n      a\n", "~~~\n\n  a\n\n~~~"])
def test_lines_and_indents_stay(text: str) -> None:
    assert "  a" in render(text)
