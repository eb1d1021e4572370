"""The whole site in one process: pages, sockets, background work, and the sandbox while no key is set."""

import asyncio
import os
import socket
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from conversations import background, checks, crypto, first_run, upstream
from conversations.management.serving import collecting, database, directory, port, server, stamp
from conversations.management.serving.refusal import CannotServe
from conversations.management.serving.sandbox_child import SandboxChild

ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104


class Command(BaseCommand):
    help = "Prepare the data directory and serve the site until Ctrl-C."
    # The checks that matter to a start run in handle(), where they end in one sentence.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        with ExitStack() as undo:
            try:
                listener = self._prepare(undo)
            except (CannotServe, ImproperlyConfigured) as error:
                undo.close()
                raise SystemExit(f"Cannot start: {error}") from None
            except OSError as error:  # no room on the disk, for one
                undo.close()
                raise SystemExit(f"Cannot start: {error.strerror}: {settings.CHATSITE_DATA_DIR}") from None
            self._kept = undo.pop_all()  # what must live as long as we do
        self._serve(listener)

    def _prepare(self, undo: ExitStack) -> socket.socket:
        upstream.current()  # contradictions refuse the start
        _refuse_other_roles()
        _refuse_uncollected_files()
        listener = port.listen(settings.HOST, settings.PORT)
        undo.callback(listener.close)
        prepared = directory.take(settings.CHATSITE_DATA_DIR, undo, is_shared=bool(settings.DATABASE_URL))
        self._keep_secret_key(undo)
        is_current = stamp.is_current()
        database.bring_up_to_date(undo, always=not is_current)
        if not is_current:
            if not settings.CHATSITE_STATIC_DIR:
                call_command("collectstatic", interactive=False, verbosity=0)
            stamp.renew()
        if settings.DATABASE_URL:
            prepared()
        return listener

    def _keep_secret_key(self, undo: ExitStack) -> None:
        path = settings.CHATSITE_DATA_DIR / "secret.key"
        if not path.exists():
            undo.callback(path.unlink, missing_ok=True)
        # Another process may have made it since the settings were read: it is the same for all.
        settings.SECRET_KEY = crypto.read_key(path) or crypto.keep_key(path, settings.SECRET_KEY)

    def _serve(self, listener: socket.socket) -> None:
        sandbox = SandboxChild(upstream.SANDBOX_KEY) if upstream.current().is_simulated else None
        if sandbox:
            upstream.use_sandbox_at(sandbox.base_url)
        address, token = self._address(listener), first_run.current_token()
        application = import_string(settings.ASGI_APPLICATION)
        running: list[asyncio.Task[None]] = []
        collecting.settle()

        def started() -> None:
            if sandbox:
                running.append(asyncio.get_running_loop().create_task(sandbox.keep_running()))
            background.start()
            running.append(asyncio.get_running_loop().create_task(collecting.keep(background.is_writing)))
            self._greet(address, token)

        try:
            server.run(
                application,
                listener,
                started=started,
                ending=background.take_no_more,
                stopping=background.stop,
            )
        finally:
            if sandbox:
                sandbox.stop()

    def _address(self, listener: socket.socket) -> str:
        if settings.CHATSITE_PUBLIC_URL:
            return str(settings.CHATSITE_PUBLIC_URL)
        host = "localhost" if settings.HOST in ANYWHERE else settings.HOST
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{listener.getsockname()[1]}"

    def _greet(self, address: str, token: str | None) -> None:
        self.stdout.write(f"The chat is at {address}/")
        if upstream.current().is_simulated:
            self.stdout.write("Replies are simulated; set ZHIPUAI_API_KEY to talk to GLM.")
        for warning in [*checks.key_stays_secret(), *checks.proxy_is_declared()]:
            self.stdout.write(f"Warning: {warning.msg}")
        if token:
            self.stdout.write(f"Make the administrator account once at {address}/setup/{token}/")
        self.stdout.write("Ctrl-C ends it.")
        self.stdout.flush()


def _refuse_other_roles() -> None:
    if settings.CHATSITE_ROLE != "web":
        raise CannotServe(f"`serve` is for CHATSITE_ROLE=web, not {settings.CHATSITE_ROLE}.")


def _refuse_uncollected_files() -> None:
    """An image has them collected, where nobody can write any more."""
    if settings.CHATSITE_STATIC_DIR and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        text = f"CHATSITE_STATIC_DIR holds no collected files: {settings.STATIC_ROOT}; run ./chat collectstatic."
        raise CannotServe(text)
