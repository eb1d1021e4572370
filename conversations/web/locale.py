"""Language and time zone of a request: the person's own choice, else what the browser and the site say."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from conversations import clock
from conversations.models import User

Answer = Callable[[HttpRequest], HttpResponse]


def by_person(get_response: Answer) -> Answer:
    """Middleware. Stands behind the one that knows the person, and so behind the one that asks the browser."""

    def answer(request: HttpRequest) -> HttpResponse:
        person = request.user if isinstance(request.user, User) else None
        if person is not None and hasattr(request, "_cached_user"):
            request.user = person = request._cached_user  # itself: each touch of what Django puts before it costs
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        with timezone.override(clock.zone(person.time_zone if person else "")):
            return get_response(request)

    return answer
