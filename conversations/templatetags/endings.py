"""What a reply's end means for the person: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.models import TurnState
from conversations.present import ShownMessage

register = template.Library()

Words = Promise | str
KEPT = _("Your message is kept.")
ALL_HERE = _("All that was written is here.")


@dataclass(frozen=True, slots=True)
class Ending:
    """Words under a reply, and the buttons that make sense there; `after` instead of `text` when some was written."""

    title: Words
    text: Words = KEPT
    after: Words = ALL_HERE
    mark: str = "is-failed"
    is_error: bool = True
    may_continue: bool = False
    may_repeat: bool = True


TROUBLES: dict[str, Ending] = {
    "key": Ending(
        _("The key of this site was not accepted"),
        _("Nothing was answered, and your message is kept. An administrator has to set a valid API key."),
    ),
    "money": Ending(
        _("Out of credit, nothing was sent"),
        _("The GLM account has run dry; an administrator can top it up. Your message is kept: answer again then."),
    ),
    "account": Ending(
        _("The GLM account is not usable"),
        _("It is locked, expired or restricted; an administrator can look into it. Your message is kept."),
    ),
    "busy": Ending(
        _("Too many requests at once"),
        _("GLM takes only so many at a time. Your message is kept: answer again in a moment."),
        mark="clock",
    ),
    "overloaded": Ending(
        _("This model has too much to do"),
        _("Your message is kept. Answer again in a moment, or choose another model."),
        mark="clock",
    ),
    "paused_until": Ending(
        _("The allowance of the GLM account is used up"),
        _("Your message is kept. It opens again by itself; until then another model may work."),
        mark="clock",
    ),
    "too_long": Ending(
        _("The conversation is too long for this model"),
        _("Your message is kept. Choose a model with a larger window, or begin a new conversation."),
    ),
    "model_gone": Ending(
        _("This model does not exist any more"),
        _("Your message is kept. Choose another model and answer again."),
    ),
    "not_allowed": Ending(
        _("The GLM account may not use this model"),
        _("Your message is kept. Choose another model and answer again."),
    ),
    "unreachable": Ending(
        _("GLM could not be reached"),
        _("Your message is kept. Answer again in a moment; if it stays like this, tell an administrator."),
    ),
    "timeout": Ending(_("GLM did not answer in time"), _("Your message is kept. Answer again.")),
    "disturbed": Ending(_("GLM had a failure of its own"), _("Your message is kept. Answer again in a moment.")),
    "request": Ending(
        _("GLM did not understand the request"),
        _("That is a mistake of this site, not yours. Your message is kept; please tell an administrator."),
    ),
    "empty": Ending(_("GLM answered with nothing"), _("Your message is kept. Answer again.")),
    "history": Ending(
        _("GLM objects to an earlier message"),
        _("Something earlier in this conversation was refused. Begin a new one, or change the earlier question."),
        mark="is-held",
        may_repeat=False,
    ),
    "network": Ending(_("The reply broke off at GLM"), _("Answer again.")),
}
UNKNOWN = Ending(_("Something went wrong"), _("Your message is kept. Answer again."))
STOPPED = Ending(_("You stopped this reply"), "", "", mark="is-ended", is_error=False)
INTERRUPTED = Ending(_("Cut off by a restart"), mark="is-ended", is_error=False)
LENGTH = Ending(
    _("Cut off at the longest reply this model may write"),
    _("Nothing was left for the answer itself. Your message is kept: ask for less at once, or choose another model."),
    mark="is-ended",
    is_error=False,
)
CONTEXT_FULL = Ending(
    _("The model's window is full"),
    TROUBLES["too_long"].text,
    _("All that was written is here. To go on, begin a new conversation or choose a model with a larger window."),
    mark="is-ended",
    is_error=False,
)
REFUSED = Ending(
    _("GLM did not accept the question"),
    _("It is marked above. You can change it and ask again."),
    mark="is-held",
    may_repeat=False,
)


@register.simple_tag
def ending(message: ShownMessage) -> Ending | None:
    """What stands under a reply; None under one that ended as it should or goes on."""
    turn = message.turn
    if turn is None or turn.is_live or message.is_open:
        return None
    found = _of(turn.state, turn.trouble, turn.finish)
    if found is None or turn.state == TurnState.FILTERED or not message.text:
        return found
    return replace(found, text=found.after, may_continue=message.is_last)


def _of(state: str, trouble: str, finish: str) -> Ending | None:
    if state == TurnState.FAILED:
        return TROUBLES.get(trouble, UNKNOWN)
    if state == TurnState.FILTERED:
        return TROUBLES["history"] if trouble == "history" else REFUSED
    if state == TurnState.COMPLETED:
        return {"length": LENGTH, "context_full": CONTEXT_FULL}.get(finish)
    return {TurnState.STOPPED.value: STOPPED, TurnState.INTERRUPTED.value: INTERRUPTED}.get(state)
