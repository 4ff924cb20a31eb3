"""`hemoscope classify`, as a user calls it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.deployment.export import export_run
from hemoscope.models.config import with_changes
from hemoscope.predictions import Predictions
from tests.deployment.conftest import TASKS, make_run, tiny

from .conftest import Run
from .test_walls import loaded


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "cells"
    write_synthetic(folder, per_class=3, seed=2, size=32)
    return folder


def test_a_folder_becomes_a_table_a_report_and_one_json_object(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    out = tmp_path / "out"
    done = hemoscope("classify", cells, "--model", bundle, "--out", out, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert (told["cells"], told["accepted"], told["to_look_at"]) == (24, 0, 24)
    assert told["calibrated"] is False
    assert sum(row["cells"] for row in told["differential"]) == 24
    assert len(pd.read_csv(told["table"])) == len(Predictions.read(told["predictions"])) == 24
    assert "no calibration" in Path(told["report"]).read_text(encoding="utf-8")
    again = hemoscope("classify", cells, "--model", bundle, "--out", out, "--resume")
    assert again.code == 2
    assert "nothing to go on with" in again.err


def test_files_that_are_no_images_are_told_of(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    folder = tmp_path / "cells"
    shutil.copytree(cells / "platelet", folder)
    (folder / "notes.gif").write_text("mine")
    way = ("classify", folder, "--model", bundle, "--no-report", "--out", tmp_path / "out")
    assert "1 files were passed over, the first is 'notes.gif'" in hemoscope(*way).err
    told = hemoscope(*way, "--json").json
    assert [each["path"] for each in told["passed_over"]] == ["notes.gif"]


def test_a_job_without_a_report_leaves_none_of_an_earlier_one(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    out = tmp_path / "out"
    assert hemoscope("classify", cells, "--model", bundle, "--out", out).code == 0
    (out / "report_data" / "notes.csv").write_text("mine")
    again = ("classify", cells, "--model", bundle, "--out", out, "--no-report")
    assert hemoscope(*again, "--format", "jsonl").code == 0
    names = sorted(file.name for file in out.rglob("*"))
    assert names == ["cells.jsonl", "notes.csv", "predictions.parquet", "report_data"]
    (out / "report.html").write_text("mine")
    assert hemoscope(*again).code == 0
    assert (out / "report.html").read_text() == "mine"


def test_a_model_with_attributes_tells_every_cell_in_words(
    hemoscope: Run, cells: Path, tmp_path: Path
):
    config = with_changes(tiny("customcnn-text"), {"tasks": TASKS})
    bundle = export_run(make_run(tmp_path / "run", config), tmp_path / "bundle").path
    done = hemoscope("classify", cells, "--model", bundle, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    frame = pd.read_csv(done.json["table"])
    assert frame.columns[-1] == "in_words"
    assert frame["in_words"].str.fullmatch(r"(big|small) cell(, \S+ nucleus)?").all()
    page = Path(done.json["report"]).read_text(encoding="utf-8")
    assert all(line in page for line in frame["in_words"])
    table = tmp_path / "t.parquet"
    (tmp_path / "t.features.parquet").touch()  # of an earlier table
    done = hemoscope("predict", cells, "--model", bundle, "--out", table, "--json")
    assert done.code == 0, done.err
    assert not (tmp_path / "t.features.parquet").exists()
    assert list(done.json["tasks"]) == list(TASKS)
    told = pd.read_csv(done.json["in_words"]).set_index("path")["in_words"]
    assert told.to_dict() == frame.set_index("path")["in_words"].to_dict()


def test_a_bad_image_is_in_the_table_and_exits_1(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    (tmp_path / "bad.png").write_text("no picture")
    good = next((cells / "ig").iterdir())
    out = tmp_path / "out"
    done = hemoscope(
        "classify", good, tmp_path / "*.png", "--model", bundle, "--out", out, "--no-report",
        "--format", "jsonl",
    )  # fmt: skip
    assert done.code == 1
    assert "1 of 2 images cannot be read" in done.err
    rows = [json.loads(line) for line in (out / "cells.jsonl").read_text().splitlines()]
    assert [bool(row["problem"]) for row in rows] == [False, True]
    assert not (out / "report.html").exists()


def test_a_list_comes_on_standard_input(bundle: Path, cells: Path, tmp_path: Path):
    paths = sorted(map(str, cells.glob("*/*.png")))
    done = subprocess.run(
        [sys.executable, "-m", "hemoscope", "classify", "-", "--model", str(bundle), "--no-report",
         "--format", "parquet", "--out", str(tmp_path)],
        input="\n".join(paths), capture_output=True, text=True, check=False, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert pd.read_parquet(tmp_path / "cells.parquet")["path"].tolist() == paths


def test_without_a_model_the_shipped_bundle_is_meant(hemoscope: Run, cells: Path, tmp_path: Path):
    import hemoscope as package

    done = hemoscope("classify", cells, "--out", tmp_path / "out", "--no-report")
    if (Path(package.__file__).parent / "shipped" / "bundle.json").is_file():
        assert done.code == 0
    else:
        assert done.code == 1
        assert "no bundle ships with this copy of hemoscope" in done.err


def test_pictures_of_no_cell_bring_a_warning(hemoscope: Run, tmp_path: Path):
    draws = np.random.default_rng(0)
    for number in range(6):
        noise = draws.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / f"{number}.png")
    done = hemoscope("classify", tmp_path, "--out", tmp_path / "out", "--no-report", "--json")
    assert done.json["other_source"] == {"suspected": True, "share": 1.0, "expected": 0.01}
    again = hemoscope("classify", tmp_path, "--out", tmp_path / "out", "--no-report")
    assert "another microscope" in " ".join(again.err.split())


def test_neither_torch_nor_what_draws_and_fits_is_loaded_for_the_answer(
    bundle: Path, cells: Path, tmp_path: Path
):
    heavy = {"torch", "sklearn", "matplotlib", "jinja2", "scipy.stats", "scipy.optimize"}
    arguments = ["classify", str(cells), "--model", str(bundle), "--out", str(tmp_path / "out")]
    assert loaded([*arguments, "--no-report"], heavy) == ""
    assert loaded(arguments, {"torch"}) == ""


def test_an_expected_mix_of_classes_weighs_the_calls(hemoscope: Run, cells: Path, tmp_path: Path):
    plain, adult = tmp_path / "plain", tmp_path / "adult"
    told = hemoscope("classify", cells, "--out", plain, "--no-report", "--json").json
    assert told["prior"] is None
    again = hemoscope("classify", cells, "--out", adult, "--prior", "adult-blood", "--json")
    assert again.code == 0, again.err
    assert again.json["prior"]["neutrophil"] > 0.4
    assert sum(again.json["prior"].values()) == pytest.approx(1)
    # The limits go by looks alone, and the logits are the model's own.
    assert again.json["per_100_white_cells"] == told["per_100_white_cells"]
    before, after = (Predictions.read(out / "predictions.parquet") for out in (plain, adult))
    np.testing.assert_array_equal(before.logits, after.logits)
    tables = [pd.read_csv(out / "cells.csv").set_index("path") for out in (plain, adult)]
    assert (tables[0]["probability"] != tables[1]["probability"]).any()
    moved = tables[0]["class"] != tables[1]["class"]
    assert (
        tables[1].loc[moved, "reason"].str.contains("mix of classes").sum()
        == (moved & ~tables[1]["unknown"]).sum()
    )
    page = (adult / "report.html").read_text(encoding="utf-8")
    assert "expected mix: neutrophil 5" in page
    assert "by looks alone" in page


def test_a_mix_that_cannot_be_used_is_wrong_usage(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    uncalibrated = ("classify", cells, "--out", tmp_path / "a", "--model", bundle)
    done = hemoscope(*uncalibrated, "--prior", "adult-blood")
    assert (done.code, "has no calibration" in done.err) == (2, True)
    done = hemoscope("classify", cells, "--out", tmp_path / "b", "--prior", "blast=3,ig=1")
    assert (done.code, "does not know, 'blast'" in done.err) == (2, True)
    assert not (tmp_path / "b").exists()


def test_a_job_goes_on_with_the_mix_that_it_began_with(hemoscope: Run, cells: Path, tmp_path: Path):
    from hemoscope.inference import Classifier
    from hemoscope.inference.image_list import open_images
    from hemoscope.inference.job import _header
    from hemoscope.opinions import Journal

    images = open_images([str(cells)])
    with Journal.begin(tmp_path, _header(Classifier.load(prior="adult-blood"), images)):
        pass
    done = hemoscope("classify", cells, "--out", tmp_path, "--no-report", "--resume")
    assert done.code == 2, done.err
    on = ("--no-report", "--resume", "--prior", "adult-blood")
    assert hemoscope("classify", cells, "--out", tmp_path, *on).code == 0


def test_cells_of_another_source_are_allowed_for(hemoscope: Run, cells: Path, tmp_path: Path):
    plain, here = tmp_path / "plain", tmp_path / "here"
    told = hemoscope("classify", cells, "--out", plain, "--no-report", "--json").json
    assert told["adapted_to"] is None
    again = hemoscope("classify", cells, "--out", here, "--adapt", "--json")
    assert again.code == 0, again.err
    shift = again.json["adapted_to"]
    assert shift["cells"] == 24
    assert sum(shift["offsets"].values()) == pytest.approx(0, abs=1e-6)
    before, after = (Predictions.read(out / "predictions.parquet") for out in (plain, here))
    np.testing.assert_array_equal(before.logits, after.logits)  # the model's own
    assert after.provenance["adapted_to"] == shift
    table = pd.read_csv(here / "cells.csv").set_index("path")
    assert before.logits is not None
    offsets = [shift["offsets"][name] for name in before.classes]
    called = np.array(before.classes)[(before.logits - offsets).argmax(1)]
    assert list(table.loc[list(before.paths), "class"]) == list(called)
    page = (here / "report.html").read_text(encoding="utf-8")
    assert "learned from 24 cells without labels" in page


def test_what_cannot_be_adapted_is_wrong_usage(
    hemoscope: Run, bundle: Path, cells: Path, tmp_path: Path
):
    out = ("--out", tmp_path / "out", "--adapt")
    done = hemoscope("classify", cells, "--model", bundle, *out)
    assert (done.code, "--adapt cannot tell" in done.err) == (2, True)
    done = hemoscope("classify", "-", *out)
    assert (done.code, "standard input comes only once" in " ".join(done.err.split())) == (2, True)
    assert not (tmp_path / "out").exists()


def test_an_adapted_job_goes_on_as_it_began(hemoscope: Run, cells: Path, tmp_path: Path):
    from hemoscope.inference import Classifier
    from hemoscope.inference.image_list import open_images
    from hemoscope.inference.job import _header
    from hemoscope.opinions import Journal

    images = open_images([str(cells)])
    assert images.sample is not None
    adapted = Classifier.load().adapted_to(images.sample(500))
    with Journal.begin(tmp_path, _header(adapted, images)):
        pass
    on = ("classify", cells, "--out", tmp_path, "--no-report", "--resume")
    assert hemoscope(*on).code == 2
    assert hemoscope(*on, "--adapt").code == 0


def test_images_that_none_can_read_leave_the_classifier_as_it_is(hemoscope: Run, tmp_path: Path):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "a.jpg").write_text("no picture")
    done = hemoscope("classify", tmp_path / "cells", "--adapt", "--out", tmp_path / "o", "--json")
    assert (done.code, done.json["adapted_to"]) == (1, None)
