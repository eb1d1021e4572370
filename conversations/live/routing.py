"""The sockets of the site."""

from django.urls import path

from .consumer import ConversationConsumer

websocket_urlpatterns = [path("ws/c/<uuid:code>/", ConversationConsumer.as_asgi())]
