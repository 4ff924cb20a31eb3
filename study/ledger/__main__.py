"""Writes our figures for the paper's claims.

    python -m study.ledger
    hemoscope claims --results results/claims --out docs/claims.md

`architectures.json` comes from models that are built and not trained; `replica.json` from the
replicas under results/study, and is not written while there are none. A reduced study does not
answer for the paper's recipe: what it has of claims that no replica answers comes into
`replica-reduced.json`, stands beside the claims, and decides none of them.
"""

import argparse
import json
from pathlib import Path

from study.commands import leave
from study.evidence import STUDIES
from study.ledger.measure import Entry, architecture_entries, replica_entries
from study.page.runs import StudyRuns
from study.run import RESULTS


def main() -> int:
    """Writes both files."""
    parser = argparse.ArgumentParser(description="Our figures for the paper's claims.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of both studies")
    parser.add_argument("--out", type=Path, default=RESULTS / "claims", help="folder to write")
    options = parser.parse_args()
    whole, reduced = (replica_entries(StudyRuns.read(options.results / name)) for name in STUDIES)
    measured = {
        "architectures": architecture_entries(),
        "replica": whole,
        "replica-reduced": {name: told for name, told in reduced.items() if name not in whole},
    }
    for name, entries in measured.items():
        _write(options.out / f"{name}.json", entries)
        print(f"{name}: {len(entries)} claims")
    return 0


def _write(file: Path, entries: dict[str, Entry]) -> None:
    file.unlink(missing_ok=True)
    if entries:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    leave(main)
