"""Pages go compressed over the wire; nothing else does that is made for a request (docs/decisions)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressedPagesMiddleware(GZipMiddleware):
    """Django's compression, for whole HTML only: pictures would gain nothing, and parts of files would break."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        if not isinstance(response, HttpResponse) or kind != "text/html":
            return response
        return super().process_response(request, response)
