"""The sockets of the site."""

from django.urls import path

from .consumer import ConversationConsumer
from .desk_consumer import DeskConsumer
from .person import PersonConsumer

websocket_urlpatterns = [
    path("ws/c/<uuid:code>/", ConversationConsumer.as_asgi()),
    path("ws/review/", DeskConsumer.as_asgi()),
    path("ws/", PersonConsumer.as_asgi()),
    path("ws/at/<uuid:code>/", PersonConsumer.as_asgi()),
]
