import json

import pytest

from hemoscope.claims.results import Measured, ResultsError, compare, read_results

GOOD = {
    "t4.inception_v3.accuracy": {
        "value": 0.981,
        "low": 0.976,
        "high": 0.985,
        "n": 3418,
        "split": "paper",
        "seeds": [1, 2],
        "hardware": "one GPU",
        "command": "hemoscope train",
    }
}


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_file_and_a_folder(tmp_path, ledger):
    one = write(tmp_path / "a.json", GOOD)
    write(tmp_path / "b.json", {"t4.resnet50.accuracy": {"value": 0.975}})
    assert set(read_results(one, ledger)) == set(GOOD)
    both = read_results(tmp_path, ledger)
    assert set(both) == {*GOOD, "t4.resnet50.accuracy"}
    assert both["t4.inception_v3.accuracy"].seeds == (1, 2)


def test_an_empty_folder_measures_nothing(tmp_path, ledger):
    assert read_results(tmp_path, ledger) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON file"),
        ([], "one object from claim id to measurement"),
        ({"t9.x": {"value": 1}}, "measures 't9.x', but no claim is called that"),
        ({"t3.support": {}}, "t3.support: value: Field required"),
        ({"t3.support": {"value": 1, "low": 0}}, "both low and high, or neither"),
        ({"t3.support": {"value": 1, "low": 2, "high": 3}}, "lies outside 2.0 to 3.0"),
        ({"t3.support": {"value": 1, "hgih": 3}}, "hgih: Extra inputs"),
        ('{"t3.support": {"value": NaN}}', "finite number"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path, ledger, content, message):
    path = write(tmp_path / "bad.json", content)
    with pytest.raises(ResultsError, match=message) as caught:
        read_results(path, ledger)
    assert "bad.json" in str(caught.value)


def test_the_same_claim_in_two_files_is_refused(tmp_path, ledger):
    write(tmp_path / "a.json", GOOD)
    write(tmp_path / "b.json", GOOD)
    with pytest.raises(ResultsError, match=r"b\.json measures .*, as another file does"):
        read_results(tmp_path, ledger)


def test_a_missing_path_is_named(tmp_path, ledger):
    with pytest.raises(ResultsError, match="There are no results at") as caught:
        read_results(tmp_path / "none", ledger)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "measured", "reproduced", "words"),
    [
        ("t5.inception_v3.accuracy", {"value": 97.7, "low": 97, "high": 98}, True, "ours agrees"),
        (
            "t5.inception_v3.accuracy",
            {"value": 99, "low": 98.9, "high": 99.1},
            False,
            "ours is higher",
        ),
        ("t5.inception_v3.accuracy", {"value": 97.66}, None, "without an interval"),
        ("t4.inception_v3.minutes", {"value": 3}, None, "without an interval"),
        ("s35.inception_v3.temperature", {"value": 1.3}, None, "without an interval"),
        ("s232.resnet50.total", {"value": 359.287688}, True, "ours agrees"),
        ("s232.resnet50.total", {"value": 360.1}, False, "ours is higher"),
        ("t2.resnet50.total", {"value": 359_287_688}, True, "ours agrees"),
        ("t2.resnet50.total", {"value": 359_287_687}, False, "ours is lower"),
        ("s33.inception_v3.auc_floor", {"value": 0.9, "low": 0.8, "high": 1}, True, "ours agrees"),
        (
            "s33.inception_v3.delong_p",
            {"value": 0.4, "low": 0.3, "high": 0.5},
            False,
            "ours is higher",
        ),
        ("s33.inception_v3.delong_p", {"value": 0.001, "low": 0, "high": 0.9}, True, "ours agrees"),
        ("s33.inception_v3.delong_p", {"value": 0.001}, None, "without an interval"),
    ],
)
def test_reproduced_or_not(ledger, name, measured, reproduced, words):
    comparison = compare(ledger[name], Measured.model_validate(measured))
    assert (comparison.reproduced, comparison.words) == (reproduced, words)
