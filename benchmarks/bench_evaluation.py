"""Time and memory of `evaluate`: 17,092 x 8 with 1,000 resamples, 1,000,000 x 8 without.

python benchmarks/bench_evaluation.py
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np

CASES = ((17_092, 1000), (1_000_000, 0))
CLASSES = tuple("abcdefgh")


def measure(cells: int, resamples: int) -> None:
    """Prints seconds (wall clock and processor) and peak memory, the table's own included."""
    from hemoscope.evaluation import evaluate
    from hemoscope.predictions import Predictions

    rng = np.random.default_rng(0)
    truth = rng.integers(len(CLASSES), size=cells)
    logits = 1.7 * rng.normal(size=(cells, len(CLASSES)))
    logits[np.arange(cells), truth] += 9 * rng.gamma(2.5, 1 / 2.5, size=cells)
    table = Predictions.from_logits(
        [f"cell_{i:07d}.png" for i in range(cells)],
        CLASSES,
        logits,
        labels=np.array(CLASSES, dtype=object)[truth].tolist(),
    )
    wall, processor = time.perf_counter(), time.process_time()
    found = evaluate(table, resamples=resamples)
    spent = time.perf_counter() - wall, time.process_time() - processor
    text = json.dumps(found.to_dict(), allow_nan=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{cells:>9,} cells x {len(CLASSES)}, {resamples:>5,} resamples: {spent[0]:6.1f} s wall, "
        f"{spent[1]:6.1f} s processor, {peak:.2f} GiB peak, {len(text) / 1e6:.2f} MB of JSON"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(int(sys.argv[1]), int(sys.argv[2]))
    else:
        for case in CASES:
            subprocess.run([sys.executable, __file__, *map(str, case)], check=True)
