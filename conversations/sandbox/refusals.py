"""GLM's business codes as the sandbox uses them, with the error body that carries one.

The codes and their HTTP statuses are those of docs.bigmodel.cn's error page; the words are our own.
"""

from dataclasses import dataclass
from typing import Any

from .wire import Filter

# Chinese whatever is asked for, as it was met.
_UNTIL = "已达到使用上限（模拟）。额度将在 {detail} 重置"
_CODES: dict[str, tuple[int, str, str]] = {
    "500": (500, "服务内部错误（模拟）", "Internal error (simulated)"),
    "503": (503, "服务暂不可用（模拟）", "Service unavailable (simulated)"),
    "1000": (401, "身份验证失败", "Authentication failed"),
    "1001": (401, "请求头中没有 Authorization", "The request has no Authorization header"),
    "1002": (401, "Authorization 令牌不合法", "The token is not valid"),
    "1003": (401, "Authorization 令牌已过期", "The token has expired"),
    "1004": (401, "Authorization 令牌验签失败", "The token's signature does not match"),
    "1005": (401, "需要双因素验证（模拟）", "Two-factor authentication is required (simulated)"),
    "1100": (500, "账户读写（模拟）", "Account read and write (simulated)"),
    "1110": (429, "账户处于非活动状态（模拟）", "The account is inactive (simulated)"),
    "1111": (429, "账户不存在（模拟）", "The account does not exist (simulated)"),
    "1112": (429, "账户已被锁定（模拟）", "The account is locked (simulated)"),
    "1113": (429, "余额不足或没有可用的资源包（模拟）", "No balance and no resource package left (simulated)"),
    "1120": (500, "暂时无法访问账户（模拟）", "The account cannot be reached right now (simulated)"),
    "1121": (429, "账户因违规被锁定（模拟）", "The account is locked for violations (simulated)"),
    "1200": (500, "API 调用出错（模拟）", "The API call failed (simulated)"),
    "1210": (400, "调用参数有误", "The parameters are wrong"),
    "1211": (400, "模型不存在", "The model does not exist"),
    "1212": (400, "模型不支持这种调用方式（模拟）", "The model cannot be called this way (simulated)"),
    "1213": (400, "缺少必填参数", "A required parameter is missing"),
    "1214": (400, "参数不合法", "A parameter is not valid"),
    "1215": (400, "参数不能同时设置（模拟）", "Parameters exclude each other (simulated)"),
    "1220": (403, "没有权限访问该接口（模拟）", "No permission for this API (simulated)"),
    "1221": (400, "接口已下线（模拟）", "The API is offline (simulated)"),
    "1222": (404, "接口不存在", "There is no such API"),
    "1230": (500, "API 调用流程出错（模拟）", "The API flow failed (simulated)"),
    "1231": (400, "重复的 request_id（模拟）", "This request_id was used before (simulated)"),
    "1234": (500, "网络错误（模拟）", "Network error (simulated)"),
    "1261": (400, "输入超出长度限制（模拟）", "The prompt is too long (simulated)"),
    "1300": (400, "请求被策略阻止（模拟）", "Blocked by policy (simulated)"),
    "1301": (
        400,
        "输入或生成内容可能包含不安全或敏感内容（模拟）",
        "The input or the output may contain unsafe or sensitive content (simulated)",
    ),
    "1302": (429, "并发请求过多，请稍后再试（模拟）", "Too many requests at once, try again later (simulated)"),
    "1303": (429, "请求频率过高（模拟）", "Too many requests in a short time (simulated)"),
    "1304": (429, "已达到当日调用次数上限（模拟）", "The calls of this day are used up (simulated)"),
    "1305": (429, "该模型当前访问量过大（模拟）", "The model is overloaded right now (simulated)"),
    **dict.fromkeys(("1308", "1310", "1316", "1317", "1318", "1319", "1320", "1321"), (429, _UNTIL, _UNTIL)),
    "1309": (429, "套餐已到期（模拟）", "The plan has expired (simulated)"),
    "1311": (429, "套餐不包含该模型（模拟）", "The plan does not include this model (simulated)"),
    "1312": (429, "模型繁忙，请改用其他模型（模拟）", "The model is busy, use another one (simulated)"),
    "1313": (429, "已触发公平使用限制（模拟）", "Restricted for fair use (simulated)"),
    "1314": (429, "企业套餐已到期（模拟）", "The enterprise plan has expired (simulated)"),
    "1315": (429, "密钥类型不符（模拟）", "The key is of another type (simulated)"),
    "1701": (429, "搜索并发过多（模拟）", "Too many searches at once (simulated)"),
    "1702": (400, "没有可用的搜索引擎（模拟）", "No search engine is available (simulated)"),
    "1703": (400, "搜索没有返回数据（模拟）", "The search found nothing (simulated)"),
    "10001": (400, "知识库容量不足（模拟）", "No room for knowledge left (simulated)"),
    "10002": (400, "知识库文件数已达上限（模拟）", "No more files of knowledge allowed (simulated)"),
}
CODES = tuple(_CODES)
TELL_THEIR_RESET = frozenset(code for code, (_, chinese, _) in _CODES.items() if "{detail}" in chinese)


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
