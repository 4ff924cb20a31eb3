"""How fast models are, without decoding: bench_bundle.py MODEL [MODEL …] (bundles, run folders).

Cells a second of clock time say what a user waits; cells a second of processor time (all threads
added up) hold on a busy machine too.
"""

import sys
import time
from pathlib import Path

import numpy as np

from hemoscope.inference import load_scorer
from hemoscope.inference.scorer import Scorer

BATCH, BATCHES, ROUNDS = 32, 4, 3


def _best(scorer: Scorer, pixels: np.ndarray) -> tuple[float, float]:
    """Most cells a second of clock time, and of processor time, in any round."""
    best = (0.0, 0.0)
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        for _ in range(BATCHES):
            scorer.score(pixels)
        cells = BATCH * BATCHES
        rates = (cells / (time.perf_counter() - clock), cells / (time.process_time() - processor))
        best = (max(best[0], rates[0]), max(best[1], rates[1]))
    return best


def main() -> None:
    """Prints a line for each model and engine."""
    for model in sys.argv[1:]:
        engines = ["onnxruntime", "openvino"] if (Path(model) / "bundle.json").exists() else [None]
        for engine in engines:
            scorer = load_scorer(model, **({"engine": engine} if engine else {}))
            size = scorer.frame.size
            rng = np.random.default_rng(0)
            pixels = rng.integers(0, 256, (BATCH, size, size, 3), dtype=np.uint8)
            scorer.score(pixels)
            clock, processor = _best(scorer, pixels)
            said = scorer.describe()
            print(
                f"{model}: {said['engine']}, {said['precision']}: {clock:.1f} cells/s, "
                f"{processor:.1f} cells per second of processor time"
            )


if __name__ == "__main__":
    main()
