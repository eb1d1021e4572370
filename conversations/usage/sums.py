"""What is summed over calls, the same for a day that is kept and for calls that are looked at directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from conversations.models import CallKind, UpstreamCall, UsageDay

# The kinds of tokens. Reasoning is part of the completion, cached of the prompt.
KINDS = ("prompt", "completion", "reasoning", "cached")
NOT_TAKEN = "not_taken"  # the finish of a call that never reached GLM

FAILED = Q(http_status__gte=400) | Q(business_code__gt="")
FAILED |= Q(finish__in=("", NOT_TAKEN, "network_error", "interrupted", "deadline", "bug"))
# Only where GLM began to answer is there something that it did not tell; what it turned away has used nothing.
_BEGUN = Q(http_status=None) | Q(http_status__lt=400)
_BEGUN &= Q(business_code="") | Q(first_byte_at__isnull=False)
_BEGUN &= ~Q(finish=NOT_TAKEN)
# What is no request to a model has no tokens that GLM could tell.
_BEGUN &= ~Q(kind__in=(CallKind.SEARCH, CallKind.READER, CallKind.KNOWLEDGE))

NAMES = UsageDay.SUMS
_OVER_CALLS: dict[str, Any] = {
    "call_count": Count("pk"),
    "failed_count": Count("pk", filter=FAILED),
    **{f"{kind}_tokens": Sum(f"{kind}_tokens", default=0) for kind in KINDS},
    **{f"{kind}_unknown": Count("pk", filter=_BEGUN & Q(**{f"{kind}_tokens": None})) for kind in KINDS},
}


def over_calls() -> dict[str, Any]:
    """To annotate groups of calls with; `read` takes the sums out again."""
    return {f"sum_{name}": _OVER_CALLS[name] for name in NAMES}


def over_days() -> dict[str, Any]:
    """The same for groups of days."""
    return {f"sum_{name}": Sum(name, default=0) for name in NAMES}


def read(group: Mapping[str, Any]) -> dict[str, int]:
    return {name: group[f"sum_{name}"] for name in NAMES}


def ended() -> QuerySet[UpstreamCall]:
    """The calls that count: what a running one uses is not known yet."""
    return UpstreamCall.objects.filter(ended_at__isnull=False).order_by()
