"""The site's settings as tests see them: nothing of the caller's environment, a data folder of their own.

With CHATSITE_TEST_DATABASE_URL and CHATSITE_TEST_REDIS_URL on PostgreSQL and Redis: a database and a prefix for each
worker of a run.
"""

import atexit
import os
import shutil
import sys
import tempfile

OWN_NAMES = ("CHATSITE_", "ZHIPU", "ZAI_", "DATABASE_URL", "REDIS_URL")
KEPT = ("CHATSITE_TEST_ALL", "CHATSITE_TEST_DATABASE_URL", "CHATSITE_TEST_REDIS_URL")
RUN = (os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}")[:12]

# As ./chat has it, for this process and for those that tests start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = f"{sys.prefix}/.compiled"
sys.dont_write_bytecode = False

for name in list(os.environ):
    if (name.startswith(OWN_NAMES) and name not in KEPT) or name in ("HOST", "PORT"):
        del os.environ[name]
if "CHATSITE_TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["CHATSITE_TEST_DATABASE_URL"]
    os.environ["REDIS_URL"] = os.environ["CHATSITE_TEST_REDIS_URL"]
    os.environ["CHATSITE_REDIS_PREFIX"] = f"test:{RUN}:{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ["CHATSITE_DATA_DIR"] = tempfile.mkdtemp(prefix="chatsite-test-")
atexit.register(shutil.rmtree, os.environ["CHATSITE_DATA_DIR"], ignore_errors=True)

from chatsite.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CHATSITE_REQUEST_THREADS = 0  # requests run in the test's thread and see its transaction
CHATSITE_JOB_THREADS = 0  # steps of jobs are taken by the tests that are about them
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASE_URL:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"test_chatsite_{RUN}"}  # noqa: F405
else:
    # pytest-django knows by its name that this engine's database lies in memory; the queue of writers has own tests.
    DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"  # noqa: F405
CHATSITE_TITLES = False  # GLM is asked for them where a test is about them
