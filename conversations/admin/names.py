"""What facts are called in the reader's language. Models name them for programmers, and no word needs a migration: here
each gets the words of the records' pages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAMES = {
    "accepted by": _("accepted by"),
    "act": _("what was done"),
    "action": _("action"),
    "active at": _("last active"),
    "actor code": _("who did it"),
    "after": _("after"),
    "announced at": _("announced"),
    "answer count": _("answers"),
    "approval": _("asks before it runs"),
    "at": _("time"),
    "attempt": _("attempt"),
    "before": _("before"),
    "began at": _("began"),
    "business code": _("business code"),
    "cached tokens": _("cached tokens"),
    "call code": _("call"),
    "call id": _("id of the call"),
    "case": pgettext_lazy("of a review", "case"),
    "case code": pgettext_lazy("of a review", "case"),
    "claimed by": _("claimed by"),
    "claimed until": _("claimed until"),
    "closed until": _("closed until"),
    "code": _("code"),
    "completion tokens": _("completion tokens"),
    "content filter": _("content filter"),
    "continues": _("continues the one before"),
    "conversation": _("conversation"),
    "conversation code": _("conversation"),
    "created at": _("made"),
    "decided at": _("decided"),
    "decided by": _("decided by"),
    "default model": _("default model"),
    "deleted at": _("deleted"),
    "depth": _("depth"),
    "detail": _("detail"),
    "due at": _("due"),
    "ended at": _("ended"),
    "expires at": _("expires"),
    "finish": _("end"),
    "first byte at": _("first byte"),
    "hash": _("hash"),
    "how": _("how"),
    "http status": _("HTTP status"),
    "index": _("place in the round"),
    "is alarming": _("needs somebody"),
    "is self reviewed": _("reviewed by its author"),
    "is simulated": _("simulated"),
    "kind": _("kind"),
    "level": _("level"),
    "log id": _("GLM's log id"),
    "made by": _("made by"),
    "message code": _("message"),
    "model answered": _("model that answered"),
    "model asked": _("model asked"),
    "model name": _("model"),
    "name": _("name"),
    "needs second": _("needs a second person"),
    "note": _("note"),
    "object code": _("what it is about"),
    "on flag": _("on flag"),
    "opened at": _("opened"),
    "owner": _("owner"),
    "payload digest": _("digest of what is sealed"),
    "person": _("person"),
    "person code": _("person"),
    "prev hash": _("hash before"),
    "prompt tokens": _("prompt tokens"),
    "proposed by": _("proposed by"),
    "provider id": _("GLM's id"),
    "purged at": _("deleted for good"),
    "queued at": _("queued"),
    "raised at": _("raised"),
    "raised by": _("raised by"),
    "reason": _("reason"),
    "reason code": _("reason"),
    "reasoning seconds": _("seconds of reasoning"),
    "reasoning tokens": _("reasoning tokens"),
    "released at": _("released"),
    "request id": _("id of the request"),
    "requested at": _("requested"),
    "resets at": _("new again"),
    "result length": _("characters of the result"),
    "revision": _("revision"),
    "revoked at": _("withdrawn"),
    "role": _("role"),
    "round": _("round"),
    "runner": _("process"),
    "sealed at": _("sealed"),
    "seq": _("number"),
    "session": _("session"),
    "shown": _("characters shown"),
    "source": _("source"),
    "started at": _("started"),
    "state": _("state"),
    "stop asked at": _("stop asked for"),
    "trouble": _("trouble"),
    "trouble code": _("code of the trouble"),
    "turn": _("turn"),
    "turn code": _("turn"),
    "upstream": _("server"),
    "used at": _("used"),
    "visibility": _("visibility"),
}

VERBS = {
    "accepted": _("accepted"),
    "added": _("added"),
    "changed": _("changed"),
    "closed": _("closed"),
    "deleted": _("deleted"),
    "looked": _("text looked at"),
    "made": _("made"),
    "password": _("password changed"),
    "password_reset": _("password set by a link"),
    "reopened": _("opened again"),
    "reset_link": _("link for a password made"),
    "restored": _("restored"),
    "roles": _("roles changed"),
    "signed_up": _("signed up"),
    "tested": _("tested"),
    "tried": _("tried"),
    "verified": _("verified"),
    "withdrawn": _("withdrawn"),
}

NOUNS = {
    "case": pgettext_lazy("of a review", "case"),
    "conversation": _("conversation"),
    "evidence": _("evidence"),
    "invitation": _("invitation"),
    "key": _("API key"),
    "message": _("message"),
    "person": _("person"),
    "preset": _("preset"),
}


def name_fields(model: type[models.Model]) -> None:
    """Those that have only the name of their column. It is for pages alone: what migrations compare stays as it is."""
    for field in model._meta.concrete_fields:
        if field._verbose_name is None and (known := NAMES.get(field.name.replace("_", " "))):  # type: ignore[attr-defined]
            field.verbose_name = known


def action_in_words(action: str, nouns: dict[str, object]) -> str:
    """Of the audit record, such as `wordlist.changed`; what nobody has words for stays as it is."""
    noun, _dot, verb = action.partition(".")
    what, done = NOUNS.get(noun) or nouns.get(noun), VERBS.get(verb)
    return f"{what}: {done}" if what and done else action
