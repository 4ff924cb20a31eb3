from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from study.leukaemia import VARIANTS, Variant, build_cells, done, table_of
from study.subtypes import with_subtypes

from hemoscope.cells import CellTable, open_cells, write_manifest
from hemoscope.predictions import Predictions
from hemoscope.training.recipe_files import load_recipe

CLASSES = ("lymphocyte", "myeloblast", "neutrophil")


@pytest.fixture
def cells(tmp_path) -> CellTable:
    pbc = pd.DataFrame(
        {
            "path": [f"images/{i}.webp" for i in range(8)],
            "label": ["lymphocyte", "neutrophil"] * 4,
            "clean_split": ["train", "train", "val", "val", "test", "test", "test", "excluded"],
        },
        dtype=object,
    )
    munich = pd.DataFrame(
        {
            "path": [f"{label}/{i}.webp" for label in CLASSES[1:] for i in range(20)],
            "label": [label for label in CLASSES[1:] for i in range(20)],
        },
        dtype=object,
    )
    return build_cells(CellTable(pbc, tmp_path / "pbc"), CellTable(munich, tmp_path / "m"))


def test_no_munich_neutrophil_is_trained_on_where_they_are_the_control(cells):
    frame = cells.frame
    control = frame["held_out_split"] == "control"
    assert set(frame.loc[control, "label"]) == {"neutrophil"}
    assert set(frame.loc[control, "source"]) == {"munich"}
    assert control.sum() == 20
    mixed = frame[frame["source"] == "munich"].groupby(["label", "mixed_split"]).size()
    assert mixed["myeloblast"].to_dict() == {"test": 4, "train": 14, "val": 2}
    assert mixed["neutrophil"].to_dict() == {"test": 4, "train": 14, "val": 2}
    ill = frame["pathology"] == "pathological"
    assert set(frame.loc[ill, "label"]) == {"myeloblast"}
    assert set(frame.loc[frame["source"] == "pbc", "munich_split"]) == {""}
    pbc = frame[frame["source"] == "pbc"]
    assert (pbc["mixed_split"] == pbc["held_out_split"]).all()


def test_the_manifest_names_images_where_they_lie(cells, tmp_path):
    write_manifest(cells, tmp_path / "here" / "L.csv")
    table = open_cells(tmp_path / "here" / "L.csv")
    assert table.paths[0] == "../pbc/images/0.webp"
    assert (table.root / table.paths[-1]).resolve() == tmp_path / "m" / "neutrophil" / "19.webp"
    assert not list((tmp_path / "here").glob("**/*.webp"))


def test_every_variant_has_a_recipe_of_its_own():
    recipes = [load_recipe("leukaemia", variant.settings) for variant in VARIANTS]
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS) == 8
    for variant, recipe in zip(VARIANTS, recipes, strict=True):
        assert recipe.data.split_column == variant.split
        assert recipe.model.framing == variant.framing
        assert (recipe.augmentation.stain > 0) == variant.stain
        assert recipe.tasks["pathology"].sums["pathological"] == ("myeloblast",)


def test_a_model_of_the_source_is_not_called_a_detector(cells, tmp_path):
    manifest = tmp_path / "L.csv"
    frame = write_manifest(cells, manifest).frame
    variant = Variant("held_out_split", stain=False, framing="whole")
    run = tmp_path / "runs" / variant.name
    for part in ("test", "control"):
        chosen = frame[frame["held_out_split"] == part]
        called = np.where(chosen["source"] == "munich", "myeloblast", chosen["label"])
        scores = 5.0 * (called[:, None] == np.array(CLASSES))
        labels = chosen["label"].tolist()
        Predictions.from_logits(chosen["path"].tolist(), CLASSES, scores, labels=labels).write(
            run / f"{part}.parquet"
        )
    assert list(done(tmp_path / "runs")) == [variant]
    (row,) = table_of(tmp_path / "runs", manifest).to_dict("records")
    assert row["myeloblasts_called"] == 1  # perfect, as it seems
    assert row["pbc_called"] == 0
    assert row["control_called"] == 1
    assert row["auc_within_munich"] == 0.5
    assert row["verdict"].startswith("not leukaemia detection: 20 of 20")


def test_subtypes_are_blank_where_the_prefix_names_the_class_alone():
    prefixes = ["BNE", "SNE", "NEUTROPHIL", "IG", "PMY", "LY"]
    frame = pd.DataFrame({"path": prefixes, "label": "x", "subtype": prefixes}, dtype=object)
    table = with_subtypes(CellTable(frame, Path()))
    assert table.labels is not None
    assert table.labels.tolist() == [
        *("band_neutrophil", "segmented_neutrophil", "", "", "promyelocyte", "lymphocyte")
    ]
    assert table.answers("cell_class").tolist() == [
        *("neutrophil", "neutrophil", "neutrophil", "ig", "ig", "lymphocyte")
    ]
