from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        # These modules need models, which exist only from here on. The one receiver of our own:
        post_migrate.connect(import_module("conversations.defaults").sync_defaults, sender=self)
        checks = import_module("conversations.checks")
        for check in checks.ALL:
            register(check)
        for check in checks.OF_DATABASE:
            register(check, Tags.database)
