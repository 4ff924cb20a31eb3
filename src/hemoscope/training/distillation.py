"""Distillation: a student learns the opinions of a trained model beside the labels.

Hinton, Vinyals and Dean 2015 ("Distilling the Knowledge in a Neural Network").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from hemoscope.errors import HemoscopeError
from hemoscope.inference.bundle import file_digest
from hemoscope.models.config import ModelConfig
from hemoscope.models.joint import Classifier
from hemoscope.models.store import load_classifier, read_description
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import RunFolder, open_run


class TeacherError(HemoscopeError):
    """A teacher that is not there, or that cannot teach this student."""


class Teacher:
    """A trained model that says its opinion and never changes.

    It is no `nn.Module` on purpose: a module that held one would take the teacher into its
    parameters, its checkpoints and the average of its weights.
    """

    def __init__(self, model: Classifier) -> None:
        self._model = model.eval().requires_grad_(False).to(memory_format=torch.channels_last)

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """Itself: averaging of weights copies all that it averages, and here is nothing of it."""
        return self

    def to(self, device: torch.device) -> None:
        """Moves the weights to where the student is."""
        self._model.to(device)

    @torch.no_grad()
    def logits(self, images: Tensor) -> Tensor:
        """The opinion on a batch.

        Args:
            images: (n, 3, h, w) in [0, 1], as the student sees them. Another size than the
                teacher's own is brought to that (bilinear, with antialiasing).

        Returns:
            (n, C), without gradient.
        """
        size = self._model.config.image_size
        if images.shape[-1] != size:
            images = F.interpolate(images.float(), (size, size), mode="bilinear", antialias=True)
        return self._model(images.contiguous(memory_format=torch.channels_last))


def distillation_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T² · KL(teacher ‖ student), both softened by T; the mean over a batch (nats).

    T² keeps the size of its gradient, whatever T (Hinton et al. 2015, section 2).

    Args:
        student: (n, C) logits.
        teacher: (n, C) logits, without gradient.
        temperature: T > 0.
    """
    said, taught = (
        F.log_softmax(logits.float() / temperature, dim=1) for logits in (student, teacher)
    )
    divergence = F.kl_div(said, taught, reduction="batchmean", log_target=True)
    return temperature**2 * divergence


def open_teacher(recipe: Recipe, classes: Sequence[str]) -> Teacher | None:
    """The teacher of a recipe, on the CPU; None for a recipe without one.

    Raises:
        HemoscopeError: As `describe_teacher` raises, or its model cannot be read.
    """
    folder = recipe.distillation.teacher
    if folder is None:
        return None
    file = _checked(Path(folder), recipe.model, classes).model
    return Teacher(load_classifier(file).model)


def with_absolute_teacher(recipe: Recipe) -> Recipe:
    """The recipe with its teacher's whole path: a run is gone on with from any folder."""
    folder = recipe.distillation.teacher
    if folder is None:
        return recipe
    how = recipe.distillation.model_copy(update={"teacher": str(Path(folder).absolute())})
    return recipe.model_copy(update={"distillation": how})


def describe_teacher(recipe: Recipe, classes: Sequence[str]) -> dict[str, str] | None:
    """Checks the teacher and says which one it is, as plain JSON values, for the provenance.

    Args:
        recipe: Of the student.
        classes: Of the student, in the order of its logits.

    Returns:
        The run folder as the recipe names it, and the SHA-256 of its model; None without a teacher.

    Raises:
        HemoscopeError: The folder is no finished run, or its model has other classes or another
            framing than the student.
    """
    folder = recipe.distillation.teacher
    if folder is None:
        return None
    run = _checked(Path(folder), recipe.model, classes)
    return {"run": folder, "model_sha256": file_digest(run.model)}


def _checked(folder: Path, student: ModelConfig, classes: Sequence[str]) -> RunFolder:
    run = open_run(folder)
    if not run.finished:
        raise TeacherError(
            f"the run in {folder} has not come to its end, so it cannot teach yet. Go on with it "
            "(hemoscope train --resume), or name another one as distillation.teacher."
        )
    config, known = read_description(run.model)
    if known != tuple(classes):
        raise TeacherError(
            f"the teacher in {folder} knows other classes than these cells have: "
            f"{', '.join(known)}; here they are {', '.join(classes)}. A teacher needs the same."
        )
    if config.framing != student.framing:
        raise TeacherError(
            f"the teacher in {folder} looks at images with framing {config.framing}, the student "
            f"with framing {student.framing}, so they would not see the same. Set model.framing "
            f"to {config.framing}, or name another teacher."
        )
    return run
