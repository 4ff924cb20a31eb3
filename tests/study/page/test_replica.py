"""The paper's tables beside ours: its numbers from the ledger, ours from the results."""

import json

from study.page.aims import aims_table
from study.page.paper_calibration import paper_calibration
from study.page.replica import table_2, table_3, table_4, table_5

from hemoscope.claims.ledger import read_ledger


def rows(text: str) -> dict[str, list[str]]:
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return {line[0]: line[1:] for line in lines if line}


def test_table_2_is_equal_for_all_four():
    found = rows(table_2())
    assert [found[m][-1] for m in ("CustomCNN", "ResNet50", "EfficientNetB3", "InceptionV3")] == [
        "yes"
    ] * 4
    assert found["InceptionV3"][3] == "357,502,760 / 357,502,760"


def test_tables_3_to_5_with_one_model_only(make, read):
    folder = make("inception_v3-table2", 42)
    study = read()
    run = study.of(folder.parent.name)[0]
    ledger = read_ledger()
    report = rows(table_3(study))
    assert next(iter(report)) == "InceptionV3: class"
    ig = run.figures["per_class"]["ig"]
    assert report["ig"] == [
        str(ig["support"]),
        ledger["t3.inception_v3.class3.precision"].value, f"{ig['precision']:.3f}",
        ledger["t3.inception_v3.class3.recall"].value, f"{ig['recall']:.3f}",
        ledger["t3.inception_v3.class3.f1"].value, f"{ig['f1']:.3f}",
    ]  # fmt: skip
    four = rows(table_4(study))
    assert four["InceptionV3"][:3] == ["57.72", "3.0", "0.9766"]
    assert four["InceptionV3"][3].startswith(f"{run.figures['accuracy']:.4f} (")
    assert four["ResNet50"] == ["94.36", "–", "0.9743", "–", "0.0840", "–"]
    five = rows(table_5(study))
    assert five["reference 38, as the paper cites it"] == ["97.16", "–", "97", "–"]
    assert five["InceptionV3"][1].startswith(f"{100 * run.figures['accuracy']:.2f} (")
    assert five["CustomCNN"] == ["96.60", "–", "96", "–"]


def test_aims_are_decided_by_the_mean_and_unknown_ones_left_out(make, read):
    make("inception_v3-table2", 42, skill=9.0)
    make("customcnn-table2", 42, skill=1.0)
    found = rows(aims_table(read()))
    words = "{} replica on `paper_split`, above the paper's best"
    assert found[words.format("InceptionV3")][-2:] == ["reached", "0.9000"]
    assert found[words.format("CustomCNN")][0] == "0.9766"
    assert found[words.format("CustomCNN")][-2] == "**not reached**"
    assert words.format("ResNet50") not in found


def test_calibration_beside_the_paper(make, read):
    folder = make("inception_v3-table2", 42)
    assert rows(paper_calibration(read()))["InceptionV3"][2:] == ["1.21", "–", "0.012", "–"]
    fit = {"parameters": {"temperature": 1.3}, "changes": {"ece": {"after": 0.01}}}
    told = {"fitted_on": "test, cross-validated", "methods": {"temperature": fit}}
    (folder / "calibrations.json").write_text(json.dumps(told), encoding="utf-8")
    assert rows(paper_calibration(read()))["InceptionV3"][2:] == ["1.21", "1.30", "0.012", "0.0100"]
