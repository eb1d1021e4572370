from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate

from conversations import checks


class ConversationsConfig(AppConfig):
    name = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Conversations"

    def ready(self) -> None:
        # The one receiver of our own. Its module needs models, which exist only from here on.
        defaults = import_module("conversations.defaults")
        post_migrate.connect(defaults.sync_defaults, sender=self)
        for check in checks.ALL:
            register(check)
