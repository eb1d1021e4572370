"""The answer to anything else: that it is simulated, and what arrived."""

from conversations.sandbox.asked import Asked

from .kind import Kind

_SHOWN = 160


def _last_words(asked: Asked) -> str:
    """The end of the prompt on one line, without what Markdown would read as code."""
    text = " ".join(asked.prompt.text.split()).replace("`", "'")
    return f"…{text[-_SHOWN:]}" if len(text) > _SHOWN else text


def _parameters(asked: Asked, name: str) -> str:
    told = ", ".join(asked.parameters).replace("`", "'").replace("|", "/")
    return f"| {name} | `{told}` |\n" if told else ""


def _write(asked: Asked) -> str:
    images = sum(len(item.images) for item in asked.messages)
    if asked.prompt.is_chinese:
        return (
            "这是一条**模拟回复**：没有真正的模型读过你的问题。沙盒收到的是：\n\n"
            f"| 项目 | 内容 |\n| :--- | :--- |\n| 模型 | `{asked.model}` |\n"
            f"| 消息数 | {len(asked.messages)} |\n| 图片数 | {images} |\n"
            f"| 字符数 | {len(asked.prompt.text):,} |\n{_parameters(asked, '参数')}\n最后的话：\n\n"
            f"> `{_last_words(asked) or ' '}`\n\n"
            "可以试试：讲故事、写诗、写代码、做表格、算式、翻译“早上好”。\n"
        )
    return (
        "This is a **simulated reply**: no model has read your question. What the sandbox received:\n\n"
        f"| What | Value |\n| :--- | :--- |\n| Model | `{asked.model}` |\n"
        f"| Messages | {len(asked.messages)} |\n| Images | {images} |\n"
        f"| Characters | {len(asked.prompt.text):,} |\n{_parameters(asked, 'Parameters')}\nThe last words:\n\n"
        f"> `{_last_words(asked) or ' '}`\n\n"
        "Try a story, a poem, some code, a table, a sum, or *translate “good morning”*.\n"
    )


KIND = Kind(
    "received",
    lambda text: True,
    _write,
    "I have nothing prepared for this. The honest answer is to say that it is a simulation "
    "and to show what arrived: the model, the messages, the last words.",
    "这个问题没有准备好的答案。老实的做法是说明这是模拟，并展示收到了什么：模型、消息数和最后的话。",
)
