"""The whole audit, its tables and its page."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.audit import audit
from hemoscope.audit.output import write_tables
from hemoscope.cells import CellTableError
from hemoscope.cells.splits.group_file import with_groups
from hemoscope.reports.audit import write_audit_report
from tests.audit.conftest import crop, draw_field

pytest.importorskip("faiss")


@pytest.fixture
def result(make_set):
    field = draw_field(0)
    cells = {
        "a.png": crop(field, 0, 0),
        "b.png": crop(field, 0, 0),
        "c.png": crop(field, 90, 0),
        "d.png": crop(draw_field(1), 0, 0),
        "e.png": b"",
    }
    split = ["train", "train", "test", "test", "train"]
    return audit(make_set(cells, label=["x", "y", "x", "y", "x"], split=split), workers=2)


def test_what_is_found(result) -> None:
    assert result.serious
    codes = [finding.code for finding in result.findings]
    assert {"CELL001", "CELL010", "CELL012", "CELL013", "CELL033"} <= set(codes)
    severities = [finding.severity.value for finding in result.findings]
    assert severities == sorted(severities, key=["serious", "warning", "note"].index)


def test_the_cleaned_table(result) -> None:
    cleaned = result.cleaned()
    assert cleaned.paths.tolist() == ["c.png", "d.png"]
    assert len(set(cleaned.groups)) == 2


def test_the_cleaned_table_keeps_together_what_it_was_told_and_what_was_found(make_set) -> None:
    field, other = draw_field(0), draw_field(1)
    cells = {
        "a.png": crop(field, 0, 0),
        "b.png": crop(field, 60, 0),  # of the same field, another patient's by name
        "c.png": crop(other, 0, 0),
        "d.png": crop(draw_field(2), 0, 0),
    }
    told = audit(make_set(cells, label=list("xyxy"), group=["p1", "p2", "p2", "p3"]), workers=2)
    a, b, c, d = told.cleaned().frame["group"]
    assert a == b == c != d


def test_the_dictionary_is_plain_json(result) -> None:
    again = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert again["cells"] == 5
    assert again["readable"] == 4
    assert (again["groups"], again["grouped_cells"]) == (1, 3)


def test_the_files(result, tmp_path) -> None:
    write_tables(result, tmp_path / "out")
    grouped = with_groups(result.case.table, tmp_path / "out" / "groups.csv", "field")
    names = grouped.frame["field"].tolist()
    assert names[0] == names[1] == names[2]
    assert len(set(names)) == 3
    pairs = pd.read_csv(tmp_path / "out" / "pairs.csv")
    assert {"path_1", "path_2", "kind"} <= set(pairs)


def test_the_findings_are_written_as_utf_8(result, tmp_path, monkeypatch) -> None:
    encodings = []
    write = Path.write_text
    monkeypatch.setattr(
        Path,
        "write_text",
        lambda file, text, encoding=None, **more: (
            encodings.append(encoding),
            write(file, text, encoding=encoding, **more),
        )[1],
    )
    write_tables(result, tmp_path / "out")
    assert set(encodings) == {"utf-8"}


def test_the_page_shows_the_groups_and_needs_no_other_file(result, tmp_path) -> None:
    page = write_audit_report(result, tmp_path / "audit.html", title="<some> set")
    html = page.read_text()
    assert "&lt;some&gt; set" in html
    assert html.count("data:image/jpeg;base64,") >= 3
    assert "http" not in html.split("</head>")[1]


def test_without_a_readable_image_it_comes_to_its_end(make_set, tmp_path) -> None:
    table = make_set({"a.png": b"", "b.png": b"text"}, label=["x", "y"])
    result = audit(table, reference=table, workers=1)
    (finding,) = result.findings
    assert (finding.code, finding.severity.value) == ("CELL001", "serious")
    assert finding.explanation.startswith("None of the 2 files can be read as an image")
    write_tables(result, tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out" / "groups.csv")) == 2
    assert len(pd.read_csv(tmp_path / "out" / "batch.csv")) == 0
    assert len(pd.read_csv(tmp_path / "out" / "cleaned.csv")) == 0
    html = write_audit_report(result, tmp_path / "audit.html").read_text("utf-8")
    assert "None of the 2 files" in html


def test_copies_of_two_pictures_come_to_their_end(make_set) -> None:
    pictures = [crop(draw_field(seed), 0, 0) for seed in (0, 1)]
    cells = {f"{i:02d}.png": pictures[i % 2] for i in range(12)}
    result = audit(make_set(cells, label=["x", "y"] * 6), workers=1)
    codes = {finding.code for finding in result.findings}
    assert "CELL010" in codes
    assert "CELL020" not in codes


def test_an_empty_table_is_an_error(result) -> None:
    with pytest.raises(CellTableError, match="no cells"):
        audit(result.case.table.take(np.zeros(0, dtype=int)))
