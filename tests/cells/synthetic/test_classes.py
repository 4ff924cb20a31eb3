"""The table of classes is sound."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from hemoscope.cells.synthetic import MORPHOLOGIES, Morphology
from hemoscope.cells.synthetic.morphology import ColourSpan, Span


def parts(thing: object) -> Iterator[object]:
    """Every dataclass within, itself included."""
    if isinstance(thing, tuple):
        for item in thing:
            yield from parts(item)
    elif is_dataclass(thing):
        yield thing
        for field in fields(thing):
            yield from parts(getattr(thing, field.name))


def test_the_eight_classes_of_pbc():
    assert tuple(MORPHOLOGIES) == (
        "basophil",
        "eosinophil",
        "erythroblast",
        "ig",
        "lymphocyte",
        "monocyte",
        "neutrophil",
        "platelet",
    )


@pytest.mark.parametrize("morphology", MORPHOLOGIES.values(), ids=MORPHOLOGIES)
def test_spans_run_upwards_and_colours_are_bytes(morphology: Morphology):
    found = list(parts(morphology))
    spans = [part for part in found if isinstance(part, Span)]
    colours = [part for part in found if isinstance(part, ColourSpan)]
    assert len(spans) > 5
    assert all(span.low <= span.high for span in spans)
    assert all(1 <= value <= 255 for part in colours for value in (*part.first, *part.last))


@pytest.mark.parametrize("morphology", MORPHOLOGIES.values(), ids=MORPHOLOGIES)
def test_a_nucleus_has_chromatin_lobes_and_room_in_its_cell(morphology: Morphology):
    assert bool(morphology.nuclei) == (morphology.chromatin is not None)
    for nucleus in morphology.nuclei:
        assert min(nucleus.lobes) >= 1
        assert 0 < nucleus.share_of_cell.low <= nucleus.share_of_cell.high < 1
        assert nucleus.offset.high < 0.75


def test_only_platelets_have_no_nucleus():
    assert [label for label, m in MORPHOLOGIES.items() if not m.nuclei] == ["platelet"]
