"""Code blocks: a figure with the language's name and, where we know it, its syntax."""

from functools import lru_cache

from .bounds import CODE_CHARACTERS
from .highlight import highlight
from .languages import language, shown_name
from .text import escape


def figure(word: str, source: str, *, highlighted: bool) -> str:
    """Return the figure of a code block; `word` is the first one behind the fence, or empty."""
    return (
        '<figure class="code"><figcaption class="code__bar">'
        f'<span class="code__name">{escape(shown_name(word))}</span></figcaption>'
        f'<pre class="code__text" tabindex="0"><code>{_shown(word, source) if highlighted else escape(source)}'
        "</code></pre></figure>"
    )


@lru_cache(maxsize=16)
def _shown(word: str, source: str) -> str:
    # Kept for a moment: a block within the open tail, as in a list, is written with each redraw of the tail.
    known = language(word)
    return escape(source) if known is None or len(source) > CODE_CHARACTERS else highlight(known, source)
