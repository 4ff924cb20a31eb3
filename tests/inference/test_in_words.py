import numpy as np
import pytest

from hemoscope.inference.in_words import ATTRIBUTES, describe_cell, in_words, write_in_words
from hemoscope.predictions import Predictions, PredictionsError

NEUTROPHIL = {
    "cell_size": "big",
    "cell_shape": "round",
    "nucleus_shape": "segmented-multilobed",
    "nuclear_cytoplasmic_ratio": "low",
    "chromatin_density": "densely",
    "cytoplasm_vacuole": "no",
    "cytoplasm_texture": "clear",
    "cytoplasm_colour": "light blue",
    "granule_type": "small",
    "granule_colour": "pink",
    "granularity": "yes",
}


def test_a_whole_cell() -> None:
    assert set(NEUTROPHIL) == set(ATTRIBUTES)
    assert describe_cell(NEUTROPHIL) == (
        "big round cell, segmented nucleus with several lobes, dense chromatin, "
        "small pink granules, clear light blue cytoplasm"
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"granularity": "no"}, "no granules"),
        ({"granularity": "yes", "granule_type": "nil"}, "pink granules"),
        ({"granularity": "yes", "granule_type": "nil", "granule_colour": "nil"}, "granules"),
        ({"granule_type": "nil", "granularity": "unheard of"}, "no granules"),
        ({"cytoplasm_vacuole": "yes"}, "clear light blue cytoplasm with vacuoles"),
        ({"nuclear_cytoplasmic_ratio": "high"}, "little cytoplasm"),
        ({"cell_shape": "unheard of"}, "big cell"),
        ({"chromatin_density": "loosely"}, "loose chromatin"),
    ],
)
def test_what_differs_is_said(changed, said) -> None:
    assert said in describe_cell({**NEUTROPHIL, **changed}).split(", ")


def test_what_is_not_known_is_not_said() -> None:
    assert describe_cell({}) == ""
    assert describe_cell({"nucleus_shape": "unsegmented-band"}) == "band-shaped nucleus"
    assert describe_cell({"cytoplasm_vacuole": "yes"}) == "cytoplasm with vacuoles"
    assert describe_cell({"cytoplasm_vacuole": "no"}) == ""


def test_a_model_speaks_of_what_it_is_sure_of() -> None:
    tasks = {
        "nucleus_shape": Predictions.from_probabilities(
            ["a", "b"],
            ["unsegmented-band", "unsegmented-round", "irregular"],
            [[0.9, 0.1, 0], [0.4, 0.3, 0.3]],
        ),
        "cell_size": Predictions.from_probabilities(["b"], ["big", "small"], [[0.2, 0.8]]),
        "pathology": Predictions.from_probabilities(["a"], ["no", "yes"], [[0.2, 0.8]]),
    }
    paths = np.array(["b", "a", "c"], dtype=object)
    assert in_words(paths, tasks) == ["small cell", "band-shaped nucleus", ""]
    assert in_words(paths, tasks, least=0.3)[0] == "small cell, band-shaped nucleus"
    assert in_words(paths, {"pathology": tasks["pathology"]}) is None


def test_the_lines_lie_beside_the_table(tmp_path) -> None:
    sizes = Predictions.from_probabilities(["b", "a"], ["big", "small"], [[0.2, 0.8], [1, 0]])
    file = write_in_words({"cell_size": sizes}, tmp_path / "t.parquet")
    assert file == tmp_path / "t.in_words.csv"
    assert file.read_text().splitlines() == ["path,in_words", "a,big cell", "b,small cell"]
    assert write_in_words({"other": sizes}, tmp_path / "t.parquet") is None


def test_lines_that_cannot_be_written_are_named(tmp_path) -> None:
    sizes = Predictions.from_probabilities(["a"], ["big", "small"], [[1, 0]])
    with pytest.raises(PredictionsError, match=r"cannot write .*t\.in_words\.csv"):
        write_in_words({"cell_size": sizes}, tmp_path / "gone" / "t.parquet")
