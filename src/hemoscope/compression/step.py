"""One step: choose, cut, fine-tune, measure, judge. Killed anywhere, it goes on from there."""

import time
from collections.abc import Sequence

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from hemoscope.compression.choice import Kind, choose
from hemoscope.compression.folder import StepFolder, read_called, write_called
from hemoscope.compression.guides import importance_by
from hemoscope.compression.journal import Against, Journal, Left, Removed, Step
from hemoscope.compression.kept import KeptBlock
from hemoscope.compression.measure import as_images, called, measure
from hemoscope.compression.surgery import cut_model
from hemoscope.compression.task import Task
from hemoscope.compression.tuning import tune
from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.models.config import BlockShape
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import load_model, save_model

_ROUNDING = 1e-9


class Taken(BaseModel):
    """What a step removed and left, written beside the cut model."""

    model_config = ConfigDict(frozen=True)

    removed: Removed
    left: Left


def take_step(task: Task, journal: Journal, kind: Kind) -> Step:
    """Removes the lowest of a kind from the model of the last accepted step.

    Args:
        task: The pruning.
        journal: Its steps so far.
        kind: Of the parts that go.
    """
    began, number = time.perf_counter(), len(journal.steps) + 1
    folder = task.folder.step(number)
    if not folder.cut.is_file() and not folder.run.finished:
        _cut(task, journal, kind, folder)
    _tune(task, journal, folder)
    taken = Taken.model_validate_json(folder.kept.read_text(encoding="utf-8"))
    model = load_model(folder.run.model).model.to(task.device)
    opinions = called(model, task.cells.validation)
    write_called(folder.called, opinions)
    right = opinions == task.cells.validation.targets
    loss = 100 * (journal.before.val_accuracy - float(right.mean()))
    return Step(
        step=number,
        kind=kind,
        removed=taken.removed,
        left=taken.left,
        shapes=model.config.encoder.block_shapes,
        measured=measure(model, folder.run.model, float(right.mean())),
        loss_points=loss,
        mcnemar=_against(task, right),
        accepted=loss <= journal.settings.max_loss + _ROUNDING,
        seconds=round(time.perf_counter() - began, 2),
    )


def scored_cells(task: Task, journal: Journal) -> tuple[Tensor, Tensor]:
    """Images (n, 3, size, size) and labels (n,) of training cells, the same ones for every step."""
    cells, settings = task.cells.train, journal.settings
    count = min(settings.score_cells, len(cells))
    drawn = np.random.default_rng(settings.seed).choice(len(cells), count, replace=False)
    rows = np.sort(drawn)
    labels = torch.as_tensor(cells.targets[rows], dtype=torch.long)
    return as_images(cells, rows, task.recipe.model.image_size), labels


def _cut(task: Task, journal: Journal, kind: Kind, folder: StepFolder) -> None:
    model, settings = task.current(journal), journal.settings
    shapes, before = model.config.encoder.block_shapes, _left_before(model, journal)
    images, labels = scored_cells(task, journal)
    importance = importance_by(
        settings.guide, model, images, labels, (settings.seed, len(journal.steps))
    )
    kept = choose(kind, shapes, importance, settings.share)
    taken = Taken(removed=_removed(kept, shapes, before), left=_left(kept, before))
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.kept.write_text(taken.model_dump_json(), encoding="utf-8")
    # Last: where the cut model lies, the rest of the step's beginning lies too.
    save_model(cut_model(model.cpu(), kept), task.classes, folder.cut)


def _tune(task: Task, journal: Journal, folder: StepFolder) -> None:
    if folder.run.finished:
        return
    if journal.settings.epochs == 0:
        folder.run.path.mkdir(exist_ok=True)
        folder.cut.replace(folder.run.model)
        return
    model: HybridClassifier = load_model(folder.cut).model
    tune(
        model, task.recipe, task.cells, folder.run,
        provenance=task.provenance, machine=task.machine,
    )  # fmt: skip
    folder.cut.unlink()


def _against(task: Task, right: np.ndarray) -> Against:
    original = read_called(task.folder.step(0).called) == task.cells.validation.targets
    only_original, only_pruned = int((original & ~right).sum()), int((right & ~original).sum())
    test = mcnemar_test(only_original, only_pruned)
    return Against(
        p=test.p, only_original=only_original, only_pruned=only_pruned, method=test.method
    )


def _left_before(model: HybridClassifier, journal: Journal) -> Left:
    if journal.kept is not None:
        return journal.kept.left
    shapes = model.config.encoder.block_shapes
    return Left(
        blocks=tuple(range(len(shapes))),
        heads=tuple(tuple(range(shape.heads)) for shape in shapes),
    )


def _left(kept: Sequence[KeptBlock], before: Left) -> Left:
    return Left(
        blocks=tuple(before.blocks[block.block] for block in kept),
        heads=tuple(tuple(before.heads[b.block][head] for head in b.heads) for b in kept),
    )


def _removed(kept: Sequence[KeptBlock], shapes: Sequence[BlockShape], before: Left) -> Removed:
    """By comparing what stays with what was there, in the numbers of the original."""
    stays = {block.block: block for block in kept}
    heads, channels, units = {}, {}, {}
    for at, block in stays.items():
        name, old, new = before.blocks[at], shapes[at], block.shape
        gone = sorted(set(range(old.heads)) - set(block.heads.tolist()))
        if gone:
            heads[name] = tuple(before.heads[at][head] for head in gone)
        if new.key_width < old.key_width:
            channels[name] = old.key_width - new.key_width
        if new.feed_forward < old.feed_forward:
            units[name] = old.feed_forward - new.feed_forward
    blocks = tuple(before.blocks[at] for at in range(len(shapes)) if at not in stays)
    return Removed(blocks=blocks, heads=heads, channels=channels, units=units)


def forget_weights(folder: StepFolder) -> None:
    """Deletes the large files of a step that nothing goes on from."""
    for file in (folder.cut, folder.run.model):
        file.unlink(missing_ok=True)
