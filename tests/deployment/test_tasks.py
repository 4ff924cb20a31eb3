"""Further heads in a bundle."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from hemoscope.cells import open_cells
from hemoscope.deployment.export import ExportOptions, export_run
from hemoscope.deployment.int8 import Int8Plan
from hemoscope.deployment.parity import ParityError, check_parity
from hemoscope.deployment.samples import NamedCells
from hemoscope.inference import Classifier, ModelError, load_scorer, predict_cells, read_bundle
from hemoscope.inference.in_words import write_in_words
from hemoscope.inference.scorer import Scorer
from hemoscope.inference.tasks import AnswersTasks, Task
from hemoscope.inference.torch_scorer import TorchScorer
from tests.deployment.conftest import TASKS

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
WANTED = {name: Task(head.column, head.answers) for name, head in TASKS.items()}


def answering(scorer: Scorer) -> AnswersTasks:
    assert isinstance(scorer, AnswersTasks)
    return scorer


def with_changes(bundle: Path, folder: Path, field: str, changes: dict) -> Path:
    """A copy of a bundle whose bundle.json says something else."""
    copy = Path(shutil.copytree(bundle, folder / "copy"))
    content = json.loads((copy / "bundle.json").read_text())
    content[field] |= changes
    (copy / "bundle.json").write_text(json.dumps(content))
    return copy


def assert_sums(answers) -> None:
    """The sum over classes contradicts no class."""
    classes = softmax(answers["class"], axis=1)
    expected = np.stack([classes[:, :4].sum(1), classes[:, 4:].sum(1)], 1)
    np.testing.assert_allclose(softmax(answers["ill"], axis=1), expected, rtol=1e-5)


def test_a_bundle_answers_what_the_run_answers(run_with_tasks, bundle_with_tasks):
    trained, scorer = TorchScorer(run_with_tasks, device="cpu"), load_scorer(bundle_with_tasks)
    exported = answering(scorer)
    assert exported.tasks == trained.tasks == WANTED
    expected, found = trained.answer(PIXELS), exported.answer(PIXELS)
    assert list(found) == list(expected) == ["class", *TASKS]
    for head in expected:
        np.testing.assert_allclose(found[head], expected[head], atol=1e-4)
    assert_sums(found)
    seen = scorer.observe(PIXELS)
    assert seen.attention is not None
    assert list(seen.tasks) == list(TASKS)
    for head in TASKS:
        np.testing.assert_array_equal(seen.tasks[head], found[head])
    np.testing.assert_array_equal(scorer.score(PIXELS), found["class"])


def test_the_manifest_and_the_card_name_the_tasks(bundle_with_tasks):
    written = json.loads((bundle_with_tasks / "bundle.json").read_text())["tasks"]
    assert written["cell_size"] == {"column": "size", "answers": ["big", "small"]}
    assert list(written) == list(TASKS)
    assert read_bundle(bundle_with_tasks).info.tasks == WANTED
    card = (bundle_with_tasks / "model-card.md").read_text()
    assert "| nucleus_shape | irregular, unsegmented-band, unsegmented-round |" in card


def test_a_bundle_of_the_class_alone_is_written_as_ever(bundle):
    text = (bundle / "bundle.json").read_text()
    assert "tasks" not in json.loads(text)
    info = read_bundle(bundle).info
    assert info.model_dump_json(indent=2) + "\n" == text
    assert answering(load_scorer(bundle)).tasks == {}
    assert "Further heads" not in (bundle / "model-card.md").read_text()


def test_an_export_that_answers_a_task_otherwise_is_refused(run_with_tasks):
    class Differing(TorchScorer):
        def answer(self, pixels):
            said = super().answer(pixels)
            said["nucleus_shape"][:, 2] += 0.01
            return said

    trained, other = TorchScorer(run_with_tasks), Differing(run_with_tasks)
    with pytest.raises(ParityError, match=r"by 0\.01 in a logit of the task nucleus_shape of "):
        check_parity(trained, other, None)
    assert check_parity(trained, trained, None).largest == 0


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"chromatin": {"column": "c", "answers": ["a", "b"]}}, "has no such output"),
        ({"cell_size": {"column": "size", "answers": ["a", "b", "c"]}}, "has 2 logits"),
    ],
)
def test_a_task_that_the_model_file_lacks_is_named(
    task, message, engine, bundle_with_tasks, tmp_path
):
    pytest.importorskip(engine)
    bundle = with_changes(bundle_with_tasks, tmp_path, "tasks", task)
    name = next(iter(task))
    with pytest.raises(
        ModelError, match=rf"answers {name} .*model\.onnx {message}\..*export the run"
    ):
        load_scorer(bundle, engine=engine)


def test_openvino_answers_the_same(bundle_with_tasks):
    pytest.importorskip("openvino")
    plain = answering(load_scorer(bundle_with_tasks)).answer(PIXELS)
    scorer = load_scorer(bundle_with_tasks, engine="openvino")
    found, seen = answering(scorer).answer(PIXELS), scorer.observe(PIXELS)
    assert list(found) == list(plain)
    for head, logits in plain.items():
        np.testing.assert_allclose(found[head], logits, atol=1e-4)
    np.testing.assert_array_equal(seen.tasks["cell_size"], found["cell_size"])


def test_int8_leaves_the_heads_in_float_and_answers_every_task(
    run_with_tasks, bundle_with_tasks, cells, tmp_path
):
    table = open_cells(cells)
    even = np.arange(len(table)) % 2 == 0
    plan = Int8Plan(NamedCells("even", table.take(even)), NamedCells("odd", table.take(~even)), 100)
    quantised = export_run(run_with_tasks, tmp_path / "bundle", ExportOptions(int8=plan))
    assert quantised.info.tasks == WANTED
    plain = answering(load_scorer(bundle_with_tasks)).answer(PIXELS)
    found = answering(load_scorer(quantised.path)).answer(PIXELS)
    for head, logits in plain.items():
        difference = np.abs(found[head] - logits).max()
        assert 0 < difference < 0.2 * max(np.ptp(logits), 1)
    assert_sums(found)


def test_run_and_bundle_tell_every_cell_in_the_same_words(
    run_with_tasks, bundle_with_tasks, cells, tmp_path
):
    table = open_cells(cells)
    lines, told = {}, {}
    for name, model in {"run": run_with_tasks, "bundle": bundle_with_tasks}.items():
        found = predict_cells(table, load_scorer(model))
        file = write_in_words(found.tasks, tmp_path / f"{name}.parquet")
        assert file is not None
        lines[name] = file.read_text()
        images = [table.root / path for path in sorted(table.paths)]
        told[name] = [opinion.in_words for opinion in Classifier.load(model)(images)]
    assert lines["run"] == lines["bundle"]
    assert told["run"] == told["bundle"]
    assert any(told["run"])
    by_predict = [row.partition(",")[2].strip('"') for row in lines["run"].splitlines()[1:]]
    assert by_predict == told["run"]


def test_several_views_answer_every_task_by_the_mean_that_the_class_gets(
    bundle_with_tasks, tmp_path
):
    four = with_changes(bundle_with_tasks, tmp_path, "preprocessing", {"views": 4})
    scorer, once = load_scorer(four), load_scorer(bundle_with_tasks)
    found, seen = answering(scorer).answer(PIXELS), scorer.observe(PIXELS)
    np.testing.assert_allclose(found["class"], scorer.score(PIXELS), rtol=1e-6)
    assert_sums(found)
    assert not np.allclose(
        found["cell_size"], answering(once).answer(PIXELS)["cell_size"], atol=1e-6
    )
    for head in TASKS:
        np.testing.assert_allclose(seen.tasks[head], found[head], rtol=1e-5, atol=1e-6)
