"""Opens whatever a `--model` names."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from hemoscope.cells.parallel import default_workers
from hemoscope.errors import MissingExtraError, UsageError
from hemoscope.inference.bundle import (
    Bundle,
    ModelError,
    NoModelError,
    description_file,
    read_bundle,
    trained_model_file,
)
from hemoscope.inference.scorer import Scorer
from hemoscope.inference.second_opinion import WithSecondOpinion
from hemoscope.inference.views import UNSURE, ManyViews

Engine = Literal["onnxruntime", "openvino"]


def load_scorer(
    model: str | Path,
    *,
    bfloat16: bool = False,
    engine: Engine = "onnxruntime",
    threads: int | None = None,
    side_by_side: bool = False,
    branch: str | None = None,
    views: int = 1,
) -> Scorer:
    """The model at a path, ready to score.

    Args:
        model: A bundle, or a run folder.
        bfloat16: For a run folder: compute in bfloat16, about twice as fast where the processor
            does so natively, with logits that differ in the third digit.
        engine: What runs a bundle.
        threads: Threads that a bundle computes with; by default one for each processor.
        side_by_side: The scorer will be asked by several threads at once (`callers_of` says how
            many), as `look_in_order` does. A bundle then computes each batch in one thread, and as
            many batches as there are threads, which is faster for many batches and slower for one.
        branch: For the run folder of a joint model: this branch alone. None: the mean of all.
        views: For a run folder: in how many ways, 1 to 8, every cell is laid, turned and mirrored,
            for the mean of what is said of them.

    Raises:
        NoModelError: There is no such folder.
        ModelError: It holds no model, a damaged one, or one whose training has not come to an end.
        MissingExtraError: What runs the model is not installed.
        UsageError: bfloat16, a branch or views were asked of a bundle, or the model has no such
            branch.
    """
    path = Path(model)
    if not path.is_dir():
        raise NoModelError(f"there is no model folder at {path}. Train one with `hemoscope train`.")
    if description_file(path).is_file():
        if bfloat16:
            raise UsageError(
                f"{path} is a bundle, which computes as it was exported; bfloat16 is for run "
                "folders. For speed export with --int8."
            )
        if branch is not None:
            raise UsageError(
                f"{path} is a bundle, which holds one model; branches are of the run folders of "
                f"joint models. Export the branch: hemoscope export RUN --branch {branch}."
            )
        if views != 1:
            raise UsageError(
                f"{path} is a bundle, which looks at a cell as often as it was exported to; views "
                f"are for run folders. Export it so: hemoscope export RUN --views {views}."
            )
        return _open_bundle(path, engine, threads or default_workers(), side_by_side)
    scorer = _open_run(path, bfloat16, branch)
    return scorer if views == 1 else ManyViews(scorer, views, UNSURE)


def _open_bundle(path: Path, engine: Engine, threads: int, side_by_side: bool) -> Scorer:
    return _scorer_of(read_bundle(path), partial(_one_look, engine, threads, side_by_side))


def _scorer_of(bundle: Bundle, open_network: Callable[[Bundle], Scorer]) -> Scorer:
    """Puts together what a bundle is made of: its network, views of it, a second network."""
    views, scorer = bundle.info.preprocessing.views, open_network(bundle)
    scorer = scorer if views == 1 else ManyViews(scorer, views)
    if bundle.second is None or bundle.info.second is None:
        return scorer
    second = _scorer_of(bundle.second, open_network)
    asked = bundle.info.second
    return WithSecondOpinion(scorer, second, asked.below, asked.home)


def _one_look(engine: Engine, threads: int, side_by_side: bool, bundle: Bundle) -> Scorer:
    if engine == "onnxruntime":
        from hemoscope.inference.onnx_scorer import OnnxScorer  # noqa: PLC0415 (opened late)

        if side_by_side:
            return OnnxScorer.of(bundle, threads=1, callers=threads)
        return OnnxScorer.of(bundle, threads=threads)
    if find_spec("openvino") is None:
        raise MissingExtraError("the engine openvino", "openvino")
    from hemoscope.inference.openvino_scorer import OpenVinoScorer  # noqa: PLC0415

    return OpenVinoScorer(bundle, threads=threads)


def _open_run(path: Path, bfloat16: bool, branch: str | None) -> Scorer:
    if not (path / "recipe.yaml").is_file():
        raise ModelError(
            f"{path} is neither a bundle (it has no bundle.json) nor a run folder (it has no "
            "recipe.yaml)."
        )
    if not trained_model_file(path).is_file():
        raise ModelError(
            f"the run in {path} has not come to its end, so there is no model in it yet. "
            "Go on with it: hemoscope train --resume."
        )
    if find_spec("torch") is None:
        raise MissingExtraError("scoring with a run folder", "train")
    from hemoscope.inference.torch_scorer import TorchScorer  # noqa: PLC0415 (loads torch)

    return TorchScorer(path, branch=branch, bfloat16=bfloat16)
