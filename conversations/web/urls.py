"""The addresses of the pages. Every command is a POST."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from . import chat, commands, entries, setup

urlpatterns: list[URLPattern] = [
    path("", chat.new, name="new"),
    path("accounts/password/reset/", TemplateView.as_view(template_name="account/forgotten.html"), name="forgotten"),
    path("conversations/", entries.all_entries, name="conversations"),
    path("setup/<str:token>/", setup.first_account, name="setup"),
    path("c/<uuid:code>/", chat.conversation, name="conversation"),
    path("c/<uuid:code>/messages/", commands.send, name="send"),
    path("c/<uuid:code>/messages/<uuid:message>.md", chat.markdown, name="markdown"),
    path("c/<uuid:code>/messages/<uuid:message>/edit/", commands.edit, name="edit"),
    path("c/<uuid:code>/messages/<uuid:message>/regenerate/", commands.regenerate, name="regenerate"),
    path("c/<uuid:code>/messages/<uuid:message>/continue/", commands.continue_reply, name="continue"),
    path("c/<uuid:code>/messages/<uuid:message>/show/", commands.show, name="show"),
    path("c/<uuid:code>/turns/<uuid:turn>/stop/", commands.stop, name="stop"),
    path("c/<uuid:code>/rename/", entries.rename, name="rename"),
    path("c/<uuid:code>/delete/", entries.delete, name="delete"),
    path("c/<uuid:code>/restore/", entries.restore, name="restore"),
]
