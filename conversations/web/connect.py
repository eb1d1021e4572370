"""Where replies come from: what "simulated" means, and for administrators how a key is set."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations import upstream

from .answers import MemberRequest, page

# As they stand in the environment; docs/configuration.md has the rest.
WAYS = (
    ("bigmodel.cn", "ZHIPUAI_API_KEY=id.secret"),
    ("api.z.ai", "ZAI_API_KEY=id.secret"),
    ("vLLM · SGLang · llama.cpp", "ZHIPUAI_BASE_URL=http://127.0.0.1:8080/v1\nCHATSITE_MODELS=glm-4.6"),
)


@require_safe
@page
def connect(request: MemberRequest) -> HttpResponse:
    """`first`: the second of the steps that begin a new site."""
    context = {
        "upstream": upstream.current(),
        "ways": WAYS,
        "may_set": request.user.has_perm("conversations.administer"),
        "is_first": "first" in request.GET,
    }
    return render(request, "setup/connect.html", context)
