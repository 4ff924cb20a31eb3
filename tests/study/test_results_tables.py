import subprocess
import sys
from pathlib import Path

import pytest
from study.page.__main__ import main as write_page

from study import results_tables

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_tables_of_the_results_page_are_those_of_the_result_files():

    done = subprocess.run(
        [sys.executable, "-m", "study.results_tables", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0, "write them again: python -m study.results_tables"


PAGE = "<!-- table one -->\n1\n<!-- end -->\n<!-- table two -->\n2\n<!-- end -->\n"


def test_a_check_names_the_stale_block_and_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["results_tables", "--check"])
    monkeypatch.setattr(results_tables, "PAGE", tmp_path / "results.md")
    monkeypatch.setattr(results_tables, "write", lambda page: page.replace("2", "3"))
    (tmp_path / "results.md").write_text(PAGE.replace("2", "3"))
    assert results_tables.main() == 0
    assert not capsys.readouterr().out
    (tmp_path / "results.md").write_text(PAGE)
    assert results_tables.main() == 1
    assert capsys.readouterr().out == (
        "the block two is not as the result files have it\n"
        "Write the page again: python -m study.results_tables\n"
    )
    assert (tmp_path / "results.md").read_text() == PAGE


def test_so_does_the_check_of_the_studys_part(tmp_path, monkeypatch, capsys):
    (tmp_path / "results.md").write_text("<!-- table study-aims -->\nold\n<!-- end -->\n")
    places = ["--results", str(tmp_path / "none"), "--docs", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["study.page", "--check", *places])
    assert write_page() == 1
    said = capsys.readouterr().out
    assert said.startswith("the block study-aims is not as the result files have it\n")
    assert said.endswith("Write the page again: python -m study.page\n")
