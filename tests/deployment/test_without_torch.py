"""A bundle in a Python that has no torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hemoscope.inference import load_scorer

BLOCKED = """
import json, sys
for name in ("torch", "torchvision", "timm", "lightning", "onnx", "onnxscript"):
    sys.modules[name] = None  # importing it raises ImportError
import numpy as np
from hemoscope.inference import Classifier, load_scorer
pixels = np.full((2, 32, 32, 3), 90, np.uint8)
seen = load_scorer(sys.argv[1]).observe(pixels)
labels = [opinion.label for opinion in Classifier.load(sys.argv[1])(list(pixels))]
json.dump({"logits": seen.logits.tolist(), "labels": labels}, sys.stdout)
"""


def test_a_bundle_scores_where_torch_cannot_be_imported(bundle: Path):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(bundle)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    import numpy as np

    found = json.loads(done.stdout)
    expected = load_scorer(bundle).score(np.full((2, 32, 32, 3), 90, np.uint8))
    np.testing.assert_allclose(found["logits"], expected, atol=1e-5)
    assert len(set(found["labels"])) == 1


def test_openvino_gives_the_same(bundle: Path):
    pytest.importorskip("openvino")
    import numpy as np

    pixels = np.random.default_rng(1).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    plain = load_scorer(bundle).observe(pixels)
    scorer = load_scorer(bundle, engine="openvino")
    other = scorer.observe(pixels)
    scorer.observe(pixels[::-1])  # must leave alone what was handed out before
    np.testing.assert_allclose(other.logits, plain.logits, atol=1e-4)
    np.testing.assert_allclose(other.features, plain.features, atol=1e-4)
    assert plain.attention is not None
    np.testing.assert_allclose(other.attention, plain.attention, atol=1e-4)
