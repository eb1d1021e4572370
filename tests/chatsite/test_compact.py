"""Sheets and scripts lose what only their readers need, and nothing else."""

from pathlib import Path

import pytest

from chatsite import compact

SHEET = """
/* About it. */
@layer components {
  .a:not(.b, .c) > * , .d { margin: calc(1rem + 2px) 0 ; color: red; }

  .e::after { content: " ; {/* no */} , "; } /* a { b: c; } */
  @media (width < 48rem) and (hover) { .f [data-x='a;  b'] { gap: 0; } }
}
"""
SCRIPT = """// Says what it does.
// In two lines.
const address = "https://example.org"; // stays

    // Deeper.
  const words = `a // b`
  go()
"""


def test_a_sheet() -> None:
    assert compact.sheet(SHEET) == (
        "@layer components{.a:not(.b,.c) > *,.d{margin: calc(1rem + 2px) 0;color: red}"
        '.e::after{content: " ; {/* no */} , "}'
        "@media (width < 48rem) and (hover){.f [data-x='a;  b']{gap: 0}}}"
    )


def test_a_script() -> None:
    assert compact.script(SCRIPT) == (
        'const address = "https://example.org"; // stays\n\nconst words = `a // b`\ngo()\n'
    )


@pytest.mark.parametrize("path", sorted(Path("static/js").rglob("*.js")), ids=str)
def test_no_text_of_a_script_goes_over_several_lines(path: Path) -> None:
    """Else it would lose its indentation."""
    assert all(line.count("`") % 2 == 0 for line in path.read_text("utf-8").splitlines())
