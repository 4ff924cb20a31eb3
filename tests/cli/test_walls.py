"""What must never load torch, and what must start at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hemoscope.cli.main import VERBS

PROBE = """
import sys
sys.argv = ["hemoscope", *{arguments!r}]
from hemoscope.cli.main import main
try:
    main()
finally:
    heavy = sorted({forbidden!r} & set(sys.modules))
    sys.stderr.write("LOADED " + ",".join(heavy))
"""


def loaded(arguments: list[str], forbidden: set[str]) -> str:
    code = PROBE.format(arguments=arguments, forbidden=forbidden)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stderr.rpartition("LOADED ")[2]


def test_help_loads_nothing_heavy():
    heavy = {"torch", "numpy", "pandas", "matplotlib", "sklearn", "scipy", "PIL"}
    assert loaded(["--help"], heavy) == ""


@pytest.mark.parametrize("verb", [["evaluate"], ["evaluate", "--report"]])
def test_evaluation_and_reports_never_load_torch(verb, table: Path, tmp_path: Path):
    report = ["--report", str(tmp_path / "r.html")] if "--report" in verb else []
    assert loaded(["evaluate", str(table), "--resamples", "20", *report], {"torch"}) == ""
    assert not report or Path(report[1]).is_file()


def test_claims_and_cells_never_load_torch(tmp_path: Path):
    assert loaded(["claims"], {"torch"}) == ""
    assert loaded(["cells", str(tmp_path)], {"torch"}) == ""


def test_help_takes_less_than_a_third_of_a_second_of_processor_time():
    assert min(_processor_seconds("-m", "hemoscope", "--help") for _ in range(3)) < 0.3


def test_help_says_of_every_verb_what_it_does_in_one_line_of_a_narrow_terminal():
    page = subprocess.run(
        [sys.executable, "-m", "hemoscope", "--help"],
        env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    lines = page.partition("Commands:\n")[2].splitlines()
    assert len(lines) == len(VERBS)
    assert all(line.endswith(".") and not line.endswith("...") for line in lines), page


def _processor_seconds(*arguments: str) -> float:
    import resource

    def children() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = children()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return children() - before
