"""A report in the place of an earlier one leaves none of its numbers beside its own."""

from pathlib import Path

from hemoscope.reports.html.former import former_files, remove_report
from hemoscope.reports.html.page import data_folder


def page(file: Path, *names: str) -> Path:
    """A page by its head and the files that it names, as the templates write them."""
    folder = data_folder(file).name.replace("'", "&#39;")
    file.write_text(
        '<meta name="generator" content="hemoscope 0">'
        + "".join(f"<code>{folder}/{name}.csv</code>" for name in names)
    )
    data_folder(file).mkdir(exist_ok=True)
    for name in names:
        (data_folder(file) / f"{name}.csv").touch()
        (data_folder(file) / f"{name}.png").touch()
    return file


def test_a_second_report_leaves_its_own_files_and_those_of_others(
    tmp_path: Path, evaluation, predictions
):
    from hemoscope.reports import write_evaluation_report

    file, folder = tmp_path / "it's.html", tmp_path / "it's_data"
    write_evaluation_report(evaluation, predictions, tmp_path / "fresh.html")
    fresh = {each.name for each in (tmp_path / "fresh_data").iterdir()}
    page(file, "roc", "per_hundred", "02-CELL014")
    (folder / "notes.csv").touch()
    write_evaluation_report(evaluation, predictions, file)
    assert {each.name for each in folder.iterdir()} == fresh | {"notes.csv"}
    named = former_files(file, folder).names
    assert {f"{name}.csv" for name in named} == fresh


def test_a_report_goes_with_its_data(tmp_path: Path):
    file = page(tmp_path / "r.html", "roc")
    remove_report(file, data_folder(file))
    assert list(tmp_path.iterdir()) == []


def test_a_page_of_somebody_else_stays(tmp_path: Path):
    file = tmp_path / "r.html"
    file.write_text("<code>r_data/mine.csv</code>")
    (tmp_path / "r_data").mkdir()
    (tmp_path / "r_data" / "mine.csv").touch()
    remove_report(file, data_folder(file))
    assert (tmp_path / "r_data" / "mine.csv").exists()
    assert file.exists()
