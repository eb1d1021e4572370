"""Kill the site in mid-reply many times and say what it cost: `python -m bench.kills 100`."""

import random
import sys
import tempfile
from pathlib import Path

from tests.served.kills import MODEL, Damage, kill_in_mid_reply
from tests.served.site import Site, clean_environment, signed_in


def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "data", clean_environment(), CHATSITE_MODELS=MODEL)
        with site:
            site.add_person("ann")
            with signed_in(site, "ann") as ann:
                damages = [kill_in_mid_reply(site, ann, random.randint(20, 150))[1] for _ in range(times)]
    _tell(damages)


def _tell(damages: list[Damage]) -> None:
    lost = sorted(damage.lost_seconds for damage in damages)
    print(f"kills: {len(damages)}")
    print(f"marked interrupted: {sum(damage.state == 'interrupted' for damage in damages)}")
    print(f"whole and in order: {sum(damage.is_in_order for damage in damages)}")
    print(f"seconds of text lost: median {lost[len(lost) // 2]:.2f}, most {lost[-1]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
