"""A page as a browser would hold it: the elements of some HTML, and htmx's out-of-band swaps applied to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "img", "link", "meta"}


@dataclass(slots=True, eq=False)
class Element:
    """One element; text is kept as strings among its children."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.elements:
            yield from child.walk()

    def find(self, element_id: str) -> Element | None:
        found = [each for each in self.walk() if each.attributes.get("id") == element_id]
        assert len(found) <= 1, f"{element_id} is on the page {len(found)} times"
        return found[0] if found else None

    def put(self, place: int, children: list[Element | str]) -> None:
        for child in children:
            if isinstance(child, Element):
                child.parent = self
        self.children[place:place] = children


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("root", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def parse(html: str) -> Element:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.at is builder.root, f"<{builder.at.tag}> is never closed"
    return builder.root


class Page:
    """What a tab shows; `missed` are the places that frames asked for and it does not have."""

    def __init__(self, html: str) -> None:
        self.root = parse(html)
        self.missed: list[str] = []

    def apply(self, frame: str) -> None:
        for element in parse(frame).elements:
            how, _, selector = element.attributes["hx-swap-oob"].partition(":")
            target = self._target(selector or "#" + element.attributes["id"])
            if target is not None:
                _swap(how, target, element)
            elif how != "delete":
                self.missed.append(selector)

    def _target(self, selector: str) -> Element | None:
        first, *steps = selector.split(" > ")
        target = self.root.find(first.removeprefix("#"))
        for step in steps:
            assert step == ":last-child"
            target = target.elements[-1] if target and target.elements else None
        return target

    def text(self, element_id: str = "messages") -> str:
        found = self.root.find(element_id)
        return " ".join(found.text.split()) if found else ""

    def outline(self, element_id: str = "messages") -> list[str]:
        """What a person can tell: elements, their ids and classes, and the text; not where a tail begins."""
        found = self.root.find(element_id)
        assert found is not None
        return _outline(found)


def _swap(how: str, target: Element, given: Element) -> None:
    assert target.parent is not None
    place = target.parent.children.index(target)
    match how:
        case "innerHTML":
            target.children.clear()
            target.put(0, given.children)
        case "beforeend":
            target.put(len(target.children), given.children)
        case "afterbegin":
            target.put(0, given.children)
        case "beforebegin":
            target.parent.put(place, given.children)
        case "afterend":
            target.parent.put(place + 1, given.children)
        case "outerHTML" | "unasked" | "true":
            parent = target.parent
            del parent.children[place]
            parent.put(place, [given] if how == "true" else given.children)
        case "delete":
            del target.parent.children[place]
        case _:
            {"attributes": _describe, "window": _redraw, "unlike": _replace_unlike}[how](target, given)


def _describe(target: Element, given: Element) -> None:
    """An empty attribute is taken away."""
    wanted = target.attributes | given.elements[0].attributes
    target.attributes = {name: value for name, value in wanted.items() if value}


def _redraw(target: Element, given: Element) -> None:
    """What is there and has not changed stays, and so does what leads to it."""
    messages = [each for each in given.elements if "data-version" in each.attributes]
    known = {each.attributes.get("id", ""): each for each in target.elements}
    first = known.get(messages[0].attributes["id"]) if messages else None
    before = target.children[: target.children.index(first)] if first else []
    stays = [_same(known.get(each.attributes["id"]), each) for each in messages]
    target.children.clear()
    target.put(0, [*before, *stays] if first else given.children)


def _replace_unlike(target: Element, given: Element) -> None:
    """What looks the same stays."""
    if target.attributes.get("data-version") != given.elements[0].attributes["data-version"]:
        _swap("outerHTML", target, given)


def _same(old: Element | None, new: Element) -> Element:
    return old if old and old.attributes["data-version"] == new.attributes["data-version"] else new


def _outline(element: Element) -> list[str]:
    lines: list[str] = []
    pending = ""
    for child in element.children:
        if isinstance(child, str):
            pending += child
            continue
        if child.attributes.get("id", "").endswith("-tail"):
            inner = _outline(child)
            if inner and not inner[0].startswith("<"):
                pending += inner.pop(0)
            if inner:
                lines += _words(pending) + inner
                pending = ""
            continue
        if child.tag == "input":
            continue
        names = [child.attributes.get(name, "") for name in ("id", "class", "action", "href")]
        inner = [] if child.tag == "elapsed-time" else _outline(child)  # its seconds go on by themselves
        lines += [*_words(pending), f"<{child.tag} {' '.join(filter(None, names))}>", *inner, "</>"]
        pending = ""
    return lines + _words(pending)


def _words(text: str) -> list[str]:
    text = re.sub(r"\s+", " ", text)
    return [text] if text.strip() else []
