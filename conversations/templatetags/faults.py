"""What administrators are told of the account at GLM: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import faults, upstream
from conversations.models import Fault

register = template.Library()


@dataclass(frozen=True, slots=True)
class Alarm:
    """`title` says what is wrong, `advice` what helps."""

    title: Promise
    advice: Promise


ALARMS: dict[str, Alarm] = {
    "key": Alarm(
        gettext_lazy("GLM refuses the key of this site"),
        gettext_lazy("Nobody is answered. Set a valid key where the site is started, and start it again."),
    ),
    "money": Alarm(
        gettext_lazy("The GLM account is out of credit"),
        gettext_lazy("Nobody is answered. Top it up in the console of %(upstream)s."),
    ),
    "account": Alarm(
        gettext_lazy("The GLM account is locked, expired or restricted"),
        gettext_lazy("Nobody is answered. The console of %(upstream)s says why."),
    ),
    "not_allowed": Alarm(
        gettext_lazy("The GLM account may not use a model"),
        gettext_lazy("Ask %(upstream)s for access to it, or take it from the list of models."),
    ),
}


@register.simple_tag(takes_context=True)
def alarming_faults(context: dict[str, Any]) -> Sequence[Fault]:
    """Those that the person has to do something about; nothing for others, and no query while there are none."""
    found = faults.alarming(upstream.current())
    user = getattr(context.get("request"), "user", None)
    return found if found and user is not None and user.has_perm("conversations.administer") else ()


@register.filter
def fault_title(fault: Fault) -> str:
    return str(ALARMS[fault.kind].title)


@register.filter
def fault_advice(fault: Fault) -> str:
    return str(ALARMS[fault.kind].advice) % {"upstream": fault.upstream}


def notice_words(data: dict[str, Any]) -> str:
    """What a notice says of a fault that began, or of one that is over."""
    if data.get("is_over"):
        return _("GLM answers again: the fault of the account is over.")
    alarm = ALARMS.get(data.get("kind", ""))
    title, advice = (alarm.title, alarm.advice % {"upstream": data.get("upstream", "")}) if alarm else ("", "")
    model, code = data.get("model"), data.get("code")
    named = f"{title} ({', '.join(filter(None, (model, code)))})" if model or code else title
    return _("%(title)s. %(advice)s") % {"title": named, "advice": advice}
