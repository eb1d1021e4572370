"""Says true things about pictures that came with a prompt: size, form, colours, brightness."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from conversations.sandbox.asked import Asked

from .kind import Answer

_DARK, _LIGHT = 0.3, 0.7


def pictures(asked: Asked) -> tuple[bytes | None, ...]:
    """Those of the last message of a user."""
    return next((said.images for said in reversed(asked.messages) if said.role == "user"), ())


def answer(asked: Asked) -> Answer:
    # Loaded with the first picture: the decoders are most of what a sandbox would need otherwise.
    look = import_module("conversations.sandbox.vision").look
    looks = [look(data) if data else None for data in pictures(asked)]
    write = _chinese if asked.prompt.is_chinese else _english
    return write(looks)


def _english(looks: list[Any]) -> Answer:
    lines = [f"{_number('Picture', i, looks)}{_in_english(each)}" for i, each in enumerate(looks, 1)]
    if len(lines) == 1:
        lines = [lines[0][0].upper() + lines[0][1:]]
    end = "That is all the sandbox can see. With a key of GLM, a model that understands pictures answers here."
    return Answer("\n".join((*lines, "", end)), f"{len(looks)} picture(s). I measure size, colours and brightness.")


def _chinese(looks: list[Any]) -> Answer:
    lines = [f"{_number('图', i, looks)}{_in_chinese(each)}" for i, each in enumerate(looks, 1)]
    end = "沙盒只能看到这些。填好 GLM 的密钥之后，这里由看得懂图片的模型来回答。"
    return Answer("\n".join((*lines, "", end)), f"共 {len(looks)} 张图，我来量一下尺寸、颜色和亮度。")


def _number(word: str, number: int, looks: list[Any]) -> str:
    return f"{number}. **{word} {number}**: " if len(looks) > 1 else ""


def _in_english(seen: Any) -> str:
    if seen is None:
        return "a picture that I cannot open here."
    form = "square" if seen.width == seen.height else "wide" if seen.width > seen.height else "tall"
    colours = ", ".join(f"{names[0]} ({share:.0%})" for names, share in seen.colours)
    light = "dark" if seen.light < _DARK else "bright" if seen.light > _LIGHT else "of medium brightness"
    return f"a {form} picture of {seen.width} × {seen.height} pixels, mostly {colours}, {light} as a whole."


def _in_chinese(seen: Any) -> str:
    if seen is None:
        return "这张图在这里打不开。"
    form = "正方形" if seen.width == seen.height else "横向" if seen.width > seen.height else "纵向"
    colours = "、".join(f"{names[1]}（{share:.0%}）" for names, share in seen.colours)
    light = "偏暗" if seen.light < _DARK else "明亮" if seen.light > _LIGHT else "亮度适中"
    return f"一张{form}的图片，{seen.width} × {seen.height} 像素，主要颜色是{colours}，整体{light}。"
