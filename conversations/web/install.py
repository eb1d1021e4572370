"""What makes the site an app of its own on a device, and what the device shows while the site cannot be reached.

A device keeps one page, without anything personal in it: that page, in the language of the person.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from conversations.inline import policy_source

# The page stands alone: its sheets are written into it, since nothing can be fetched when it is shown.
SHEETS = ("layers", "tokens", "base", "components/button", "components/sheet")
SCRIPT = (
    'const look = () => fetch("/healthz", { cache: "no-store" }).then(() => location.reload(), () => {});'
    'addEventListener("online", look);setInterval(look, 10_000);'
)
PAPER = "#fbfbf9"  # --paper of tokens.css
ICONS = (
    ("mark.svg", "any", "image/svg+xml", "any"),
    ("icons/app-192.png", "192x192", "image/png", "any"),
    ("icons/app-512.png", "512x512", "image/png", "any"),
    ("icons/app-maskable-512.png", "512x512", "image/png", "maskable"),
)


@require_safe
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """The name, the icons and the entrance of the app."""
    with _in(language):
        content = {
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "lang": language,
            "name": "chatsite",
            "short_name": "chatsite",
            "description": _("A chat for GLM models that you run yourself."),
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}
                for name, sizes, kind, purpose in ICONS
            ],
            "shortcuts": [{"name": _("New conversation"), "url": reverse("new")}],
        }
    response = JsonResponse(content, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=3600)
    return response


@require_safe
def worker(request: HttpRequest, language: str) -> HttpResponse:
    """The service worker: another one as soon as the offline page is another one."""
    version = hashlib.sha256(_page(language).encode()).hexdigest()[:12]
    context = {"version": version, "page": reverse("offline", args=[language])}
    response = render(request, "install/worker.js", context, content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for a device that cannot reach the site; its policy lets in its own style and script alone."""
    response = HttpResponse(_page(language))
    allowed = {"style-src": policy_source(_style()), "script-src": policy_source(SCRIPT), "connect-src": "'self'"}
    policy = "; ".join(f"{name} {value}" for name, value in allowed.items())
    response["Content-Security-Policy"] = f"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; {policy}"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages of people need a session; of the rest only the sign-in page is of use to anybody."""
    return HttpResponse("User-agent: *\nDisallow: /admin/\nDisallow: /setup/\n", content_type="text/plain")


def _in(language: str) -> override:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return override(language)


@cache
def _page(language: str) -> str:
    with _in(language):
        return render_to_string("install/offline.html", {"style": _style(), "script": SCRIPT, "language": language})


@cache
def _style() -> str:
    return "\n".join(Path(str(finders.find(f"css/{name}.css"))).read_text("utf-8") for name in SHEETS)
