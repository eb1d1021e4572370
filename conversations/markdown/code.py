"""Code blocks: a figure with the language's name and, where we know it, a few classes for its syntax."""

from functools import cache, lru_cache
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from .bounds import CODE_CHARACTERS, CODE_LINE
from .text import escape

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Names of tokens as the highlighter spells them, the most special first; the classes are those of the style sheet.
_CLASSES = (
    ("Token.Comment.Preproc", "k"),
    ("Token.Comment", "c"),
    ("Token.Keyword", "k"),
    ("Token.Operator.Word", "k"),
    ("Token.Name.Tag", "k"),
    ("Token.Name.Function", "f"),
    ("Token.Name.Class", "f"),
    ("Token.Name.Decorator", "f"),
    ("Token.Name.Attribute", "f"),
    ("Token.Literal.String", "s"),
    ("Token.Literal.Number", "m"),
    ("Token.Generic.Inserted", "s"),
    ("Token.Generic.Deleted", "m"),
    ("Token.Generic.Heading", "k"),
    ("Token.Generic.Subheading", "c"),
)

# Chosen languages, not all that the highlighter knows: each was tried with hostile input.
_LANGUAGES = frozenset({
    "bash", "sh", "shell", "zsh", "console", "powershell", "ps1", "bat", "c", "h", "cpp", "c++", "csharp", "c#",
    "cs", "css", "scss", "less", "dart", "diff", "docker", "dockerfile", "elixir", "erlang", "go", "golang",
    "graphql", "groovy", "haskell", "html", "http", "ini", "cfg", "java", "javascript", "js", "jsx", "json",
    "json5", "julia", "kotlin", "latex", "tex", "lua", "make", "makefile", "matlab", "nginx", "objective-c", "objc",
    "perl", "php", "prolog", "protobuf", "python", "py", "python3", "pycon", "r", "ruby", "rb", "rust", "rs",
    "scala", "scheme", "sql", "mysql", "postgresql", "swift", "terraform", "hcl", "toml", "typescript", "ts", "tsx",
    "vb.net", "verilog", "vhdl", "vim", "xml", "yaml", "yml", "zig",
})  # fmt: skip


def figure(language: str, source: str, *, highlighted: bool) -> str:
    """Return the figure of a code block; `language` is the first word behind the fence, or empty."""
    name = _name(language)
    shown = _highlight(language, source) if highlighted and name is not None and is_worth(source) else escape(source)
    return (
        '<figure class="code"><figcaption class="code__bar">'
        f'<span class="code__name">{escape(name or language[:40])}</span></figcaption>'
        f'<pre class="code__text" tabindex="0"><code>{shown}</code></pre></figure>'
    )


def is_worth(source: str) -> bool:
    """Say whether the code is short enough to be highlighted."""
    return len(source) <= CODE_CHARACTERS and all(len(line) <= CODE_LINE for line in source.split("\n"))


@cache
def _name(language: str) -> str | None:
    return str(_lexer(language.lower()).name) if language.lower() in _LANGUAGES else None


@cache
def _lexer(language: str) -> "Lexer":
    # Imported when the first code block comes: the highlighter and its languages are not small.
    lexers = import_module("pygments.lexers")
    return cast("Lexer", lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False))


@lru_cache(maxsize=16)
def _highlight(language: str, source: str) -> str:
    """Return the source with its syntax in spans; as plain text if the highlighter loses a character or fails."""
    try:
        tokens = [
            (_class(str(kind)), text) for _, kind, text in _lexer(language.lower()).get_tokens_unprocessed(source)
        ]
    except Exception:  # a lexer may raise anything on odd input; the code itself must still be seen
        return escape(source)
    if "".join(text for _, text in tokens) != source:
        return escape(source)
    return "".join(
        _span(name, escape("".join(text for _, text in run))) for name, run in groupby(tokens, key=itemgetter(0))
    )


@cache
def _class(kind: str) -> str:
    return next((name for prefix, name in _CLASSES if kind == prefix or kind.startswith(prefix + ".")), "")


def _span(name: str, html: str) -> str:
    return f'<span class="{name}">{html}</span>' if name else html
