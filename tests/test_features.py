from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from hemoscope.features import Features, FeaturesError, features_beside, remove_features_beside
from hemoscope.predictions import Predictions

PATHS = np.array(["a.png", "b.png", "ü/c.png"], dtype=object)
VALUES = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)


def table(paths: list[str], sha256: str | None = None) -> Predictions:
    provenance = {} if sha256 is None else {"sha256": sha256}
    return Predictions.from_logits(
        paths, ("a", "b"), np.zeros((len(paths), 2)), provenance=provenance
    )


def test_features_of_an_earlier_table_go(tmp_path: Path):
    file = features_beside(tmp_path / "t.csv")
    file.touch()
    remove_features_beside(tmp_path / "t.csv")
    remove_features_beside(tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == []
    (file / "x").mkdir(parents=True)
    with pytest.raises(FeaturesError, match="cannot remove"):
        remove_features_beside(tmp_path / "t.csv")


def test_features_of_a_table_in_the_other_format_stay(tmp_path: Path):
    file = features_beside(tmp_path / "t.csv")
    file.touch()
    (tmp_path / "t.parquet").touch()
    remove_features_beside(tmp_path / "t.csv")
    assert file.is_file()
    remove_features_beside(tmp_path / "t.parquet")
    assert not file.is_file()


def test_they_come_back_as_they_were(tmp_path: Path):
    file = Features(PATHS, VALUES, {"model": "m"}).write(tmp_path / "new" / "t.features.parquet")
    back = Features.read(file)
    assert back.paths.tolist() == PATHS.tolist()
    assert back.values.dtype == np.float32
    assert (back.values == VALUES).all()
    assert back.provenance == {"model": "m"}
    assert pq.read_table(file)["features"].to_pylist()[1] == VALUES[1].tolist()


def test_rows_are_matched_by_path():
    features = Features(PATHS, VALUES)
    assert (features.of(table(["ü/c.png", "a.png"])) == VALUES[[2, 0]]).all()
    with pytest.raises(FeaturesError, match=r"1 cells of the predictions .*such as d\.png"):
        features.of(table(["a.png", "d.png"]))


def test_features_of_another_model_are_refused():
    features = Features(PATHS, VALUES, {"sha256": "1"})
    assert len(features.of(table(["a.png"], "1"))) == 1
    for other in ("2", None):
        with pytest.raises(FeaturesError, match="not made by the model that made the predictions"):
            features.of(table(["a.png"], other))


def test_what_is_malformed_is_told(tmp_path: Path):
    with pytest.raises(FeaturesError, match=r"shape \(3, 5\) do not fit 2 paths"):
        Features(PATHS[:2], VALUES)
    bad = VALUES.copy()
    bad[1, 1] = np.inf
    with pytest.raises(FeaturesError, match=r"row 1 \(b\.png\) are not finite"):
        Features(PATHS, bad)
    with pytest.raises(FeaturesError, match="a path stands twice"):
        Features(PATHS[[0, 0, 1]], VALUES)
    with pytest.raises(FeaturesError, match="predict --features"):
        Features.read(tmp_path / "none.features.parquet")
    for name in ("text", "table"):
        file = tmp_path / name
        if name == "text":
            file.write_text("no parquet")
        else:
            table(["a.png"]).write(file.with_suffix(".parquet")).rename(file)
        with pytest.raises(FeaturesError, match="holds no features"):
            Features.read(file)
    (tmp_path / "file").write_text("")
    with pytest.raises(FeaturesError, match="cannot write"):
        Features(PATHS, VALUES).write(tmp_path / "file" / "x.parquet")


def test_they_lie_beside_the_table():
    assert features_beside("out/val.parquet") == Path("out/val.features.parquet")
    assert features_beside("out/val.csv") == Path("out/val.features.parquet")
