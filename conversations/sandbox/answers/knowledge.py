"""Answers out of a knowledge base, as the retrieval tool lets GLM do."""

from __future__ import annotations

from conversations.sandbox import library
from conversations.sandbox.asked import Asked

from .kind import Answer


def answer(asked: Asked) -> Answer:
    """The passages that fit best, said again; or that the documents do not tell, as the usual template wants it."""
    knowledge = asked.retrieval.knowledge_id if asked.retrieval else ""
    slices = library.retrieve(asked.prompt.text, knowledge, most=2)
    return _chinese(slices) if asked.prompt.is_chinese else _english(slices)


def _english(slices: tuple[library.Slice, ...]) -> Answer:
    thought = "I look into the knowledge base first, and say so if it does not tell."
    if not slices:
        return Answer("The documents do not say. From my own knowledge: the sandbox knows nothing either.\n", thought)
    lines = "\n".join(f"- {each.text}" for each in slices)
    return Answer(f"The documents say (simulated):\n\n{lines}\n", thought)


def _chinese(slices: tuple[library.Slice, ...]) -> Answer:
    thought = "先在知识库里找，找不到就说明。"
    if not slices:
        return Answer("文档里没有答案。这一条不是出自文档：沙盒自己也不知道。\n", thought)
    lines = "\n".join(f"- {each.text}" for each in slices)
    return Answer(f"文档里这样说（模拟）：\n\n{lines}\n", thought)
