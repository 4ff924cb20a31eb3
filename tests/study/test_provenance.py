"""What a run was trained on and with, in words."""

import pytest
from study.provenance import commit, hardware

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


@pytest.mark.parametrize(
    ("git", "said"),
    [
        ({"commit": "0123456789abcdef", "changed": False}, "`0123456`"),
        ({"commit": "0123456789abcdef", "changed": True}, "`0123456` and changes"),
        (None, "`unknown`"),
    ],
)
def test_a_commit_says_whether_it_is_all_of_the_code(git, said):
    assert commit({"git": git}) == said
