"""`pair_bundles`: two bundles become one, in which the second is asked about unclear cells."""

import shutil
from pathlib import Path

from hemoscope.deployment.card import write_card
from hemoscope.deployment.draft import ExportError, moved_when_complete
from hemoscope.deployment.samples import NamedCells, read_pixels
from hemoscope.inference.bundle import (
    Bundle,
    card_file,
    description_file,
    read_bundle,
    second_folder,
)
from hemoscope.inference.bundle_info import Second
from hemoscope.inference.home import Home

BELOW = 0.9
"""On validation cells of PBC it made hardly a difference between 0.9 and 1 (docs/bundles.md)."""

_HOME_CELLS = 2000  # tell the light of a set well enough


def pair_bundles(
    first: Path,
    second: Path,
    out: Path,
    below: float = BELOW,
    home: NamedCells | None = None,
) -> Bundle:
    """Writes a bundle of two networks. It is put together beside its place, and moved there.

    It has no calibration: what both say together has to be calibrated anew.

    Args:
        first: A bundle. It looks at every cell.
        second: A bundle of the same image size, classes and tasks; its framing may be another.
        out: The folder to make.
        below: Cells whose probability stays below this, in (0, 1], are shown to the second.
        home: Training cells of the second, which is then asked only about pictures in the light of
            these; 2,000 of them are looked at. None: in any light.

    Raises:
        ExportError: The two do not go together, or `out` exists or cannot be written.
        ModelError: One of them is no bundle, or a damaged one.
    """
    bundle, other = read_bundle(first), read_bundle(second)
    _check_pair(bundle, other)
    light = None if home is None else _light(home, other)
    joined = Second(sha256=other.info.model.sha256, below=below, home=light)
    info = bundle.info.model_copy(update={"second": joined})
    with moved_when_complete(out) as draft:
        with draft.writing():
            _copy(bundle, draft.path)
            inner = second_folder(draft.path)
            inner.mkdir()
            _copy(other, inner)
        paired = Bundle(draft.path, info, Bundle(inner, other.info))
        described, card = info.model_dump_json(indent=2) + "\n", write_card(paired)
        with draft.writing():
            description_file(draft.path).write_text(described, encoding="utf-8")
            card_file(draft.path).write_text(card, encoding="utf-8")
    return read_bundle(out)


def _light(cells: NamedCells, second: Bundle) -> Home:
    frame = second.info.preprocessing.frame
    if frame.framing == "cell":
        raise ExportError(
            f"{second.path} brings all glass to one white before it looks (framing cell), so it "
            "knows no light from another. Leave --home."
        )
    return Home.of(read_pixels(cells.spread(_HOME_CELLS), frame).pixels)


def _check_pair(first: Bundle, second: Bundle) -> None:
    for bundle in (first, second):
        if bundle.second is not None:
            raise ExportError(
                f"{bundle.path} has a second network already. Name the bundles it was made of."
            )
    if first.info.classes != second.info.classes:
        raise ExportError(
            f"{first.path} and {second.path} know other classes ({', '.join(first.info.classes)}; "
            f"{', '.join(second.info.classes)}), or in another order. Two networks need the same."
        )
    sizes = [bundle.info.preprocessing.image_size for bundle in (first, second)]
    if sizes[0] != sizes[1]:
        raise ExportError(
            f"the two networks see cells at other sizes ({sizes[0]} and {sizes[1]} pixels). Train "
            "the second with model.image_size of the first."
        )
    unanswered = [
        name
        for name, task in first.info.tasks.items()
        if name not in second.info.tasks or second.info.tasks[name].answers != task.answers
    ]
    if unanswered:
        raise ExportError(
            f"{second.path} does not answer {', '.join(unanswered)} as {first.path} does. Train "
            "it with the same tasks."
        )


def _copy(bundle: Bundle, to: Path) -> None:
    """What a bundle is without its calibration."""
    for file in (bundle.model, description_file(bundle.path), card_file(bundle.path)):
        shutil.copy(file, to)
