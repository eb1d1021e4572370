"""Every part has its rank: a new one that nobody placed would be bound by nothing."""

import tomllib

from tests.conventions.sources import ROOT

UNRANKED = {"conversations.migrations"}


def test_each_part_of_the_program_is_ranked_once() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    ranks = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    ranked = [part.strip(" ()") for rank in ranks for part in rank.split("|")]
    parts = {
        f"conversations.{path.stem}"
        for path in (ROOT / "conversations").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert parts - UNRANKED - set(ranked) - {"conversations.__init__"} == set()
    assert len(ranked) == len(set(ranked))
