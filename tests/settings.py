"""The site's settings as tests see them: nothing of the caller's environment, a data folder of their own."""

import atexit
import os
import shutil
import tempfile

OWN_NAMES = ("CHATSITE_", "ZHIPU", "ZAI_")

for name in list(os.environ):
    if (name.startswith(OWN_NAMES) and name != "CHATSITE_TEST_ALL") or name in ("HOST", "PORT"):
        del os.environ[name]
os.environ["CHATSITE_DATA_DIR"] = tempfile.mkdtemp(prefix="chatsite-test-")
atexit.register(shutil.rmtree, os.environ["CHATSITE_DATA_DIR"], ignore_errors=True)

from chatsite.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CHATSITE_REQUEST_THREADS = 0  # requests run in the test's thread and see its transaction
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# pytest-django knows by its name that this engine's test database lies in memory; the queue of writers has own tests.
DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"  # noqa: F405
