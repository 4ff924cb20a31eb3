"""Our figures for the paper's claims."""

import json

import pytest
from study.ledger.__main__ import main
from study.ledger.measure import architecture_entries, replica_entries
from study.ledger.quantities import OF_A_CLASS, PATHS

from hemoscope.claims import take_account
from hemoscope.claims.judgement import Status
from hemoscope.claims.ledger import read_ledger
from hemoscope.claims.page import write_page
from hemoscope.claims.results import Measured, compare


@pytest.fixture
def inception(make, read):
    make("inception_v3-table2", 42)
    return read()


def test_every_quantity_is_one_of_the_ledger():
    known = {claim.quantity for claim in read_ledger()}
    assert set(PATHS) | set(OF_A_CLASS) <= known


def test_built_models_answer_table_2(tmp_path):
    entries = architecture_entries()
    assert entries["t2.resnet50.total"]["value"] == 359_287_688
    assert entries["s232.resnet50.total"]["value"] == pytest.approx(359.287688)
    (tmp_path / "architectures.json").write_text(json.dumps(entries), encoding="utf-8")
    assert take_account(tmp_path).counts[Status.NOT_REPRODUCED] == 0


def test_a_replica_answers_its_own_claims_in_their_units(inception, tmp_path):
    run = inception.of("inception_v3-table2")[0]
    entries = replica_entries(inception)
    accuracy, low_high = run.figures["accuracy"], run.interval("accuracy")
    assert entries["t4.inception_v3.accuracy"]["value"] == accuracy
    percent = entries["t5.inception_v3.accuracy"]
    assert (percent["value"], percent["low"]) == pytest.approx(
        (100 * accuracy, 100 * (low_high or (0, 0))[0])
    )
    assert entries["t4.inception_v3.minutes"]["value"] == 3
    assert entries["t4.inception_v3.seconds"]["value"] == 180
    ig = run.figures["per_class"]["ig"]["recall"]
    assert entries["t3.inception_v3.class3.recall"]["value"] == ig
    lowest = min(own["f1"] for own in run.figures["per_class"].values())
    assert entries["s31.inception_v3.f1_min"]["value"] == lowest
    order = run.figures["classes"]
    matrix, ig, mono = (
        run.figures["confusion"]["matrix"],
        order.index("ig"),
        order.index("monocyte"),
    )
    assert entries["s37.inception_v3.confused_3_5"]["value"] == matrix[ig][mono]
    assert entries["s37.inception_v3.confused"]["value"] == matrix[ig][mono] + matrix[mono][ig]
    assert "s32.inception_v3.reached" not in entries
    assert not [name for name in entries if "resnet50" in name]
    (tmp_path / "replica.json").write_text(json.dumps(entries), encoding="utf-8")
    judged = take_account(tmp_path).by_id["t4.inception_v3.accuracy"]
    assert judged.measured is not None
    assert judged.measured.n == run.figures["cells"]


def test_a_temperature_is_known_once_it_is_gathered(make, read):
    folder = make("inception_v3-table2", 42)
    assert "s35.inception_v3.temperature" not in replica_entries(read())
    fit = {"parameters": {"temperature": 1.3}, "changes": {"ece": {"after": 0.01}}}
    told = {"fitted_on": "test, cross-validated", "methods": {"temperature": fit}}
    (folder / "calibrations.json").write_text(json.dumps(told), encoding="utf-8")
    entries = replica_entries(read())
    assert entries["s35.inception_v3.temperature"]["value"] == 1.3
    assert entries["s35.inception_v3.scaled_ece"]["value"] == 0.01


def test_a_reduced_replica_says_that_it_is(make, read):
    folder = make("inception_v3-table2", 42, study="study-reduced")
    (folder.parents[1] / "reduced.json").write_text('{"epochs": 2, "seeds": 1}', encoding="utf-8")
    entry = replica_entries(read("study-reduced"))["t4.inception_v3.accuracy"]
    assert entry["short_of"] == "the reduced study of 2 epochs"
    claim = read_ledger()["t4.inception_v3.accuracy"]
    told = compare(claim, Measured.model_validate(entry))
    assert told.reproduced is None
    assert told.words == "by the reduced study of 2 epochs, which decides nothing"
    assert entry["command"].endswith("--only 'replica/inception_v3-table2' --reduced")


def test_a_reduced_study_answers_what_no_replica_does_and_decides_nothing(
    make, tmp_path, monkeypatch
):
    whole = make("inception_v3-table2", 42)
    for name in ("inception_v3-table2", "resnet50-table2"):
        less = make(name, 42, study="study-reduced", skill=1.0)
    (less.parents[1] / "reduced.json").write_text('{"epochs": 2, "seeds": 1}', encoding="utf-8")
    out = tmp_path / "claims"
    told = ["ledger", "--results", str(whole.parents[2]), "--out", str(out)]
    monkeypatch.setattr("sys.argv", told)
    assert main() == 0
    reduced = json.loads((out / "replica-reduced.json").read_text(encoding="utf-8"))
    assert "t4.resnet50.accuracy" in reduced
    assert "t4.inception_v3.accuracy" not in reduced
    account = take_account(out)
    alone = take_account(None)
    judged = account.by_id["t4.resnet50.accuracy"]
    assert judged.measured is not None
    assert judged.status is alone.by_id["t4.resnet50.accuracy"].status
    assert "the reduced study of 2 epochs, which decides nothing" in write_page(account)
