"""Scores of a whole model: against single cells, against gates that are really there."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from hemoscope.compression.errors import PruningError
from hemoscope.compression.scores.result import COLUMNS
from hemoscope.compression.scores.score import scores
from hemoscope.compression.scores.watching import watch
from hemoscope.models.build import build_model
from hemoscope.models.zoo import zoo_config

from ..conftest import tiny


def test_the_frame_has_a_row_for_each_block_and_head(model, images, labels) -> None:
    frame = scores(model, images, labels).frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["block"].tolist() == [0] * 5 + [1] * 5
    assert frame["head"].isna().tolist() == ([True] + [False] * 4) * 2
    heads, blocks = frame[frame["head"].notna()], frame[frame["head"].isna()]
    assert heads["rollout"].sum() == pytest.approx(1)
    assert blocks["rollout"].sum() == pytest.approx(1)
    assert frame["entropy"].between(0, 1).all()
    assert (blocks["influence"] > 0).all()
    assert heads["influence"].isna().all()
    assert (frame["gradient"] > 0).all()


def test_scores_are_means_over_cells_however_they_are_batched(model, images, labels) -> None:
    whole = scores(model, images, labels).frame()
    parts = scores(model, images, labels, batch=2).frame()
    each = [scores(model, images[i : i + 1], labels[i : i + 1]).frame() for i in range(5)]
    for name in COLUMNS[2:]:
        expected = whole[name].to_numpy()
        np.testing.assert_allclose(parts[name], expected, rtol=2e-4)
        np.testing.assert_allclose(np.mean([e[name] for e in each], axis=0), expected, rtol=2e-4)


@pytest.mark.parametrize("part", ["heads", "query", "value", "units"])
def test_importance_is_the_derivative_of_a_real_gate(model, images, labels, part) -> None:
    """Gates put before the parts by hand, and the loss differentiated by them."""
    block = model.encoder.blocks[1]
    shape = model.config.encoder.block_shapes[1]
    count = {"heads": shape.heads, "units": shape.feed_forward}.get(
        part, shape.heads * shape.key_width
    )
    gates = torch.ones(count, requires_grad=True)

    def gated(values: torch.Tensor) -> torch.Tensor:
        return (values.unflatten(-1, (count, -1)) * gates[:, None]).flatten(-2)

    handle = {
        "heads": lambda: block.attention.output.register_forward_pre_hook(
            lambda _m, given: (gated(given[0]),)
        ),
        "query": lambda: block.attention.query.register_forward_hook(lambda _m, _g, o: gated(o)),
        "value": lambda: block.attention.value.register_forward_hook(lambda _m, _g, o: gated(o)),
        "units": lambda: block.feed_forward[2].register_forward_pre_hook(
            lambda _m, given: (gated(given[0]),)
        ),
    }[part]()
    expected = torch.zeros(count)
    for image, label in zip(images, labels, strict=True):
        loss = functional.cross_entropy(model(image[None]), label[None])
        expected += torch.autograd.grad(loss, gates)[0].abs()
    handle.remove()
    found = scores(model, images, labels).blocks[1]
    name = {"query": "match", "value": "carry"}.get(part, part)
    measured = getattr(found, name).ravel()
    np.testing.assert_allclose(measured, (expected / len(images)).numpy(), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("width", [24, 256])  # 256: as wide as the map, so nothing else complains
def test_a_projected_map_is_fused_as_the_model_does(images, labels, width) -> None:
    model = tiny(width=width, fusion=["cnn", "attention"], map_projected=True)
    block = model.encoder.blocks[-1]
    outputs: list[torch.Tensor] = []
    handle = block.register_forward_hook(lambda _m, _g, out: outputs.append(out[0]))
    loss = functional.cross_entropy(model(images), labels, reduction="sum")
    (expected,) = torch.autograd.grad(loss, outputs)
    handle.remove()
    watched = watch(model, images, labels).blocks[-1]
    torch.testing.assert_close(watched.gradients["block"], expected)


def test_the_model_is_left_as_it_was(images, labels) -> None:
    model = tiny().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    scores(model, images, labels)
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.encoder.modules())


def test_a_model_without_encoder_and_cells_without_labels_are_refused(model, images) -> None:
    bare = build_model(zoo_config("customcnn-backbone"), 3, "none")
    with pytest.raises(PruningError, match="no token encoder"):
        scores(bare, images, torch.zeros(5, dtype=torch.long))
    with pytest.raises(PruningError, match="5 images and 0 labels"):
        scores(model, images, torch.zeros(0, dtype=torch.long))
