"""What administrators type about knowledge bases, and what GLM's refusals mean for them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import knowledge
from conversations.defaults import ADMINISTRATOR, REVIEWER
from conversations.hosted import with_places
from conversations.models import Embedding, KnowledgeBase, User

from .preset_form import LineField, LinesField

NAME_LENGTH, ABOUT_LENGTH, ID_LENGTH, TEMPLATE_LENGTH = 100, 500, 200, 4000
GROUPS = (
    ("", gettext_lazy("Everybody")),
    (REVIEWER, gettext_lazy("Reviewers")),
    (ADMINISTRATOR, gettext_lazy("Administrators")),
)
TROUBLES: dict[str, Any] = {
    "key": gettext_lazy("GLM did not accept the key of this site. Nothing was changed."),
    "money": gettext_lazy("The GLM account is out of credit. Nothing was changed."),
    "account": gettext_lazy("The GLM account is not usable. Nothing was changed."),
    "no_room": gettext_lazy("The GLM account has no room left for knowledge. Delete something, or extend it."),
    "not_allowed": gettext_lazy("The GLM account may not keep knowledge. Nothing was changed."),
    "busy": gettext_lazy("Too many requests at once. Please try again in a moment."),
    "unreachable": gettext_lazy("GLM could not be reached. Please try again in a moment."),
    "timeout": gettext_lazy("GLM did not answer in time, so it may have been done or not. Please look again."),
    knowledge.REFUSED: gettext_lazy("GLM does not take this."),
    knowledge.UNDER_WAY: gettext_lazy(
        "It is being made, sent or deleted right now. Nothing was changed. Please try again in a moment."
    ),
    knowledge.LOST: gettext_lazy(
        "The server was stopped meanwhile: at GLM it may have been done or not. It is not used any more; delete it."
    ),
    "request": gettext_lazy("GLM does not know this, or does not take it."),
}


def trouble_words(trouble: str) -> str:
    return str(TROUBLES.get(trouble) or _("GLM did not do it. Please try again in a moment."))


def status_of(failed: knowledge.Failed) -> HTTPStatus:
    """Whether it was GLM that did not do it."""
    return HTTPStatus.CONFLICT if failed.trouble == knowledge.UNDER_WAY else HTTPStatus.BAD_GATEWAY


class BaseForm(forms.Form):
    """What people see of a base, how GLM is told to use it, and who may."""

    name = LineField(label=gettext_lazy("Name"), help_text=gettext_lazy("People choose it by this"))
    about = LineField(
        label=gettext_lazy("What is in it"), help_text=gettext_lazy("One line, beside the name"), required=False
    )
    group_name = forms.ChoiceField(required=False, choices=GROUPS, label=gettext_lazy("Who may use it"))
    template = LinesField(
        required=False,
        label=gettext_lazy("Prompt template"),
        help_text=gettext_lazy(
            "What the model is told with what was found. It holds {{ knowledge }} and {{ question }}; "
            "empty leaves it to GLM."
        ),
    )

    @classmethod
    def of(cls, base: KnowledgeBase) -> dict[str, str]:
        return {name: getattr(base, name) for name in cls.base_fields}

    def clean_name(self) -> str:
        return _within(self.cleaned_data["name"], NAME_LENGTH)

    def clean_about(self) -> str:
        return _within(self.cleaned_data["about"], ABOUT_LENGTH)

    def clean_template(self) -> str:
        template = _within(self.cleaned_data["template"], TEMPLATE_LENGTH)
        try:
            return with_places(template) if template else ""
        except ValueError as missing:
            raise forms.ValidationError(_("%(place)s is missing.") % {"place": missing}) from None

    @property
    def facts(self) -> dict[str, str]:
        return {name: str(self.cleaned_data[name]) for name in BaseForm.base_fields}


class NewForm(BaseForm):
    """One that is made at GLM."""

    embedding = forms.TypedChoiceField(
        coerce=int,
        choices=Embedding.choices,
        initial=Embedding.EMBEDDING_3,
        label=gettext_lazy("Model that makes texts findable"),
    )

    def make(self, actor: User) -> KnowledgeBase:
        """The new base. Raises knowledge.Failed."""
        return knowledge.create(actor, self.cleaned_data["embedding"], **self.facts)


class EnteredForm(BaseForm):
    """One that is there already, by its id."""

    glm_id = LineField(
        label=gettext_lazy("Id of the knowledge base"), help_text=gettext_lazy("As GLM's console shows it")
    )

    def clean_glm_id(self) -> str:
        return _within(self.cleaned_data["glm_id"], ID_LENGTH)

    def make(self, actor: User) -> KnowledgeBase:
        return knowledge.enter(actor, self.cleaned_data["glm_id"], **self.facts)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise forms.ValidationError(_("At most %(most)s characters.") % {"most": f"{most:,}"})
    return text
