from pathlib import Path

import pytest


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def environment(clean_environment: dict[str, str], data: Path) -> dict[str, str]:
    """What `serve` needs to run beside others: a free port and a data directory that does not exist yet."""
    return {**clean_environment, "CHATSITE_DATA_DIR": str(data), "PORT": "0", "PYTHONUNBUFFERED": "1"}
