"""What a run was trained on, in words."""

import pytest
from study.hardware import hardware

PROCESSOR = {"processor": "a processor", "threads": 1, "gpus": []}
KNOWN = {**PROCESSOR, "instructions": "AVX2"}


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        ({"hardware": PROCESSOR}, "1 thread of a processor"),
        ({"hardware": {**PROCESSOR, "threads": 2}}, "2 threads of a processor"),
        (
            {"hardware": KNOWN, "precision": "float32"},
            "1 thread of a processor (AVX2, float32)",
        ),
        (
            {"hardware": {**KNOWN, "gpus": ["a GPU", "a GPU"]}, "precision": "bfloat16"},
            "a GPU, a GPU (bfloat16)",
        ),
    ],
)
def test_it_names_what_the_provenance_tells(provenance, said):
    assert hardware(provenance) == said
