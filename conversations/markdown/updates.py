"""What changes on a viewer's page when a reply grows, and what the viewer has afterwards."""

from dataclasses import dataclass, field

_BLOCK_TAGS = frozenset({
    "p", "li", "ul", "ol", "h3", "h4", "h5", "h6", "blockquote", "td", "th", "tr", "tbody", "thead", "table", "div",
    "label", "figure", "pre", "section",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a growing reply. Sealed HTML is appended to the sealed part first, then the tail is changed."""

    sealed: str = ""
    """HTML of blocks that will not change any more."""
    tail: str | None = None
    """The whole new HTML of the open tail; None: it stays, but for `append`."""
    append: str = ""
    """Escaped text to append within the tail …"""
    depth: int = 0
    """… to the element that so many steps of `> :last-child` lead to from the tail's container."""
    whole: str | None = None
    """At the end only: the HTML of the whole text, when late definitions changed blocks that were sealed before."""


@dataclass(slots=True)
class View:
    """The tail as viewers have it: what was drawn, and the text appended to it since."""

    head: str = ""
    closing: str = ""
    depth: int = 0
    appended: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, html: str) -> "View":
        """Find in drawn HTML the innermost last block: it takes the text that is appended."""
        end, depth = len(html), 0
        while html.endswith(">", 0, end):
            start = html.rfind("</", 0, end)
            tag = html[start + 2 : end - 1]
            if start < 0 or not (tag in _BLOCK_TAGS or (tag == "code" and html.startswith("</pre>", end))):
                break
            end, depth = start, depth + 1
        return cls(html[:end], html[end:], depth)

    @property
    def html(self) -> str:
        """All of it, appended text included."""
        return "".join([self.head, *self.appended, self.closing])

    def append(self, escaped: str) -> Update:
        """Append text and return the update that does the same on a page."""
        if not escaped:
            return Update()
        self.appended.append(escaped)
        return Update(append=escaped, depth=self.depth)
