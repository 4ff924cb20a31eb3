import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_tables_of_the_results_page_are_those_of_the_result_files():

    done = subprocess.run(
        [sys.executable, "-m", "study.results_tables", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0, "write them again: python -m study.results_tables"
