import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_tables_of_the_results_page_are_those_of_the_result_files():
    script = ROOT / "study" / "results_tables.py"
    done = subprocess.run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0, "write them again: python study/results_tables.py"
