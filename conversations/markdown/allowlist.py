"""The last step of every rendering: only these elements and attributes reach a page.

The renderer writes nothing else; the list holds even if the renderer, a highlighter or the maths converter errs.
"""

import nh3

_MATHS = {
    "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
    "menclose", "none",
}  # fmt: skip
_TEXT = {
    "a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h3", "h4", "h5", "h6", "hr", "input",
    "label", "li", "ol", "p", "pre", "section", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_DIRECTED = ("p", "li", "h3", "h4", "h5", "h6", "blockquote", "td", "th")

_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "id"},
    "blockquote": {"lang"},
    "li": {"id"},
    "ol": {"start"},
    "input": {"checked", "disabled"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "largeop", "movablelimits", "accent", "lspace", "rspace",
           "minsize", "maxsize", "symmetric"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mfrac": {"linethickness"},
    "mspace": {"width", "linebreak"},
    "mstyle": {"displaystyle", "scriptlevel", "mathcolor", "mathvariant"},
    "mtable": {"columnalign", "rowlines", "columnlines"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mtext": {"mathvariant"},
    "mn": {"mathvariant"},
    "mrow": {"mathvariant"},
}  # fmt: skip

_VALUES: dict[str, dict[str, set[str]]] = {
    "a": {"target": {"_blank"}, "role": {"doc-noteref", "doc-backlink"}},
    "input": {"type": {"checkbox"}},
    "math": {"display": {"block"}},
    "div": {"tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
    "section": {"role": {"doc-endnotes"}},
    "th": {"scope": {"col"}},
}

_CLASSES = {
    "a": {"note-mark"},
    "div": {"scroll"},
    "figure": {"code"},
    "figcaption": {"code__bar"},
    "pre": {"code__text"},
    "span": {"code__name", "c", "f", "k", "m", "s"},
    "td": {"end", "center"},
    "th": {"end", "center"},
}

_CLEANER = nh3.Cleaner(
    tags=_MATHS | _TEXT,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    tag_attribute_values={
        tag: _VALUES.get(tag, {}) | ({"dir": {"auto"}} if tag in _DIRECTED else {}) for tag in {*_VALUES, *_DIRECTED}
    },
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda address: address if address.startswith("#") else None,
    link_rel="noopener noreferrer nofollow",
)


def allow(html: str) -> str:
    """Return the fragment with everything removed that is not on the list."""
    return _CLEANER.clean(html)
