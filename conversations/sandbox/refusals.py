"""GLM's business codes as the sandbox uses them, with the error body that carries one.

The codes and their HTTP statuses are those of docs.bigmodel.cn's error page; the words are our own.
"""

from dataclasses import dataclass
from typing import Any

from .wire import Filter

_CODES: dict[str, tuple[int, str, str]] = {
    "500": (500, "服务内部错误（模拟）", "Internal error (simulated)"),
    "503": (503, "服务暂不可用（模拟）", "Service unavailable (simulated)"),
    "1000": (401, "身份验证失败", "Authentication failed"),
    "1001": (401, "请求头中没有 Authorization", "The request has no Authorization header"),
    "1002": (401, "Authorization 令牌不合法", "The token is not valid"),
    "1003": (401, "Authorization 令牌已过期", "The token has expired"),
    "1004": (401, "Authorization 令牌验签失败", "The token's signature does not match"),
    "1113": (
        429,
        "余额不足或没有可用的资源包（模拟）",
        "No balance and no resource package left (simulated)",
    ),
    "1210": (400, "调用参数有误", "The parameters are wrong"),
    "1211": (400, "模型不存在", "The model does not exist"),
    "1213": (400, "缺少必填参数", "A required parameter is missing"),
    "1214": (400, "参数不合法", "A parameter is not valid"),
    "1222": (404, "接口不存在", "There is no such API"),
    "1234": (500, "网络错误（模拟）", "Network error (simulated)"),
    "1261": (400, "输入超出长度限制（模拟）", "The prompt is too long (simulated)"),
    "1301": (
        400,
        "输入或生成内容可能包含不安全或敏感内容（模拟）",
        "The input or the output may contain unsafe or sensitive content (simulated)",
    ),
    "1302": (
        429,
        "并发请求过多，请稍后再试（模拟）",
        "Too many requests at once, try again later (simulated)",
    ),
    "1305": (429, "该模型当前访问量过大（模拟）", "The model is overloaded right now (simulated)"),
    "1310": (
        429,
        "已达到本周使用上限（模拟）。额度将在 {detail} 重置",
        "已达到本周使用上限（模拟）。额度将在 {detail} 重置",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error as GLM words it: `status` 0 means the code's usual HTTP status."""

    code: str
    detail: str = ""
    filters: tuple[Filter, ...] = ()
    status: int = 0

    @property
    def http_status(self) -> int:
        return self.status or _CODES[self.code][0]

    def message(self, is_english: bool = False) -> str:
        _, chinese, english = _CODES[self.code]
        text = english if is_english else chinese
        if "{detail}" in text:
            return text.replace("{detail}", self.detail)
        return f"{text}: {self.detail}" if self.detail else text

    def body(self, is_english: bool = False) -> dict[str, Any]:
        """The error body: a flagged request carries `contentFilter`, camel case only here."""
        body: dict[str, Any] = {"error": {"code": self.code, "message": self.message(is_english)}}
        if self.filters:
            body["contentFilter"] = [{"level": item.level, "role": item.role} for item in self.filters]
        return body


class Refused(Exception):
    """The request ends here, with this refusal."""

    def __init__(self, code: str, detail: str = "", *, status: int = 0) -> None:
        super().__init__(code, detail)
        self.refusal = Refusal(code, detail, status=status)
