"""Formulas as MathML, and everything with a dollar or a backslash that is none."""

import pytest

from conversations.markdown import render
from conversations.markdown.maths import mathml

INLINE = ["$x$", "其中$x$是", "($x$)", "$x$.", "\\(x\\)", "\\( x \\)", "**$x$**", "| $x$ |\n|-|", "- $x$", "$\\$$"]
DISPLAY = [
    "$$x$$",
    "$$\nx\n$$",
    "$$\nx\n\ny\n$$",
    "\\[\nx\n\\]",
    "\\[x\\]",
    "- a\n  $$\n  x\n  $$",
    "text\n$$\n+ x\n= y\n$$\ntext",
    "text $$x$$ text",
    "> $$\n> x\n> $$",
    "1. a\n\n   \\[\n   x\n   \\]",
]
NONE = [
    "$5 and $10",
    "US$5 and US$10",
    "$5-$10",
    "$HOME and $PATH",
    "a $ b $ c",
    "$ x$",
    "$x $",
    "$$",
    "$$\n$$",
    "$$\nx",
    "\\$x$",
    "`$x$`",
    "    $x$",
    "\\\\(x\\\\)",
    "\\[x\\](https://a.org)",
    "- $$\n\n  x\n\nout $$",
    "$" + "x" * 2_000 + "$",
]


@pytest.mark.parametrize("text", INLINE)
def test_a_formula_in_a_line(text: str) -> None:
    html = render(text)
    assert "<math><mrow>" in html
    assert 'display="block"' not in html


@pytest.mark.parametrize("text", DISPLAY)
def test_a_formula_on_its_own(text: str) -> None:
    assert '<math display="block">' in render(text)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_formula(text: str) -> None:
    assert "<math" not in render(text)


def test_a_formula_on_lines_of_its_own_scrolls_alone() -> None:
    assert render("$$\nx\n$$").startswith('<div class="scroll" tabindex="0"><math display="block">')


def test_a_formula_ends_the_paragraph_above_it() -> None:
    html = render("text\n$$\nx\n$$\nmore")
    assert html.startswith('<p dir="auto">text</p><div')
    assert html.endswith('</div><p dir="auto">more</p>')


@pytest.mark.parametrize("source", ["\\frac{", "\\begin{matrix}", "x^", "{" * 900, "\\left(", "&", "_"])
def test_what_cannot_be_converted_is_shown_as_written_or_converted(source: str) -> None:
    html = render(f"a ${source}$ b")
    assert "a " in html
    assert " b" in html


def test_the_source_of_a_broken_formula_is_escaped() -> None:
    assert mathml("\\left( <b>", "inline") == "<code>\\left( &lt;b&gt;</code>"


def test_a_formula_cannot_push_the_page_apart() -> None:
    assert "9999" not in render("$a\\hspace{9999em}b$")
    assert 'width="1em"' in render("$a\\quad b$")


@pytest.mark.parametrize("source", ["\\text{<b>x</b>}", "\\text{</p><h3>x}", "\\mbox{<input>}", "\\text{&lt;b>}"])
def test_words_in_a_formula_are_no_html(source: str) -> None:
    html = render(f"${source}$")
    assert all(tag not in html for tag in ("<b>", "<h3", "<input", "</p><"))
    assert "<mtext>" in html
    assert "<math" in html


@pytest.mark.parametrize(
    "source", ["\\newcommand{\\a}{xx}\\a", "\\def\\a{x}\\a", "\\DeclareMathOperator{\\a}{x}", "\\let\\a\\b"]
)
def test_a_formula_defines_nothing(source: str) -> None:
    assert "<math" not in render(f"${source}$")


def test_words_that_begin_like_definitions_are_no_definitions() -> None:
    assert "<math" in render("$\\deff \\leftarrow \\det$")
