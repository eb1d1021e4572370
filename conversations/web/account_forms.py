"""The forms with which accounts are made and changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from conversations.defaults import ADMINISTRATOR, MEMBER, REVIEWER

from .forms import clean_line

LONGEST_REASON = 300


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name and a password."""

    password = _password_field()

    class Meta:
        model = get_user_model()
        fields = ("username",)
        field_classes = {"username": UsernameField}
        labels = {"username": _("Name")}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        _check(self, self.instance)


class PasswordForm(forms.Form):
    """A new password for `person`."""

    password = _password_field()

    def __init__(self, person: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._person = person

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        _check(self, self._person)


class InvitationForm(forms.Form):
    """What an invitation is for, and to whom it will be sent."""

    role = forms.ChoiceField(choices=[(MEMBER, ""), (REVIEWER, ""), (ADMINISTRATOR, "")])
    email = forms.EmailField(required=False, label=_("E-mail address"))


class ReasonForm(forms.Form):
    """Why something is done; it is kept on record."""

    reason = forms.CharField(error_messages={"required": _("Say why; it is kept on record.")})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].validators = []  # what they refuse is cleaned away

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"])[:LONGEST_REASON]
        if not reason:
            raise forms.ValidationError(_("Say why; it is kept on record."), code="required")
        return reason


class RolesForm(ReasonForm):
    roles = forms.MultipleChoiceField(required=False, choices=[(REVIEWER, ""), (ADMINISTRATOR, "")])


class DeletionForm(ReasonForm):
    """The person's name, typed, so that nobody deletes the account beside the one they mean."""

    name = forms.CharField(required=False)

    def __init__(self, person: Any, *args: Any) -> None:
        super().__init__(*args)
        self._person = person

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if name.casefold() != self._person.username.casefold():
            raise forms.ValidationError(_("Nothing was deleted: the name that was typed is another one."))
        return name


def _check(form: forms.BaseForm, person: Any) -> None:
    password = form.cleaned_data.get("password")
    if not password:
        return
    try:
        password_validation.validate_password(password, person)
    except forms.ValidationError as error:
        form.add_error("password", error)
