"""`prune`: step by step within a budget of accuracy, from run folder to run folder."""

from collections.abc import Callable

from hemoscope.compression.finish import finish
from hemoscope.compression.folder import write_called
from hemoscope.compression.journal import Journal, Step
from hemoscope.compression.measure import called, measure
from hemoscope.compression.schedule import next_kind, why_stopped
from hemoscope.compression.scores.score import scores
from hemoscope.compression.step import forget_weights, scored_cells, take_step
from hemoscope.compression.task import Task

Tell = Callable[[str], None]


def prune(task: Task, journal: Journal, tell: Tell | None = None) -> Journal:
    """Removes parts as long as the budget allows, and leaves a run folder.

    The model that is kept is that of the last step within the budget: the smallest of them. What
    is done lies in `pruning.json` after each step, and an interrupted pruning goes on from there.

    Args:
        task: From `start_pruning` or `resume_pruning`.
        journal: From the same.
        tell: Called with each step's outcome, in words.

    Returns:
        The journal, complete.
    """
    say = tell or _silent
    if journal.original is None:
        journal = _begin(task, journal)
        say(f"original: {_size(journal.before.parameters)}, {journal.before.val_accuracy:.2%}")
    shapes = task.current(journal).config.encoder.block_shapes
    while kind := next_kind(journal, shapes):
        before = journal.kept
        step = take_step(task, journal, kind)
        journal = journal.with_step(step)
        journal.write(task.folder.journal)
        say(_words(step))
        if step.accepted:
            shapes = step.shapes
            _forget(task, before)
        else:
            _forget(task, step)
    journal = journal.model_copy(update={"stopped": why_stopped(journal, shapes)})
    journal.write(task.folder.journal)
    finish(task, journal)
    return journal


def _begin(task: Task, journal: Journal) -> Journal:
    """Scores and measures the original."""
    model = task.current(journal)
    images, labels = scored_cells(task, journal)
    task.folder.path.mkdir(parents=True, exist_ok=True)
    scores(model, images, labels).frame().to_csv(task.folder.path / "scores.csv", index=False)
    opinions = called(model, task.cells.validation)
    write_called(task.folder.step(0).called, opinions)
    accuracy = float((opinions == task.cells.validation.targets).mean())
    original = measure(model, task.source.model, accuracy)
    journal = journal.model_copy(update={"original": original})
    journal.write(task.folder.journal)
    return journal


def _forget(task: Task, step: Step | None) -> None:
    if step is not None:
        forget_weights(task.folder.step(step.step))


def _words(step: Step) -> str:
    measured, verdict = step.measured, "kept" if step.accepted else "over budget, undone"
    accuracy = f"{measured.val_accuracy:.2%} ({0 - step.loss_points:+.2f} points)"
    return (
        f"step {step.step}, {step.kind}: {_size(measured.parameters)}, {accuracy}, "
        f"p {step.mcnemar.p:.3g}, {measured.latency_ms:.1f} ms: {verdict}"
    )


def _size(parameters: int) -> str:
    return f"{parameters / 1e6:.2f} M parameters"


def _silent(_message: str) -> None:
    """Tells nobody."""
