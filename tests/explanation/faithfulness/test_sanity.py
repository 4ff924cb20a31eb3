import numpy as np
import torch

from hemoscope.explanation.faithfulness.sanity import cascade, sanity_check
from hemoscope.explanation.methods.grad_cam import GradCam
from hemoscope.explanation.methods.references import Centre
from hemoscope.explanation.target import Target


def test_each_level_destroys_its_part_and_keeps_what_lies_below(model):
    before = {name: each.clone() for name, each in model.named_parameters()}
    changed = {}
    for level, copy in cascade(model):
        parts = {
            name.split(".")[0]
            for name, each in copy.named_parameters()
            if not torch.equal(each, before[name])
        }
        changed[level] = parts
        for name, each in copy.named_parameters():  # scale and histogram stay
            torch.testing.assert_close(each.flatten().sort()[0], before[name].flatten().sort()[0])
    levels = list(changed)
    assert levels == [
        "head and fusion", "encoder and tokens", "upper half of the backbone", "whole model",
    ]  # fmt: skip
    assert changed[levels[0]] <= {"head", "fusion"}
    assert changed[levels[1]] <= {"head", "fusion", "encoder", "tokens"}
    assert "backbone" in changed[levels[2]]
    assert all(torch.equal(each, before[name]) for name, each in model.named_parameters())


def test_grad_cam_breaks_and_a_map_that_looks_at_no_weight_does_not(model, images):
    target = Target(np.array([0, 1]))
    moved = sanity_check(GradCam(), model, images, target)
    assert moved.rank_correlation.shape == (4, 2)
    assert (np.abs(moved.rank_correlation[-1]) < 0.9).all()
    stays = sanity_check(Centre(), model, images, target)
    np.testing.assert_allclose(stays.rank_correlation, 1)
    np.testing.assert_allclose(stays.structural_similarity, 1)
