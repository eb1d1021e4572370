"""What a reply's end means for the person: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.models import HISTORY, HISTORY_OVER, OUR_MISTAKE, TurnState
from conversations.moderation import reason_words
from conversations.present import ShownMessage
from conversations.turns.fallback import instead_of

register = template.Library()

Words = Promise | str
KEPT = _("Your message is kept.")
ALL_HERE = _("All that was written is here.")


@dataclass(frozen=True, slots=True)
class Ending:
    """Words under a reply, and the buttons that make sense there; `after` instead of `text` when some was written.
    With `may_repeat_alone` the question can be answered again without what was said before it. `spoken` stands for
    the title where only that is heard."""

    title: Words
    text: Words = KEPT
    after: Words = ALL_HERE
    mark: str = "is-failed"
    is_error: bool = True
    may_continue: bool = False
    may_repeat: bool = True
    may_repeat_alone: bool = False
    spoken: Words = ""


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
        _("Your message is kept. Clear the context, choose a model with a larger window, or ask for less at once."),
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
    OUR_MISTAKE: Ending(
        _("This site made a mistake"),
        _("Neither you nor GLM did. Your message is kept: answer again; if it stays like this, tell an administrator."),
    ),
    "request": Ending(
        _("GLM did not understand the request"),
        _("That is a mistake of this site, not yours. Your message is kept; please tell an administrator."),
    ),
    "instructions": Ending(
        _("The instructions of this conversation are not accepted here"),
        _("They hold words that are not sent on. Your message is kept: change the instructions and answer again."),
        mark="is-held",
    ),
    "no_tools": Ending(
        _("The model wanted to use a tool"),
        _("In the background it cannot. Your message is kept: answer again without the background."),
    ),
    "job_lost": Ending(
        _("This answer was given up"),
        _("Nobody could find out what became of it. Your message is kept. Answer again."),
    ),
    "unanswered": Ending(
        _("Nobody said whether the tool may run"),
        _("So it did not. Your message is kept: answer again to be asked once more."),
        _("So it did not. All that was written is here: answer again to be asked once more."),
        mark="is-ended",
    ),
    "knowledge": Ending(
        _("The knowledge base of this conversation is not there any more"),
        _("Nothing was sent, and your message is kept. Choose another one, or none, beside the box and answer again."),
    ),
    "empty": Ending(_("GLM answered with nothing"), _("Your message is kept. Answer again.")),
    "history": Ending(
        _("GLM objects to an earlier message"),
        _(
            "It does not say to which. Ask again without the earlier turns, or change the question that you think it "
            "is. All of them stay here; your next message, too, is asked without them."
        ),
        mark="is-held",
        may_repeat=False,
        may_repeat_alone=True,
    ),
    "link_dead": Ending(
        _("It was made, and could not be fetched"),
        _("GLM's link to it is dead. Your message is kept: fetch it again among the jobs, or have it made anew."),
    ),
    "wrong_type": Ending(
        _("What came is not what was asked for"),
        _("The file is no picture or video that can be shown. Your message is kept: have it made anew."),
    ),
    "file_too_large": Ending(
        _("What was made is too large to be kept here"),
        _("Your message is kept. Choose a smaller size, or ask an administrator for a higher limit."),
    ),
    "no_room": Ending(
        _("It was made, and there is no room for it"),
        _("An administrator has to make some. Your message is kept: fetch it again among the jobs then."),
    ),
    "no_picture": Ending(
        _("A picture of this message is not there any more"),
        _("Nothing was ordered. Your message is kept: send it again with another picture."),
    ),
    "moved": Ending(
        _("It was made by another server"),
        _("The site uses another one now, so it cannot be fetched. Your message is kept: have it made anew."),
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
# Why, and what to do, stands under the question.
REFUSED = Ending(
    _("Not answered"),
    "",
    mark="is-held",
    is_error=False,
    may_repeat=False,
    spoken=_("The question was not accepted"),
)


OPEN_AGAIN = Ending(
    _("Released after review"),
    _("A person has looked: the conversation goes on as before. Answer again."),
    mark="is-ended",
    is_error=False,
)


@register.simple_tag
def model_instead(message: ShownMessage) -> str:
    """Another model that may answer in the place of one that could not."""
    return instead_of(message.turn) if message.turn is not None and message.turn.state == TurnState.FAILED else ""


@register.simple_tag
def reason(message: ShownMessage) -> str:
    """Why a person decided as they did, in the reader's language."""
    return reason_words(message.reason_code) if message.reason_code else ""


@register.simple_tag
def ending(message: ShownMessage) -> Ending | None:
    """What stands under a reply; None under one that ended as it should or goes on."""
    turn = message.turn
    if turn is None or turn.is_live or message.is_open:
        return None
    if turn.state == TurnState.FILTERED and message.text:
        return None  # it was given back, or only marked
    found = _of(turn.state, turn.trouble, turn.finish)
    if found is REFUSED and message.may_repeat:
        return OPEN_AGAIN
    if found is None or turn.state == TurnState.FILTERED or not message.text:
        return found
    return replace(found, text=found.after, may_continue=message.is_last)


def _of(state: str, trouble: str, finish: str) -> Ending | None:
    if state == TurnState.FAILED:
        return TROUBLES.get(trouble, UNKNOWN)
    if state == TurnState.FILTERED:
        return {HISTORY: TROUBLES["history"], HISTORY_OVER: OPEN_AGAIN}.get(trouble, REFUSED)
    if state == TurnState.COMPLETED:
        return {"length": LENGTH, "context_full": CONTEXT_FULL}.get(finish)
    return {TurnState.STOPPED.value: STOPPED, TurnState.INTERRUPTED.value: INTERRUPTED}.get(state)
