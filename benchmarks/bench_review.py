"""How long the lab bench takes with a large job: bench_review.py [CELLS]

The cells are made up, one in twenty to be looked at; no model and no picture is needed. Each line
is one call, timed once.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from fastapi.testclient import TestClient

from hemoscope.opinions import Opinion, write_cells, write_predictions
from hemoscope.review import Bench, Ledger, open_job
from hemoscope.review.app import make_app
from hemoscope.review.pictures import Pictures

Answer = TypeVar("Answer")

CELLS = 20_000
CLASSES = ("erythroblast", "ig", "lymphocyte", "neutrophil")
TOKEN, HOST = "a token", "testserver"


def _opinions(cells: int) -> Iterator[Opinion]:
    for index in range(cells):
        called, sure = CLASSES[index % len(CLASSES)], index % 20 != 0
        shares = {name: 0.97 if name == called else 0.01 for name in CLASSES}
        logits = tuple(5.0 * (name == called) for name in CLASSES)
        yield Opinion(
            index, f"{index:06d}.png", called, 0.97, shares, None, logits,
            accepted=sure, unknown=False, reason="" if sure else "not sure enough",
        )  # fmt: skip


def _timed(what: str, call: Callable[[], Answer]) -> Answer:
    start = time.perf_counter()
    answer = call()
    print(f"{what:<28} {time.perf_counter() - start:7.3f} s")
    return answer


def main() -> None:
    """Prints a line for each thing that a person waits for."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else CELLS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_cells(_opinions(cells), folder)
        write_predictions(_opinions(cells), CLASSES, folder / "predictions.parquet", provenance={})
        job = _timed("tables read", lambda: open_job(folder))
        bench = Bench(job, ledger := Ledger.open(job))
        client = TestClient(make_app(bench, Pictures(job), token=TOKEN, hosts=[HOST]))
        client.get("/", params={"token": TOKEN})
        told = _timed("list of all cells", lambda: client.get("/api/cells"))
        print(f"{'its size':<28} {len(told.content) / 1e6:7.1f} MB")
        _timed("count", lambda: client.get("/api/count"))
        _timed("one decision", lambda: bench.decide([(0, 0, CLASSES[0])], "Ada"))
        many = [(cell, 0, CLASSES[0]) for cell in range(1, min(cells, 5001))]
        _timed(f"{len(many):,} decisions at once", lambda: bench.decide(many, "Ada"))
        _timed("list after these", lambda: client.get("/api/cells"))
        _timed("count after these", lambda: client.get("/api/count"))
        ledger.close()


if __name__ == "__main__":
    main()
